-- What near-copies are found and told by, what was said of each sighting and why, and what copies showed.

PRAGMA user_version = 7;

-- Where a text is looked for: a dozen numbers of each, by the 30 days in which it was admitted. Whole periods are dropped when no copy may look
-- back so far: dedup::shingle. No foreign key: a row whose article is gone finds nothing and goes with its period.
CREATE TABLE shingle (
  period              INTEGER NOT NULL,        -- days since 1970 / 30
  hash                INTEGER NOT NULL,
  article_id          INTEGER NOT NULL,
  PRIMARY KEY (period, hash, article_id)
) STRICT, WITHOUT ROWID;

-- The words of each version as they are compared, so that no stored text is read twice; made again from the body where it is missing.
CREATE TABLE news (
  article_id          INTEGER NOT NULL REFERENCES article (article_id) ON DELETE CASCADE,
  version             INTEGER NOT NULL,
  words               TEXT    NOT NULL,        -- dedup::news
  fullest             TEXT,                    -- those of the fullest copy, where it has more
  PRIMARY KEY (article_id, version)
) STRICT;

-- The version whose news a version shows: itself, unless it only brought a fuller text.
ALTER TABLE version ADD COLUMN edition INTEGER NOT NULL DEFAULT 1;
UPDATE version SET edition = version;

-- Which version an item showed when it was first seen, under which headline, and how the texts compared (dedup::Against).
ALTER TABLE sighting ADD COLUMN version INTEGER;
ALTER TABLE sighting ADD COLUMN headline TEXT;
ALTER TABLE sighting ADD COLUMN against TEXT CHECK (against IS NULL OR json_valid(against));

-- What a copy said, so that no merge is for ever: the draft as JSON. A text that is that of the version it is a copy of is left out.
CREATE TABLE copy (
  sighting_id         INTEGER PRIMARY KEY REFERENCES sighting (sighting_id) ON DELETE CASCADE,
  draft               TEXT    NOT NULL CHECK (json_valid(draft)),
  sections            TEXT    CHECK (sections IS NULL OR json_valid(sections))   -- as in version; NULL where the text is left out
) STRICT;

DROP VIEW v_sighting;
CREATE VIEW v_sighting AS
SELECT g.sighting_id, g.article_id, g.version, g.source_id, coalesce(g.headline, v.headline) AS headline, g.verdict, g.stage, g.reason, g.guid, g.url,
       g.first_seen, g.last_seen,
       CAST(round((julianday(g.first_seen) - julianday(min(g.first_seen) OVER (PARTITION BY g.article_id))) * 86400000) AS INTEGER)
         AS behind_first_ms
FROM sighting g JOIN article a ON a.article_id = g.article_id
JOIN version v ON v.article_id = a.article_id AND v.version = a.version;

DROP VIEW v_story;
CREATE VIEW v_story AS
SELECT a.story_id, v.article_id, v.version, v.edition, v.version = a.version AS newest, a.pubstatus, v.kind, v.language, v.wire, v.release_id,
       v.headline, v.verdict, v.stage, v.reason, v.received, v.content_hash
FROM article a JOIN version v ON v.article_id = a.article_id;

-- Every id that an article is known by: guids and pages as each source writes them, release numbers as `wire:number`.
CREATE VIEW v_alias AS
SELECT article_id, source_id, 'guid' AS kind, guid AS value FROM sighting WHERE guid IS NOT NULL
UNION
SELECT article_id, source_id, 'url', url FROM sighting WHERE url IS NOT NULL
UNION
SELECT article_id, NULL, 'release', value FROM key WHERE kind = 'release';

-- How late each source is with what others carry too: articles that it shares with others, those that it had first, and its lag behind the first.
CREATE VIEW v_lag AS
WITH carried AS (SELECT article_id, source_id, min(first_seen) AS first_seen FROM sighting GROUP BY article_id, source_id),
     shared AS (SELECT article_id, min(first_seen) AS first_seen FROM carried GROUP BY article_id HAVING count(*) > 1)
SELECT c.source_id, s.wire, count(*) AS shared, sum(c.first_seen = f.first_seen) AS first,
       CAST(round(avg(julianday(c.first_seen) - julianday(f.first_seen)) * 86400000) AS INTEGER) AS mean_behind_ms,
       CAST(round(max(julianday(c.first_seen) - julianday(f.first_seen)) * 86400000) AS INTEGER) AS most_behind_ms
FROM carried c JOIN shared f USING (article_id) JOIN source s USING (source_id)
GROUP BY c.source_id;
