-- A store as version 7 wrote it, frozen: later versions must open it. Never edited.

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
ALTER TABLE events ADD COLUMN visit BLOB CHECK (visit IS NULL OR length(visit) = 16);
ALTER TABLE events ADD COLUMN part_of BLOB CHECK (part_of IS NULL OR length(part_of) = 16);

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

CREATE TABLE gaps (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    camera   TEXT    NOT NULL CHECK (camera <> ''),
    start_us INTEGER NOT NULL,
    end_us   INTEGER CHECK (end_us IS NULL OR end_us >= start_us),
    reason   TEXT    NOT NULL
, sent INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX gaps_by_start ON gaps (start_us);
CREATE INDEX gaps_unsent ON gaps (id) WHERE sent = 0 OR (sent = 1 AND end_us IS NOT NULL);
CREATE UNIQUE INDEX gaps_open ON gaps (camera) WHERE end_us IS NULL;

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
INSERT INTO events VALUES (x'01935e0a00007000800000000000000a', 2, 'DEMO', 'pc-1', 'boot-1', 'cam-1', 'Stuhl 1 „Ö“', 'CHAIR', 7,
    1795334400000000, 1795336230250000, 1830250000, 'closed', 'counted', 0.875, '{"end":"left"}',
    x'01935e0a00007000800000000000000a', NULL);
INSERT INTO events VALUES (x'01935e0a00007000800000000000000b', 1, 'DEMO', 'pc-1', 'boot-1', 'cam-1', 'basin', 'WASH', 8,
    1795336300000000, 1795336361000000, 61000000, 'open', 'review', 1.0, '{}',
    x'01935e0a00007000800000000000000a', NULL);
INSERT INTO sessions_open VALUES ('cam-1', 12, 'basin', 'WASH', 8, 5000000, 66000000, 1795336300000000,
    1795336361000000, 0.25, 0.75, x'01935e0a00007000800000000000000b', 1, 0.5);
INSERT INTO gaps VALUES (1, 'cam-1', 1795330000000000, 1795330060000000, 'offline', 2);
INSERT INTO gaps VALUES (2, 'cam-1', 1795336400000000, NULL, 'crash', 1);
INSERT INTO outbox VALUES (41, x'01935e0a00007000800000000000000a', 2, 'boot-1', 1795336230300000, '{"revision":2}');
INSERT INTO outbox VALUES (42, x'01935e0a00007000800000000000000b', 1, 'boot-1', 1795336361000000, '{"revision":1}');
INSERT INTO sync_counts VALUES ('acknowledged', 39, 0, 0), ('superseded', 0, 0, 0),
    ('dropped waits', 1, 1795330000000000, 1795330000000000);
INSERT INTO alive VALUES ('cam-1', 1795336361000000);
INSERT INTO kv VALUES ('reports.last', '2026-11-21');
CREATE TABLE feet (
    camera    TEXT    NOT NULL CHECK (camera <> ''),
    hour_us   INTEGER NOT NULL, -- begin of the hour, UTC
    width     INTEGER NOT NULL CHECK (width >= 0),  -- of the picture, pixels; 0: unknown
    height    INTEGER NOT NULL CHECK (height >= 0),
    watched_s REAL    NOT NULL CHECK (watched_s >= 0),
    cells     BLOB    NOT NULL CHECK (length(cells) % 26 = 0), -- docs/formats/store.md
    PRIMARY KEY (camera, hour_us)
) STRICT, WITHOUT ROWID;
INSERT INTO feet VALUES ('cam-1', 1795334400000000, 1280, 720, 600.0, x'0012000070420000f0410000c03f0000c040000010400000003e');
CREATE TABLE config_revisions (
    branch     TEXT    NOT NULL CHECK (branch <> ''),
    revision   INTEGER NOT NULL CHECK (revision >= 1),
    settings   TEXT    NOT NULL CHECK (settings <> ''), -- JSON
    fetched    INTEGER NOT NULL, -- 1, 2, …: in this order; the last is what the centre wants
    fetched_us INTEGER NOT NULL,
    state      TEXT    NOT NULL CHECK (state IN ('new', 'runs', 'replaced', 'refused')),
    decided_us INTEGER NOT NULL, -- 0: still new
    error      TEXT    NOT NULL, -- why it was refused, in words
    PRIMARY KEY (branch, revision)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX config_revisions_running ON config_revisions (branch) WHERE state = 'runs';
INSERT INTO config_revisions VALUES ('DEMO', 3, '{"dwell_time": {"chair": 90}}', 1, 1795330000000000, 'runs', 1795330001000000, '');
INSERT INTO config_revisions VALUES ('DEMO', 4, '{"grace": {"chair": 0}}', 2, 1795331000000000, 'refused', 1795331001000000, 'too short');
PRAGMA application_id = 1128813139;

CREATE TABLE dashboard_users (
    user       TEXT    NOT NULL PRIMARY KEY CHECK (user IN ('admin', 'viewer')),
    hash       TEXT    NOT NULL CHECK (hash <> ''), -- argon2id, with its salt and costs
    changed_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE dashboard_sessions (
    token      BLOB    NOT NULL PRIMARY KEY CHECK (length(token) = 32), -- the hash of the cookie, not the cookie
    user       TEXT    NOT NULL CHECK (user IN ('admin', 'viewer')),
    expires_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE dashboard_audit (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    time_us INTEGER NOT NULL,
    user    TEXT    NOT NULL, -- empty before a log-in
    address TEXT    NOT NULL,
    what    TEXT    NOT NULL CHECK (what <> ''),
    details TEXT    NOT NULL
) STRICT;

CREATE TABLE event_reviews (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    event    BLOB    NOT NULL CHECK (length(event) = 16),
    decision TEXT    NOT NULL CHECK (decision IN ('confirmed', 'rejected', 'undecided')),
    verdict  TEXT    NOT NULL CHECK (verdict IN ('counted', 'review', 'rejected')), -- the program's own
    confidence REAL  NOT NULL CHECK (confidence BETWEEN 0 AND 1),                   -- … and how sure it was
    user     TEXT    NOT NULL,
    time_us  INTEGER NOT NULL,
    note     TEXT    NOT NULL
) STRICT;
CREATE INDEX event_reviews_by_event ON event_reviews (event, id);

CREATE TABLE zone_revisions (
    revision INTEGER PRIMARY KEY CHECK (revision >= 1),
    time_us  INTEGER NOT NULL,
    user     TEXT    NOT NULL,
    note     TEXT    NOT NULL,
    body     TEXT    NOT NULL CHECK (body <> '')
) STRICT;
INSERT INTO dashboard_users VALUES ('admin', '$argon2id$v=19$m=65536,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$aGFzaA', 1795330000000000);
INSERT INTO dashboard_sessions VALUES (x'000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f', 'admin', 1795934400000000);
INSERT INTO dashboard_audit VALUES (7, 1795330000000000, 'admin', '127.0.0.1', 'password', 'admin');
INSERT INTO event_reviews VALUES (1, x'01000000000000000000000000000001', 'confirmed', 'review', 0.4, 'admin', 1795330000000000, 'seen');
INSERT INTO zone_revisions VALUES (1, 1795330000000000, 'admin', 'first', '[{"id":"cam-1","zones":[]}]');

CREATE TABLE mqtt_outbox (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    event    BLOB    NOT NULL UNIQUE CHECK (length(event) = 16),
    revision INTEGER NOT NULL
) STRICT;
INSERT INTO mqtt_outbox VALUES (5, x'01000000000000000000000000000001', 3);
PRAGMA user_version = 7;
