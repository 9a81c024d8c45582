-- Settings that managers saved at the centre (its branch_config), as this device fetched them, and what became of each.

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
