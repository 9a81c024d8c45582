-- What sending to the chain's server needs: rows that it will never take, what became of every row, gaps that it knows.

-- Outbox rows that the server refused for what is in them. They wait for a person: `chairside sync dead`.
CREATE TABLE dead_letter (
    sequence   INTEGER PRIMARY KEY, -- that of its outbox row
    event      BLOB    NOT NULL REFERENCES events (id),
    revision   INTEGER NOT NULL CHECK (revision >= 1),
    boot       TEXT    NOT NULL,
    created_us INTEGER NOT NULL,
    body       TEXT    NOT NULL CHECK (body <> ''),
    died_us    INTEGER NOT NULL,
    reason     TEXT    NOT NULL CHECK (reason <> ''), -- in words
    http       INTEGER NOT NULL, -- status of the answer
    sqlstate   TEXT    NOT NULL, -- or PostgREST's code; '' if it gave none
    UNIQUE (event, revision)
) STRICT;

-- What became of outbox rows, so that at any time: rows ever written (the largest sequence)
-- = 'acknowledged' + 'superseded' + the sum of 'dropped …' + rows in outbox + rows in dead_letter.
CREATE TABLE sync_counts (
    name     TEXT    NOT NULL PRIMARY KEY CHECK (name <> ''),
    rows     INTEGER NOT NULL CHECK (rows >= 0),
    first_us INTEGER NOT NULL, -- of 'dropped …': when the oldest and newest of the lost services were counted
    last_us  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO sync_counts
    SELECT 'acknowledged', max(0, coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'outbox'), 0)
                                  - (SELECT count(*) FROM outbox)), 0, 0;
INSERT INTO sync_counts VALUES ('superseded', 0, 0, 0);

-- How much of a gap the server has: 0 nothing, 1 its start, 2 its end too.
ALTER TABLE gaps ADD COLUMN sent INTEGER NOT NULL DEFAULT 0;
CREATE INDEX gaps_unsent ON gaps (id) WHERE sent = 0 OR (sent = 1 AND end_us IS NOT NULL);
