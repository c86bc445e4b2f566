-- What the schedule remembers of a source, and how the source does.

ALTER TABLE source ADD COLUMN tier TEXT CHECK (tier IN ('wire', 'guest'));
ALTER TABLE source ADD COLUMN interval_ms INTEGER;          -- from the end of the last poll to the next one
ALTER TABLE source ADD COLUMN state TEXT NOT NULL DEFAULT 'ok'
  CHECK (state IN ('ok', 'quiet', 'stale', 'empty', 'future', 'throttled', 'failing', 'gone'));
ALTER TABLE source ADD COLUMN state_since TEXT;
ALTER TABLE source ADD COLUMN last_new TEXT;                -- when an item came that its document had not shown before
ALTER TABLE source ADD COLUMN gaps INTEGER NOT NULL DEFAULT 0;   -- polls after which items may have been lost
ALTER TABLE source ADD COLUMN last_gap TEXT;
ALTER TABLE source ADD COLUMN last_gap_reason TEXT;
-- JSON of ingest::schedule::Memory: its week, the names in its last document. The schedule's own; a few kilobytes.
ALTER TABLE source ADD COLUMN memory TEXT CHECK (memory IS NULL OR json_valid(memory));

ALTER TABLE poll ADD COLUMN known INTEGER;                  -- items that the document before it showed too
ALTER TABLE poll ADD COLUMN gap TEXT;                       -- why items may have been lost before it

CREATE INDEX source_by_due ON source (configured, next_due);

DROP VIEW v_poll;
CREATE VIEW v_poll AS
SELECT poll_id, source_id, started, elapsed_ms, outcome, http_status, bytes, items, new, seen, revised, duplicate, correction,
       withdrawal, variant, rejected, repairs, error, next_due, next_due_reason, known, gap
FROM poll;

-- A source is late when it should have been polled ten minutes ago: Dateline is down, or cannot keep up.
DROP VIEW v_source_health;
CREATE VIEW v_source_health AS
SELECT s.source_id, s.wire, s.url, s.configured, p.started AS last_poll, p.outcome AS last_outcome, p.error AS last_error,
       s.first_success, s.last_success, s.failures, s.next_due, s.next_due_reason,
       (SELECT count(*) FROM poll q WHERE q.source_id = s.source_id) AS polls,
       (SELECT count(*) FROM sighting g WHERE g.source_id = s.source_id AND g.verdict = 'new') AS new,
       (SELECT count(*) FROM sighting g WHERE g.source_id = s.source_id AND g.verdict = 'duplicate') AS duplicate,
       (SELECT coalesce(sum(q.rejected), 0) FROM poll q WHERE q.source_id = s.source_id) AS rejected,
       s.tier,
       CASE WHEN s.configured = 0 THEN 'off'
            WHEN s.last_poll_id IS NULL THEN 'new'
            WHEN s.state IN ('throttled', 'failing', 'gone') THEN s.state
            WHEN julianday('now') - julianday(s.next_due) > 10.0 / 1440 THEN 'late'
            ELSE s.state END AS state,
       s.state_since, s.interval_ms, s.last_new, s.gaps, s.last_gap, s.last_gap_reason
FROM source s LEFT JOIN poll p ON p.poll_id = s.last_poll_id;

PRAGMA user_version = 11;
