-- A look-alike is one search a number, not one for each 30 days of the window: the day stands behind the number, and what no copy looks back to
-- any more is swept out a slice of the numbers at a time (store::write::look_alikes).

CREATE TABLE shingle_by_number (
  hash                INTEGER NOT NULL,
  article_id          INTEGER NOT NULL,
  day                 INTEGER NOT NULL,        -- days since 1970: when a version with it was admitted last
  PRIMARY KEY (hash, article_id)
) STRICT, WITHOUT ROWID;
INSERT INTO shingle_by_number (hash, article_id, day)
SELECT hash, article_id, period * 30 + 29 FROM shingle WHERE true
ON CONFLICT DO UPDATE SET day = max(day, excluded.day);   -- no sort: the writer would keep it in memory
DROP TABLE shingle;
ALTER TABLE shingle_by_number RENAME TO shingle;

PRAGMA user_version = 14;
