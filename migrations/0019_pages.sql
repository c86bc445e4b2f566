-- Pages that are read for the whole text of a release: what waits, what came of each, and what its server's robots.txt says.

PRAGMA user_version = 19;

-- One row an article whose page was wanted. It waits as long as it is due.
CREATE TABLE page (
  article_id          INTEGER PRIMARY KEY REFERENCES article (article_id) ON DELETE CASCADE,
  version             INTEGER NOT NULL,        -- whose text is wanted
  source_id           TEXT    NOT NULL REFERENCES source (source_id),
  url                 TEXT    NOT NULL,        -- where it is asked: after redirects another than that of the article
  site                TEXT    NOT NULL,        -- registrable domain of that, by which it is paced
  hops                INTEGER NOT NULL DEFAULT 0,   -- redirects that led there
  due                 TEXT,                    -- NULL: done, or given up
  until               TEXT    NOT NULL,        -- given up then
  tries               INTEGER NOT NULL DEFAULT 0,   -- times that it was asked, redirects apart
  asked               TEXT,                    -- when last
  class               TEXT,                    -- what came of it; NULL: nothing yet
  reason              TEXT,                    -- for a person
  robots              TEXT,                    -- the rule by which it might be asked, or not
  http_status         INTEGER,
  etag                TEXT,
  last_modified       TEXT
) STRICT;
CREATE INDEX page_by_site ON page (site, due) WHERE due IS NOT NULL;
CREATE INDEX page_by_due ON page (due) WHERE due IS NOT NULL;
CREATE INDEX page_by_url ON page (url);

-- What sites think of our asking for pages: refusals, Crawl-delay, Retry-After.
CREATE TABLE page_site (
  site                TEXT    PRIMARY KEY,
  not_before          TEXT    NOT NULL,        -- no page of it is asked before
  refusals            INTEGER NOT NULL DEFAULT 0    -- in a row
) STRICT, WITHOUT ROWID;

-- The robots.txt of servers of which pages were wanted.
CREATE TABLE robots (
  origin              TEXT    PRIMARY KEY,     -- https://www.example.com
  fetched             TEXT    NOT NULL,
  expires             TEXT    NOT NULL,
  http_status         INTEGER,                 -- NULL: there was no answer
  rules               TEXT    NOT NULL         -- the file; where there was none, what holds instead
) STRICT, WITHOUT ROWID;

CREATE VIEW v_page AS
SELECT p.article_id, v.headline, p.source_id, p.url, p.class, p.reason, p.robots, p.http_status, p.tries, p.asked, p.due
FROM page p JOIN article a ON a.article_id = p.article_id
JOIN version v ON v.article_id = a.article_id AND v.version = a.version;
