-- Where people's feet were, by camera and hour: a grid of times, no identities. For `chairside zones doctor`.

CREATE TABLE feet (
    camera    TEXT    NOT NULL CHECK (camera <> ''),
    hour_us   INTEGER NOT NULL, -- begin of the hour, UTC
    width     INTEGER NOT NULL CHECK (width >= 0),  -- of the picture, pixels; 0: unknown
    height    INTEGER NOT NULL CHECK (height >= 0),
    watched_s REAL    NOT NULL CHECK (watched_s >= 0),
    cells     BLOB    NOT NULL CHECK (length(cells) % 26 = 0), -- docs/formats/store.md
    PRIMARY KEY (camera, hour_us)
) STRICT, WITHOUT ROWID;
