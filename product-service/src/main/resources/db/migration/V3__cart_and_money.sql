-- Amounts become decimals of the configured currency, a reservation becomes an item of the buyer's cart, and an order
-- has several items. The version before runs on beside this one: every change is an addition. It writes and reads whole
-- units in the old columns of money, so triggers keep both columns equal, rounded where the new one has a fraction. A
-- later migration removes the old columns together with the triggers.

-- A product that only the shop sells has the stream key '-', because the version before requires a key.
ALTER TABLE product
  ADD COLUMN price_amount          numeric,
  ADD COLUMN original_price_amount numeric,
  ADD COLUMN discount_percent      numeric,
  ADD COLUMN shipping_fee          numeric NOT NULL DEFAULT 0,
  ADD COLUMN exclude_from_store    boolean NOT NULL DEFAULT false,
  ADD COLUMN flash_price           numeric,
  ADD COLUMN flash_ends_at         timestamptz,
  -- The next moment at which time alone changes the product: its flash price or its sale ends.
  ADD COLUMN changes_at            timestamptz,
  -- The last number on the product's waiting list.
  ADD COLUMN last_reservation      integer NOT NULL DEFAULT 0;

CREATE FUNCTION keep_product_amounts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.price_amount IS NULL THEN
      NEW.price_amount := NEW.price;
      NEW.original_price_amount := NEW.original_price;
      NEW.discount_percent := NEW.discount_rate;
    ELSE
      NEW.price := round(NEW.price_amount);
      NEW.original_price := round(NEW.original_price_amount);
      NEW.discount_rate := round(NEW.discount_percent);
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.price_amount IS DISTINCT FROM OLD.price_amount THEN
    NEW.price := round(NEW.price_amount);
  ELSIF NEW.price IS DISTINCT FROM OLD.price THEN
    NEW.price_amount := NEW.price;
  END IF;
  IF NEW.original_price_amount IS DISTINCT FROM OLD.original_price_amount THEN
    NEW.original_price := round(NEW.original_price_amount);
  ELSIF NEW.original_price IS DISTINCT FROM OLD.original_price THEN
    NEW.original_price_amount := NEW.original_price;
  END IF;
  IF NEW.discount_percent IS DISTINCT FROM OLD.discount_percent THEN
    NEW.discount_rate := round(NEW.discount_percent);
  ELSIF NEW.discount_rate IS DISTINCT FROM OLD.discount_rate THEN
    NEW.discount_percent := NEW.discount_rate;
  END IF;
  RETURN NEW;
END
$$;

UPDATE product SET
  price_amount = price,
  original_price_amount = original_price,
  discount_percent = discount_rate;

-- Not for changes of stock, which name none of these columns.
CREATE TRIGGER keep_amounts
  BEFORE INSERT OR UPDATE OF price, price_amount, original_price, original_price_amount, discount_rate, discount_percent
  ON product FOR EACH ROW EXECUTE FUNCTION keep_product_amounts();

CREATE INDEX product_changing ON product (changes_at) WHERE changes_at IS NOT NULL;
CREATE INDEX product_newest ON product (created_at DESC);

-- The terms of a show, from the events of srs-hook-service.
ALTER TABLE stream
  ADD COLUMN title                   text,
  ADD COLUMN live_since              timestamptz,
  ADD COLUMN free_shipping_mode      text NOT NULL DEFAULT 'DISABLED',
  ADD COLUMN free_shipping_threshold numeric;

-- An item of a cart. The table keeps its name, because the version before reads and writes it.
ALTER TABLE reservation
  ADD COLUMN unit_amount   numeric,
  ADD COLUMN shipping_fee  numeric NOT NULL DEFAULT 0,
  ADD COLUMN color         text,
  ADD COLUMN size          text,
  ADD COLUMN timer_enabled boolean NOT NULL DEFAULT false;

-- The version before has one option, which may be either.
CREATE FUNCTION keep_cart_item() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.unit_amount IS NULL THEN
    NEW.unit_amount := NEW.unit_price;
    NEW.color := NEW.option;
  ELSE
    NEW.unit_price := round(NEW.unit_amount);
    NEW.option := nullif(concat_ws(' / ', NEW.color, NEW.size), '');
  END IF;
  RETURN NEW;
END
$$;

UPDATE reservation SET unit_amount = unit_price, color = option;

CREATE TRIGGER keep_cart_item BEFORE INSERT ON reservation FOR EACH ROW EXECUTE FUNCTION keep_cart_item();

