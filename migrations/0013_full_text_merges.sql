-- Each poll adds a piece to the full-text index, and pieces of one size are merged: eight of them rather than four, so that a word is written
-- again a third less often. Not sixteen: then merges are no longer done little by little (FTS5's `crisismerge`), and one poll waits for all.

INSERT INTO article_fts (article_fts, rank) VALUES ('automerge', 8);

PRAGMA user_version = 13;
