-- Visits: the stays of one client. An event's visit is named by the visit's first event; part_of names the service that a
-- later stay goes on with (chair, wash, chair is one haircut). Both are empty for events of before and for rejected ones.

ALTER TABLE events ADD COLUMN visit BLOB CHECK (visit IS NULL OR length(visit) = 16);
ALTER TABLE events ADD COLUMN part_of BLOB CHECK (part_of IS NULL OR length(part_of) = 16);
