-- Tickers written as `$ACME`, without an exchange: hints, beside the listings of organisations.
ALTER TABLE version ADD COLUMN cashtags TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(cashtags));
PRAGMA user_version = 5;
