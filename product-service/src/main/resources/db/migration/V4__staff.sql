-- Co-hosts of each stream, as srs-hook-service named them. Other members of the staff have no business here.
ALTER TABLE stream
  ADD COLUMN staff_version bigint NOT NULL DEFAULT 0,
  ADD COLUMN cohosts       text[] NOT NULL DEFAULT '{}';

-- The orders of a show.
CREATE INDEX order_item_of_show ON order_item (stream_key, order_id);
