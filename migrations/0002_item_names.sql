-- Every name that a source gave an item stays a name of it: its guid, its page, its headline with the time of issue, its text.
-- So nothing is doubled when a feed loses its guids, mends them, or is told apart otherwise.

PRAGMA user_version = 2;

-- One row a name of an item; two items may share one. `guid:...`, `url:...`, `issue:...`, `content:...`: dedup::NameKind.
CREATE TABLE item_name (
  source_id           TEXT    NOT NULL REFERENCES source (source_id),
  name                TEXT    NOT NULL,
  sighting_id         INTEGER NOT NULL REFERENCES sighting (sighting_id) ON DELETE CASCADE,
  PRIMARY KEY (source_id, name, sighting_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX item_name_by_sighting ON item_name (sighting_id);

-- A page counts without its scheme, `www.` and a last slash: dedup::name::address.
CREATE TEMP TABLE page AS
SELECT url, rtrim(CASE WHEN rest LIKE 'www.%' THEN substr(rest, 5) ELSE rest END, '/') AS address
FROM (SELECT url, CASE WHEN url LIKE 'https://%' THEN substr(url, 9) WHEN url LIKE 'http://%' THEN substr(url, 8) END AS rest
      FROM (SELECT url FROM sighting UNION SELECT url FROM version))
WHERE rest IS NOT NULL;
CREATE INDEX temp.page_by_url ON page (url);

-- An item was filed under its guid where it had one. Only guids that dedup::name would leave as they are become names: short plain ones,
-- and addresses that are known to be canonical because a link is the same. A name that is spelt otherwise would tell the item from itself;
-- one that is missing is learned when the item is shown again under its page or its text.
INSERT INTO item_name (source_id, name, sighting_id)
SELECT g.source_id, 'guid:' || g.guid, g.sighting_id
FROM sighting g
WHERE g.guid = g.item_key AND g.guid NOT GLOB '*[^ -~]*' AND trim(g.guid) = g.guid AND length(g.guid) <= 500
  AND g.guid NOT LIKE 'http:%' AND g.guid NOT LIKE 'https:%';
INSERT INTO item_name (source_id, name, sighting_id)
SELECT g.source_id, 'guid:' || p.address, g.sighting_id
FROM sighting g JOIN temp.page p ON p.url = g.guid
WHERE g.guid = g.item_key AND length(p.address) <= 500 AND (p.address LIKE '%/%' OR p.address LIKE '%?%');
INSERT INTO item_name (source_id, name, sighting_id) SELECT source_id, 'content:' || content_hash, sighting_id FROM sighting WHERE true
ON CONFLICT DO NOTHING;
-- Pages that stand as keys by themselves told their article alone.
INSERT INTO item_name (source_id, name, sighting_id)
SELECT g.source_id, 'url:' || p.address, g.sighting_id
FROM sighting g JOIN temp.page p ON p.url = g.url JOIN key k ON k.kind = 'url' AND k.value = g.url AND k.article_id = g.article_id
WHERE length(p.address) <= 500 AND (p.address LIKE '%/%' OR p.address LIKE '%?%')
ON CONFLICT DO NOTHING;

-- The keys of pages follow: `address`, or `address HASH` for a page of many items.
UPDATE OR REPLACE key SET value = (SELECT p.address FROM temp.page p WHERE p.url = key.value)
WHERE kind = 'url' AND EXISTS (SELECT 1 FROM temp.page p WHERE p.url = key.value);
UPDATE OR REPLACE key SET value = (SELECT p.address FROM temp.page p WHERE p.url = substr(key.value, 1, instr(key.value, ' ') - 1))
  || substr(value, instr(value, ' '))
WHERE kind = 'url' AND EXISTS (SELECT 1 FROM temp.page p WHERE p.url = substr(key.value, 1, instr(key.value, ' ') - 1));
DROP TABLE temp.page;
