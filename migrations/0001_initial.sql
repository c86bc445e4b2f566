-- The first schema. Times are RFC 3339 UTC text, durations end in _ms, JSON columns hold the article schema's own shapes.
-- Tables are the machine's and may change with a migration; the views below are for people and stay.

-- Set in the same transaction as the schema, so that a file is either a whole store or none. 'DTLN'; user_version is the
-- number of the newest migration: each later migration sets its own.
PRAGMA application_id = 1146375246;
PRAGMA user_version = 1;

-- One row a configured feed: what the next poll needs to know. Sources that left the configuration keep their row.
CREATE TABLE source (
  source_id           TEXT    PRIMARY KEY,
  url                 TEXT    NOT NULL,
  wire                TEXT,
  configured          INTEGER NOT NULL DEFAULT 1 CHECK (configured IN (0, 1)),   -- in the configuration and enabled
  etag                TEXT,
  last_modified       TEXT,
  body_hash           TEXT,
  next_due            TEXT,
  next_due_reason     TEXT,
  failures            INTEGER NOT NULL DEFAULT 0,
  first_success       TEXT,
  last_success        TEXT,
  last_poll_id        INTEGER
) STRICT;

-- One row an attempt to read one source, whatever came of it.
CREATE TABLE poll (
  poll_id             INTEGER PRIMARY KEY,
  source_id           TEXT    NOT NULL REFERENCES source (source_id),
  started             TEXT    NOT NULL,
  elapsed_ms          INTEGER NOT NULL,
  outcome             TEXT    NOT NULL CHECK (outcome IN ('ok', 'not-modified', 'unchanged', 'empty', 'fetch-error', 'parse-error', 'panic')),
  http_status         INTEGER,
  bytes               INTEGER,
  items               INTEGER NOT NULL DEFAULT 0,
  new                 INTEGER NOT NULL DEFAULT 0,
  seen                INTEGER NOT NULL DEFAULT 0,
  revised             INTEGER NOT NULL DEFAULT 0,
  duplicate           INTEGER NOT NULL DEFAULT 0,
  correction          INTEGER NOT NULL DEFAULT 0,
  withdrawal          INTEGER NOT NULL DEFAULT 0,
  variant             INTEGER NOT NULL DEFAULT 0,
  rejected            INTEGER NOT NULL DEFAULT 0,
  repairs             TEXT    NOT NULL DEFAULT '[]' CHECK (json_valid(repairs)),
  error               TEXT,
  next_due            TEXT,
  next_due_reason     TEXT
) STRICT;
CREATE INDEX poll_by_source ON poll (source_id, poll_id DESC);

-- The versions of one release and its translations.
CREATE TABLE story (
  story_id            INTEGER PRIMARY KEY,
  created             TEXT    NOT NULL
) STRICT;

-- One row an article: its identity. The text stands in version.
CREATE TABLE article (
  article_id          INTEGER PRIMARY KEY,
  uri                 TEXT    NOT NULL UNIQUE,
  story_id            INTEGER NOT NULL REFERENCES story (story_id),
  version             INTEGER NOT NULL DEFAULT 1,
  pubstatus           TEXT    NOT NULL CHECK (pubstatus IN ('usable', 'withheld', 'canceled')),
  first_received      TEXT    NOT NULL,
  modified            TEXT    NOT NULL,
  sort_time           TEXT    NOT NULL
) STRICT;
CREATE INDEX article_by_story ON article (story_id);
CREATE INDEX article_by_time ON article (sort_time DESC, article_id DESC);

