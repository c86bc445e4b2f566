-- Which articles each output holds, decided when an article is admitted or changed, so that a request reads rows instead of asking a filter; and
-- a number for every change, so that a reader can go on where it was.

PRAGMA user_version = 15;

-- Numbers that only grow, also when what had them is gone.
CREATE TABLE counter (
  name                TEXT    PRIMARY KEY,     -- change: the last number of a change; followed: up to which outputs know of changes; epoch: names this store
  value               INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO counter (name, value)
VALUES ('change', coalesce((SELECT max(article_id) FROM article), 0)), ('followed', coalesce((SELECT max(article_id) FROM article), 0)),
       ('epoch', abs(random() % 1099511627776));

-- The number of the last change that a reader of the article would see.
ALTER TABLE article ADD COLUMN change INTEGER NOT NULL DEFAULT 0;
UPDATE article SET change = article_id;
CREATE INDEX article_by_change ON article (change);

-- By triggers, so that nothing that writes articles can forget it.
CREATE TRIGGER article_added AFTER INSERT ON article BEGIN
  UPDATE counter SET value = value + 1 WHERE name = 'change';
  UPDATE article SET change = (SELECT value FROM counter WHERE name = 'change') WHERE article_id = NEW.article_id;
END;
CREATE TRIGGER article_changed AFTER UPDATE OF version, pubstatus, modified ON article BEGIN
  UPDATE counter SET value = value + 1 WHERE name = 'change';
  UPDATE article SET change = (SELECT value FROM counter WHERE name = 'change') WHERE article_id = NEW.article_id;
END;

CREATE TABLE output (
  output_no           INTEGER PRIMARY KEY AUTOINCREMENT,   -- never given twice
  output_id           TEXT    NOT NULL UNIQUE,
  rule                TEXT    NOT NULL,        -- the filter by which members were chosen
  members             INTEGER NOT NULL DEFAULT 0,   -- positions given so far
  sought              INTEGER,                 -- while older articles are sought by a new rule: the last one that was asked; NULL when done
  seek_to             INTEGER                  -- and the last one to ask
) STRICT;

CREATE TABLE member (
  article_id          INTEGER NOT NULL REFERENCES article (article_id) ON DELETE CASCADE,
  output_no           INTEGER NOT NULL REFERENCES output (output_no) ON DELETE CASCADE,
  position            INTEGER NOT NULL,        -- of an output, from 1: the order in which it got its members; archive pages are ranges of it
  seq                 INTEGER NOT NULL,        -- the change of which its readers hear last: what a cursor goes by
  sort_time           TEXT    NOT NULL,        -- as in article
  PRIMARY KEY (article_id, output_no)
) STRICT, WITHOUT ROWID;
CREATE INDEX member_by_time ON member (output_no, sort_time DESC, article_id DESC);
CREATE INDEX member_by_seq ON member (output_no, seq);
CREATE INDEX member_by_position ON member (output_no, position);

CREATE VIEW v_output AS
SELECT o.output_id, o.rule, (SELECT count(*) FROM member m WHERE m.output_no = o.output_no) AS articles,
       (SELECT max(m.sort_time) FROM member m WHERE m.output_no = o.output_no) AS newest,
       o.sought IS NOT NULL AS seeking
FROM output o;

CREATE VIEW v_member AS
SELECT o.output_id, m.article_id, v.headline, m.position, m.seq, m.sort_time
FROM member m JOIN output o ON o.output_no = m.output_no
JOIN article a ON a.article_id = m.article_id JOIN version v ON v.article_id = a.article_id AND v.version = a.version;
