-- Who is sent the changes of an output by our own WebSub hub (W3C Recommendation, 23 January 2018).

PRAGMA user_version = 17;

CREATE TABLE subscription (
  subscription_id     INTEGER PRIMARY KEY AUTOINCREMENT,
  callback            TEXT    NOT NULL,        -- where changes are sent to: who knows it could send what he likes
  site                TEXT    NOT NULL,        -- its registered domain, or its address
  topic               TEXT    NOT NULL,        -- the URL of the document, as it was asked for: with a token where the output needs one
  output_id           TEXT    NOT NULL,
  format              TEXT    NOT NULL,        -- extension of its URL
  secret              TEXT,                    -- signs what is sent
  subscribed          TEXT    NOT NULL,        -- first confirmed
  expires             TEXT    NOT NULL,
  seq                 INTEGER NOT NULL,        -- the last change that it has taken, as in member
  deliveries          INTEGER NOT NULL DEFAULT 0,
  last_delivery       TEXT,
  failures            INTEGER NOT NULL DEFAULT 0,   -- since the last delivery that was taken
  next_attempt        TEXT,                    -- after a failure
  last_error          TEXT,
  denied              TEXT,                    -- why it ends: its callback is told so, then the row goes
  UNIQUE (callback, topic)
) STRICT;

-- Asked for, and not confirmed by the callback yet.
CREATE TABLE subscription_request (
  request_id          INTEGER PRIMARY KEY AUTOINCREMENT,
  mode                TEXT    NOT NULL,        -- subscribe, unsubscribe
  callback            TEXT    NOT NULL,
  site                TEXT    NOT NULL,
  topic               TEXT    NOT NULL,
  output_id           TEXT    NOT NULL,
  format              TEXT    NOT NULL,
  secret              TEXT,
  lease_seconds       INTEGER NOT NULL,
  received            TEXT    NOT NULL,
  failures            INTEGER NOT NULL DEFAULT 0,
  next_attempt        TEXT,                    -- after a failure
  UNIQUE (callback, topic)
) STRICT;

-- Without what opens anything: no callback, no topic, no secret.
CREATE VIEW v_subscription AS
SELECT subscription_id, output_id, format, site, subscribed, expires, seq, deliveries, last_delivery, failures, next_attempt, last_error, denied
FROM subscription;