-- One row a version of an article, never changed once written.
CREATE TABLE version (
  article_id          INTEGER NOT NULL REFERENCES article (article_id) ON DELETE CASCADE,
  version             INTEGER NOT NULL,
  verdict             TEXT    NOT NULL CHECK (verdict IN ('new', 'revised', 'correction', 'withdrawal', 'variant')),
  stage               TEXT    NOT NULL,
  reason              TEXT    NOT NULL,
  content_hash        TEXT    NOT NULL,
  received            TEXT    NOT NULL,
  source_id           TEXT    NOT NULL REFERENCES source (source_id),
  kind                TEXT    NOT NULL,
  headline            TEXT,
  subheadline         TEXT,
  summary             TEXT,
  dateline            TEXT    CHECK (dateline IS NULL OR json_valid(dateline)),
  wire                TEXT,
  release_id          TEXT,
  issuer              TEXT,
  organisations       TEXT    NOT NULL CHECK (json_valid(organisations)),
  published           TEXT,
  updated             TEXT,
  embargoed           TEXT,
  language            TEXT,
  url                 TEXT,
  urls                TEXT    NOT NULL CHECK (json_valid(urls)),
  guid                TEXT,
  body_text           TEXT    NOT NULL,
  body_html           TEXT    NOT NULL,
  sections            TEXT    NOT NULL CHECK (json_valid(sections)),   -- [{"kind","start","end"}]: byte ranges of body_text
  subjects            TEXT    NOT NULL CHECK (json_valid(subjects)),
  contacts            TEXT    NOT NULL CHECK (json_valid(contacts)),
  media               TEXT    NOT NULL CHECK (json_valid(media)),
  revision            TEXT    CHECK (revision IS NULL OR json_valid(revision)),
  rights              TEXT    NOT NULL,
  repairs             TEXT    NOT NULL CHECK (json_valid(repairs)),
  PRIMARY KEY (article_id, version)
) STRICT;

-- One source showing one article under one guid.
CREATE TABLE sighting (
  sighting_id         INTEGER PRIMARY KEY,
  article_id          INTEGER NOT NULL REFERENCES article (article_id) ON DELETE CASCADE,
  source_id           TEXT    NOT NULL REFERENCES source (source_id),
  item_key            TEXT    NOT NULL,        -- the guid, else the canonical URL, else a content hash
  guid                TEXT,
  url                 TEXT,
  verdict             TEXT    NOT NULL,        -- what was said of it when first seen
  stage               TEXT    NOT NULL,
  reason              TEXT    NOT NULL,
  content_hash        TEXT    NOT NULL,        -- what it showed last
  first_seen          TEXT    NOT NULL,
  last_seen           TEXT    NOT NULL,
  first_poll_id       INTEGER NOT NULL,
  UNIQUE (source_id, item_key, article_id)     -- a feed may give one guid to two releases
) STRICT;
CREATE INDEX sighting_by_article ON sighting (article_id, source_id);

