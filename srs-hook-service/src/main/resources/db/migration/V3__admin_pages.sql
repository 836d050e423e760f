-- Shipping terms of a show: FreeShipping in contracts. The threshold belongs to the mode THRESHOLD.
ALTER TABLE stream
  ADD free_shipping           text NOT NULL DEFAULT 'DISABLED',
  ADD free_shipping_threshold numeric;

-- Order of the history: the last start, or the creation of a stream without a show.
CREATE INDEX stream_by_age ON stream ((COALESCE(started_at, created_at)) DESC, id);

-- Maximum of concurrent viewers; null for a show on air, and if Redis did not respond at its end.
ALTER TABLE show ADD peak_viewers bigint;

-- Notices in the list behind the live page's button. The table notice has the line that is shown on every page.
CREATE TABLE notice_entry (
  id         uuid        PRIMARY KEY,
  title      text        NOT NULL,
  content    text        NOT NULL,
  category   text        NOT NULL CHECK (category IN ('IMPORTANT', 'GENERAL')),
  is_active  boolean     NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
