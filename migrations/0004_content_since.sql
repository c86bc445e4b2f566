-- Since when an item has shown what it shows: a return to an earlier text that lasts is meant, one that does not is two servers out of step.
ALTER TABLE sighting ADD COLUMN content_since TEXT NOT NULL DEFAULT '';
UPDATE sighting SET content_since = first_seen;
PRAGMA user_version = 4;
