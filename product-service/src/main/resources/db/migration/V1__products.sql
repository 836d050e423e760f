-- Who may change what belongs to a stream; told by srs-hook-service.
CREATE TABLE stream (
  key      text PRIMARY KEY,
  owner_id text NOT NULL
);

CREATE TABLE product (
  id             uuid PRIMARY KEY,
  stream_key     text        NOT NULL,
  name           text        NOT NULL,
  price          bigint      NOT NULL CHECK (price >= 0),
  stock          integer     NOT NULL CHECK (stock >= 0),
  color_options  text[]      NOT NULL,
  size_options   text[]      NOT NULL,
  image_url      text,
  images         text[]      NOT NULL,
  sort_order     integer     NOT NULL,
  is_new         boolean     NOT NULL,
  discount_rate  integer,
  original_price bigint,
  timer_enabled  boolean     NOT NULL,
  timer_duration integer     NOT NULL,
  closed_by_hand boolean     NOT NULL,
  created_at     timestamptz NOT NULL,
  updated_at     timestamptz NOT NULL,
  expires_at     timestamptz,
  version        bigint      NOT NULL
);
CREATE INDEX product_in_stream ON product (stream_key, sort_order, created_at);

-- See Outbox in service-defaults.
CREATE TABLE outbox (
  id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  dedupe  uuid NOT NULL DEFAULT gen_random_uuid(),
  room    text,
  message text NOT NULL
);
