-- Table of TransactionalOutbox. Runs again whenever this file changes and upgrades a table of any earlier version.
CREATE TABLE IF NOT EXISTS outbox (
  id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  dedupe  uuid NOT NULL DEFAULT gen_random_uuid(),
  room    text,
  message text NOT NULL
);
ALTER TABLE outbox
  ADD COLUMN IF NOT EXISTS subject      text,
  ADD COLUMN IF NOT EXISTS written_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  ADD COLUMN IF NOT EXISTS published_at timestamptz;
CREATE INDEX IF NOT EXISTS outbox_waiting ON outbox (id) WHERE published_at IS NULL;
