-- What the dashboard keeps: who may log in and is, who did what, what people said of events, zones saved in the browser.

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

-- Every word, the last counts; no reference, so that they outlive the event for the measurement of accuracy.
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

-- Zones of all cameras of this device as they were saved; the last runs. The body is the API's (schema/openapi.yaml, ZoneSet.cameras).
CREATE TABLE zone_revisions (
    revision INTEGER PRIMARY KEY CHECK (revision >= 1),
    time_us  INTEGER NOT NULL,
    user     TEXT    NOT NULL,
    note     TEXT    NOT NULL,
    body     TEXT    NOT NULL CHECK (body <> '')
) STRICT;
