-- Events that the owner's MQTT broker has not acknowledged. One row for an event: a newer revision takes the older one's
-- place and comes at the end of the queue. Rows are only written while a broker is configured.
CREATE TABLE mqtt_outbox (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    event    BLOB    NOT NULL UNIQUE CHECK (length(event) = 16),
    revision INTEGER NOT NULL
) STRICT;
