-- The first schema. Times: microseconds since 1970 UTC (…_us); mono times of sessions are on the service's own clock.
-- docs/formats/store.md explains the tables; a released file is never edited, a change is a new file.

CREATE TABLE events (
    id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    revision   INTEGER NOT NULL CHECK (revision >= 1),
    branch     TEXT    NOT NULL,
    device     TEXT    NOT NULL,
    boot       TEXT    NOT NULL, -- the run that counted it; person numbers begin anew with each
    camera     TEXT    NOT NULL CHECK (camera <> ''),
    zone       TEXT    NOT NULL CHECK (zone <> ''),
    type       TEXT    NOT NULL CHECK (type IN ('CHAIR', 'WASH', 'WAIT')),
    person     INTEGER NOT NULL,
    start_us   INTEGER NOT NULL,
    end_us     INTEGER NOT NULL, -- may lie before start_us: a wall clock can be set back
    dwell_us   INTEGER NOT NULL CHECK (dwell_us >= 0),
    state      TEXT    NOT NULL CHECK (state IN ('open', 'closed')),
    verdict    TEXT    NOT NULL CHECK (verdict IN ('counted', 'review', 'rejected')),
    confidence REAL    NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    metadata   TEXT    NOT NULL CHECK (metadata <> '') -- a JSON object of texts
) STRICT, WITHOUT ROWID;
CREATE INDEX events_by_start ON events (start_us);

-- Sessions that are not over, counted or not.
CREATE TABLE sessions_open (
    camera            TEXT    NOT NULL CHECK (camera <> ''),
    session           INTEGER NOT NULL,
    zone              TEXT    NOT NULL CHECK (zone <> ''),
    type              TEXT    NOT NULL CHECK (type IN ('CHAIR', 'WASH', 'WAIT')),
    person            INTEGER NOT NULL,
    start_us          INTEGER NOT NULL, -- mono
    last_seen_us      INTEGER NOT NULL, -- mono
    start_wall_us     INTEGER NOT NULL,
    last_seen_wall_us INTEGER NOT NULL,
    anchor_x          REAL    NOT NULL,
    anchor_y          REAL    NOT NULL,
    event             BLOB    CHECK (event IS NULL OR length(event) = 16),
    revision          INTEGER NOT NULL CHECK (revision >= 0),
    confidence        REAL    NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    PRIMARY KEY (camera, session)
) STRICT, WITHOUT ROWID;

-- Times a camera saw nothing. One open gap per camera.
CREATE TABLE gaps (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    camera   TEXT    NOT NULL CHECK (camera <> ''),
    start_us INTEGER NOT NULL,
    end_us   INTEGER CHECK (end_us IS NULL OR end_us >= start_us),
    reason   TEXT    NOT NULL
) STRICT;
CREATE INDEX gaps_by_start ON gaps (start_us);
CREATE UNIQUE INDEX gaps_open ON gaps (camera) WHERE end_us IS NULL;

-- What the chain's server has not acknowledged, in the order in which it was written.
CREATE TABLE outbox (
    sequence   INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice
    event      BLOB    NOT NULL REFERENCES events (id), -- an event with a row here cannot be deleted
    revision   INTEGER NOT NULL CHECK (revision >= 1),
    boot       TEXT    NOT NULL, -- the run of the service that wrote it
    created_us INTEGER NOT NULL,
    body       TEXT    NOT NULL CHECK (body <> ''), -- JSON
    UNIQUE (event, revision)
) STRICT;

CREATE TABLE alive (
    camera  TEXT    NOT NULL PRIMARY KEY CHECK (camera <> ''),
    last_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE kv (
    key   TEXT NOT NULL PRIMARY KEY CHECK (key <> ''),
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
