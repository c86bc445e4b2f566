-- What a person overruled of the judge's verdicts, remembered.

PRAGMA user_version = 8;

-- One row a split or merge. Articles have no foreign key here: one that was merged into another is gone, and its number leads on.
CREATE TABLE overruled (
  overruled_id        INTEGER PRIMARY KEY,
  at                  TEXT    NOT NULL,
  what                TEXT    NOT NULL CHECK (what IN ('split', 'merge')),
  article_id          INTEGER NOT NULL,        -- the one that stayed: split was a part of it, or merged into it the other
  other_article_id    INTEGER NOT NULL,        -- what was split off, or was merged; for a translation the other article of the story
  version             INTEGER,                 -- the version that was split off, by its number in article_id
  sighting_id         INTEGER,                 -- the copy that was split off
  uri                 TEXT,                    -- the id of a merged article that went; it leads to article_id
  note                TEXT    NOT NULL         -- what had been said, for a person
) STRICT;
CREATE INDEX overruled_by_article ON overruled (article_id);
CREATE INDEX overruled_by_other ON overruled (other_article_id);
CREATE INDEX overruled_by_uri ON overruled (uri) WHERE uri IS NOT NULL;

CREATE VIEW v_overruled AS
SELECT r.at, r.what, r.article_id, r.other_article_id, r.version, r.sighting_id, v.headline, r.note
FROM overruled r
LEFT JOIN article a ON a.article_id = r.article_id
LEFT JOIN version v ON v.article_id = a.article_id AND v.version = a.version;
