-- What was purged does not come back as new.

-- One row a thing that a purged article was known by: a guid at its source, the wire's number with its language, a page, a headline with its
-- time or text, a text. Nothing but its hash: dedup::tombstone, xxh3 over a versioned value; rows of an older version are mute and go with time.
CREATE TABLE tombstone (
  hash                INTEGER PRIMARY KEY,
  last_seen           INTEGER NOT NULL         -- days since 1970: when it was purged, or last shown since
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 9;
