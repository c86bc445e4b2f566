-- A feed that says for a while that it has moved for good (301, 308) is asked where it moved.

CREATE TABLE source_move (
  source_id           TEXT    NOT NULL REFERENCES source (source_id) ON DELETE CASCADE,
  from_url            TEXT    NOT NULL,        -- as configured
  to_url              TEXT    NOT NULL,
  first_seen          TEXT    NOT NULL,        -- since when it has said so, with every answer
  last_seen           TEXT    NOT NULL,
  times               INTEGER NOT NULL,        -- answers that said so since then; 0: it says so no more
  adopted             TEXT,                    -- since when it is asked there
  returned            TEXT,                    -- when it was last asked at home again, and why
  reason              TEXT,
  PRIMARY KEY (source_id, from_url, to_url)
) STRICT, WITHOUT ROWID;

CREATE VIEW v_source_move AS
SELECT source_id, from_url, to_url, first_seen, last_seen, times, adopted, returned, reason FROM source_move;

-- When the whole document was last read: a server that says "not modified" for ever is asked for it now and then.
ALTER TABLE source ADD COLUMN read_whole TEXT;
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
       s.state_since, s.interval_ms, s.last_new, s.gaps, s.last_gap, s.last_gap_reason,
       (SELECT m.to_url FROM source_move m WHERE m.source_id = s.source_id AND m.from_url = s.url AND m.adopted IS NOT NULL) AS moved_to
FROM source s LEFT JOIN poll p ON p.poll_id = s.last_poll_id;

PRAGMA user_version = 12;
