-- Keys and names stand by what they are of, one after the other; they are found by number, as look-alikes are: one index that is written all
-- over, not five. What is new waits in memory and in a log until enough of it goes to one place (store::postings).

CREATE TABLE key_of_article (
  article_id          INTEGER NOT NULL REFERENCES article (article_id) ON DELETE CASCADE,
  kind                TEXT    NOT NULL,
  value               TEXT    NOT NULL,
  PRIMARY KEY (article_id, kind, value)
) STRICT, WITHOUT ROWID;
INSERT INTO key_of_article (article_id, kind, value) SELECT article_id, kind, value FROM key INDEXED BY key_by_article ORDER BY article_id;
DROP VIEW v_alias;
DROP TABLE key;
ALTER TABLE key_of_article RENAME TO key;
CREATE VIEW v_alias AS
SELECT article_id, source_id, 'guid' AS kind, guid AS value FROM sighting WHERE guid IS NOT NULL
UNION
SELECT article_id, source_id, 'url', url FROM sighting WHERE url IS NOT NULL
UNION
SELECT article_id, NULL, 'release', value FROM key WHERE kind = 'release';

CREATE TABLE name_of_item (
  sighting_id         INTEGER NOT NULL REFERENCES sighting (sighting_id) ON DELETE CASCADE,
  name                TEXT    NOT NULL,        -- by which its source called it: dedup::name
  PRIMARY KEY (sighting_id, name)
) STRICT, WITHOUT ROWID;
INSERT INTO name_of_item (sighting_id, name) SELECT sighting_id, name FROM item_name INDEXED BY item_name_by_sighting ORDER BY sighting_id;
DROP TABLE item_name;
ALTER TABLE name_of_item RENAME TO item_name;

ALTER TABLE shingle RENAME TO shingle_before;
CREATE TABLE posting (
  hash                INTEGER NOT NULL,        -- of a key, of a name of an item, or of a few words in a row
  article_id          INTEGER NOT NULL,        -- where to look: what was found by it may have gone elsewhere
  day                 INTEGER,                 -- of words: days since 1970, when a version with them was admitted last; of all else NULL
  PRIMARY KEY (hash, article_id)
) STRICT, WITHOUT ROWID;
INSERT INTO posting (hash, article_id, day) SELECT hash, article_id, day FROM shingle_before;
DROP TABLE shingle_before;

-- Postings of a poll that may not all be in `posting` yet: pairs of a hash and an article, 8 bytes each, the lowest first.
CREATE TABLE posting_log (
  log_id              INTEGER PRIMARY KEY AUTOINCREMENT,   -- never given twice
  day                 INTEGER NOT NULL,        -- of those of words
  words               BLOB    NOT NULL,
  others              BLOB    NOT NULL
) STRICT;

-- SQL cannot make the hashes of the keys and names above: they are made when the store is opened, from the last article down to the first.
INSERT INTO counter (name, value) VALUES ('articles_to_post', coalesce((SELECT max(article_id) FROM article), 0));

PRAGMA user_version = 18;
