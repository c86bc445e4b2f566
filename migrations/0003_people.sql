-- Whom the feed names (schema.org author, contributor, publisher), and the owner of the rights in its words (IPTC copyright notice).
ALTER TABLE version ADD COLUMN people TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(people));
ALTER TABLE version ADD COLUMN copyright_notice TEXT;
PRAGMA user_version = 3;