-- The columns of the first item stay filled for the version before.
ALTER TABLE orders
  ADD COLUMN items           integer,
  ADD COLUMN user_email      text,
  ADD COLUMN depositor_name  text,
  ADD COLUMN instagram_id    text,
  ADD COLUMN subtotal_amount numeric,
  ADD COLUMN shipping_amount numeric NOT NULL DEFAULT 0,
  ADD COLUMN total_amount    numeric,
  ADD COLUMN payment_failed  boolean NOT NULL DEFAULT false,
  -- False from the cancellation until the units of all items are back in stock.
  ADD COLUMN units_returned  boolean NOT NULL DEFAULT true;
CREATE INDEX order_unreturned ON orders (cancelled_at) WHERE NOT units_returned;

CREATE TABLE order_item (
  id           uuid PRIMARY KEY,
  order_id     text        NOT NULL REFERENCES orders,
  position     integer     NOT NULL,
  product_id   uuid        NOT NULL,
  stream_key   text        NOT NULL,
  product_name text        NOT NULL,
  quantity     integer     NOT NULL CHECK (quantity > 0),
  unit_amount  numeric     NOT NULL CHECK (unit_amount >= 0),
  shipping_fee numeric     NOT NULL CHECK (shipping_fee >= 0),
  color        text,
  size         text,
  image_url    text,
  -- The units are back in stock, once.
  released     boolean     NOT NULL DEFAULT false,
  UNIQUE (order_id, position)
);
CREATE INDEX order_item_of_product ON order_item (product_id);
CREATE INDEX order_newest ON orders (created_at DESC);

CREATE FUNCTION keep_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.total_amount IS NULL THEN
    NEW.subtotal_amount := NEW.unit_price * NEW.quantity;
    NEW.total_amount := NEW.subtotal_amount;
  END IF;
  RETURN NEW;
END
$$;

CREATE FUNCTION keep_order_item() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO order_item (id, order_id, position, product_id, stream_key, product_name, quantity, unit_amount,
    shipping_fee, color, released)
  VALUES (NEW.reservation_id, NEW.id, 1, NEW.product_id, NEW.stream_key, NEW.product_name, NEW.quantity, NEW.unit_price,
    0, NEW.option, NEW.state = 'CANCELLED');
  RETURN NULL;
END
$$;

-- The version before returns the units of the first item, which is all that it knows; the sweeper returns the others.
CREATE FUNCTION keep_returned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE order_item SET released = true WHERE order_id = NEW.id AND position = 1;
  NEW.units_returned := coalesce(NEW.items, 1) = 1;
  RETURN NEW;
END
$$;

UPDATE orders SET subtotal_amount = unit_price * quantity, total_amount = unit_price * quantity, items = 1;

INSERT INTO order_item (id, order_id, position, product_id, stream_key, product_name, quantity, unit_amount, shipping_fee,
  color, released)
SELECT reservation_id, id, 1, product_id, stream_key, product_name, quantity, unit_price, 0, option, state = 'CANCELLED'
FROM orders;

CREATE TRIGGER keep_order BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION keep_order();
CREATE TRIGGER keep_order_item AFTER INSERT ON orders FOR EACH ROW WHEN (NEW.items IS NULL)
  EXECUTE FUNCTION keep_order_item();
CREATE TRIGGER keep_returned BEFORE UPDATE OF state ON orders FOR EACH ROW
  WHEN (NEW.state = 'CANCELLED' AND OLD.state <> 'CANCELLED' AND NEW.units_returned)
  EXECUTE FUNCTION keep_returned();

-- The reply to an order that may be repeated.
ALTER TABLE idempotency ADD COLUMN order_id text;

-- Users who wait for a product to come back. A promoted entry has a cart item, whose state is the rest of its story.
CREATE TABLE waiting_list (
  id           uuid PRIMARY KEY,
  product_id   uuid        NOT NULL,
  product_name text        NOT NULL,
  user_id      text        NOT NULL,
  user_name    text        NOT NULL,
  quantity     integer     NOT NULL CHECK (quantity > 0),
  number       integer     NOT NULL,
  state        text        NOT NULL CHECK (state IN ('WAITING', 'PROMOTED', 'CANCELLED')),
  created_at   timestamptz NOT NULL,
  promoted_at  timestamptz,
  cart_item_id uuid REFERENCES reservation,
  UNIQUE (product_id, number)
);
CREATE UNIQUE INDEX waiting_once ON waiting_list (user_id, product_id) WHERE state = 'WAITING';
CREATE INDEX waiting_next ON waiting_list (product_id, number) WHERE state = 'WAITING';
CREATE INDEX waiting_of_user ON waiting_list (user_id, created_at DESC);
