-- A wire that carries a release hours later than another may be read first: what an article is to a notice goes by when it was issued
-- first, whoever showed that.
ALTER TABLE sighting ADD COLUMN published TEXT;     -- when the item says that it was issued: the earliest that it has said

-- Of what is there already copies alone tell: what made a version is told by the version.
UPDATE sighting SET published = (SELECT strftime('%Y-%m-%dT%H:%M:%fZ', c.draft ->> 'published') FROM copy c WHERE c.sighting_id = sighting.sighting_id)
WHERE sighting_id IN (SELECT sighting_id FROM copy);

DROP VIEW v_sighting;
CREATE VIEW v_sighting AS
SELECT g.sighting_id, g.article_id, g.version, g.source_id, coalesce(g.headline, v.headline) AS headline, g.verdict, g.stage, g.reason, g.guid, g.url,
       g.published, g.first_seen, g.last_seen,
       CAST(round((julianday(g.first_seen) - julianday(min(g.first_seen) OVER (PARTITION BY g.article_id))) * 86400000) AS INTEGER)
         AS behind_first_ms
FROM sighting g JOIN article a ON a.article_id = g.article_id
JOIN version v ON v.article_id = a.article_id AND v.version = a.version;

PRAGMA user_version = 20;