-- What an article can be recalled by, one row a key; kinds are those of dedup::KeyKind (item keys stand in sighting).
CREATE TABLE key (
  kind                TEXT    NOT NULL,
  value               TEXT    NOT NULL,
  article_id          INTEGER NOT NULL REFERENCES article (article_id) ON DELETE CASCADE,
  PRIMARY KEY (kind, value, article_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX key_by_article ON key (article_id);

-- Multi-valued fields of the newest version, for filters and for people.
CREATE TABLE symbol (
  article_id          INTEGER NOT NULL REFERENCES article (article_id) ON DELETE CASCADE,
  exchange            TEXT    NOT NULL,
  symbol              TEXT    NOT NULL,
  PRIMARY KEY (article_id, exchange, symbol)
) STRICT, WITHOUT ROWID;
CREATE INDEX symbol_by_symbol ON symbol (symbol, exchange);

CREATE TABLE isin (
  article_id          INTEGER NOT NULL REFERENCES article (article_id) ON DELETE CASCADE,
  isin                TEXT    NOT NULL,
  PRIMARY KEY (article_id, isin)
) STRICT, WITHOUT ROWID;
CREATE INDEX isin_by_isin ON isin (isin);

-- Items that could not become an article, each with its reason.
CREATE TABLE reject (
  poll_id             INTEGER NOT NULL REFERENCES poll (poll_id) ON DELETE CASCADE,
  item_index          INTEGER NOT NULL,
  why                 TEXT    NOT NULL,
  PRIMARY KEY (poll_id, item_index)
) STRICT, WITHOUT ROWID;

-- Full text over the newest version; rowid = article_id.
CREATE VIRTUAL TABLE article_fts USING fts5 (headline, body_text, tokenize = "unicode61 remove_diacritics 2");

-- ---------------------------------------------------------------------------------------------------------------
-- Views for people: documented in the README, stable.

CREATE VIEW v_article AS
SELECT a.article_id, a.uri AS id, a.story_id, a.version, a.pubstatus, v.kind, v.headline, v.subheadline, v.summary,
       json_extract(v.dateline, '$.raw') AS dateline,
       json_extract(v.dateline, '$.date') AS dateline_date,
       json_extract(v.dateline, '$.places[0].city') AS dateline_city,
       json_extract(v.dateline, '$.places[0].country') AS dateline_country,
       v.wire, v.release_id, v.issuer,
       (SELECT group_concat(s.exchange || ':' || s.symbol, ' ') FROM symbol s WHERE s.article_id = a.article_id) AS symbols,
       (SELECT group_concat(i.isin, ' ') FROM isin i WHERE i.article_id = a.article_id) AS isins,
       v.published, v.updated, v.embargoed, a.first_received, a.modified, v.language, v.url, v.source_id, v.guid,
       (SELECT count(*) FROM sighting g WHERE g.article_id = a.article_id) AS sightings,
       v.verdict, v.stage, v.reason, v.rights, v.body_text, v.body_html
FROM article a JOIN version v ON v.article_id = a.article_id AND v.version = a.version;

CREATE VIEW v_poll AS
SELECT poll_id, source_id, started, elapsed_ms, outcome, http_status, bytes, items, new, seen, revised, duplicate, correction,
       withdrawal, variant, rejected, repairs, error, next_due, next_due_reason
FROM poll;

CREATE VIEW v_source_health AS
SELECT s.source_id, s.wire, s.url, s.configured, p.started AS last_poll, p.outcome AS last_outcome, p.error AS last_error,
       s.first_success, s.last_success, s.failures, s.next_due, s.next_due_reason,
       (SELECT count(*) FROM poll q WHERE q.source_id = s.source_id) AS polls,
       (SELECT count(*) FROM sighting g WHERE g.source_id = s.source_id AND g.verdict = 'new') AS new,
       (SELECT count(*) FROM sighting g WHERE g.source_id = s.source_id AND g.verdict = 'duplicate') AS duplicate,
       (SELECT coalesce(sum(q.rejected), 0) FROM poll q WHERE q.source_id = s.source_id) AS rejected
FROM source s LEFT JOIN poll p ON p.poll_id = s.last_poll_id;

CREATE VIEW v_sighting AS
SELECT g.article_id, g.source_id, v.headline, g.verdict, g.stage, g.reason, g.guid, g.url, g.first_seen, g.last_seen,
       CAST(round((julianday(g.first_seen) - julianday(min(g.first_seen) OVER (PARTITION BY g.article_id))) * 86400000) AS INTEGER)
         AS behind_first_ms
FROM sighting g JOIN article a ON a.article_id = g.article_id
JOIN version v ON v.article_id = a.article_id AND v.version = a.version;

CREATE VIEW v_story AS
SELECT a.story_id, v.article_id, v.version, v.version = a.version AS newest, a.pubstatus, v.kind, v.language, v.wire, v.release_id,
       v.headline, v.verdict, v.stage, v.reason, v.received, v.content_hash
FROM article a JOIN version v ON v.article_id = a.article_id;

CREATE VIEW v_reject AS
SELECT r.poll_id, p.source_id, p.started, r.item_index, r.why
FROM reject r JOIN poll p ON p.poll_id = r.poll_id;
