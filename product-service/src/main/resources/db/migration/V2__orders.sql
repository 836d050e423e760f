-- Every change is an addition, so that the version before runs on beside this one.

-- Half of each page stays free: a new version of a row that sells out fast finds room beside the old one, and no index changes.
ALTER TABLE product SET (fillfactor = 50);

-- The product that the seller shows now.
ALTER TABLE stream ADD COLUMN featured uuid;

-- Units held for a buyer. What was agreed on stands here and not in the product: its price may change, and it may go.
CREATE TABLE reservation (
  id           uuid PRIMARY KEY,
  product_id   uuid        NOT NULL,
  stream_key   text        NOT NULL,
  product_name text        NOT NULL,
  user_id      text        NOT NULL,
  user_name    text        NOT NULL,
  quantity     integer     NOT NULL CHECK (quantity > 0),
  option       text,
  unit_price   bigint      NOT NULL CHECK (unit_price >= 0), -- won
  state        text        NOT NULL CHECK (state IN ('HELD', 'CONFIRMED', 'CANCELLED', 'EXPIRED')),
  created_at   timestamptz NOT NULL,
  expires_at   timestamptz NOT NULL,
  extended     boolean     NOT NULL,
  order_id     text
);
CREATE INDEX reservation_due ON reservation (expires_at) WHERE state = 'HELD';
CREATE INDEX reservation_held ON reservation (user_id) WHERE state = 'HELD';
CREATE INDEX reservation_of_user ON reservation (user_id, created_at DESC);

CREATE TABLE orders (
  id             text PRIMARY KEY,
  reservation_id uuid        NOT NULL UNIQUE REFERENCES reservation,
  product_id     uuid        NOT NULL,
  stream_key     text        NOT NULL,
  product_name   text        NOT NULL,
  user_id        text        NOT NULL,
  user_name      text        NOT NULL,
  quantity       integer     NOT NULL CHECK (quantity > 0),
  option         text,
  unit_price     bigint      NOT NULL CHECK (unit_price >= 0), -- won
  state          text        NOT NULL CHECK (state IN ('PENDING_PAYMENT', 'PAID', 'CANCELLED')),
  created_at     timestamptz NOT NULL,
  pay_until      timestamptz NOT NULL,
  paid_at        timestamptz,
  payment_id     text UNIQUE,
  cancelled_at   timestamptz
);
CREATE INDEX order_due ON orders (pay_until) WHERE state = 'PENDING_PAYMENT';
CREATE INDEX order_of_user ON orders (user_id, created_at DESC);

-- The last order number of a day in Seoul that some replica has set aside.
CREATE TABLE order_number (
  day  date PRIMARY KEY,
  last integer NOT NULL
);

-- What was answered to a request that may be repeated; no reservation where it was refused.
CREATE TABLE idempotency (
  user_id        text        NOT NULL,
  key            text        NOT NULL,
  request        text        NOT NULL,
  reservation_id uuid,
  held_until     timestamptz NOT NULL,
  created_at     timestamptz NOT NULL,
  PRIMARY KEY (user_id, key)
);
CREATE INDEX idempotency_age ON idempotency (created_at);
