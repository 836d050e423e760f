-- Returns units to stock, gives them to the users who wait for them, and writes the product's events for what is left.
-- A waiting user takes the units before a viewer can, so that the room sees stock only if stock remains. One function
-- instead of one statement for each step, so that the product is locked for one round trip. Zero units only promote.
--
-- The waiting users are served in the order of their numbers; a user whose quantity does not fit is passed over and waits
-- on. At most 100 are served at once, because the product stays locked meanwhile; the sweeper serves the others.
CREATE OR REPLACE FUNCTION return_stock(
  returned_product uuid, units integer, moment timestamptz, hold_until timestamptz, low_stock integer)
RETURNS TABLE (reservation_id uuid, cart_item_id uuid, user_id text, product_name text, quantity integer)
LANGUAGE plpgsql AS $$
DECLARE
  returned product;
  stock_before integer;
  waiting waiting_list;
  item uuid;
BEGIN
  SELECT * INTO returned FROM product p WHERE p.id = returned_product FOR UPDATE;
  IF NOT FOUND THEN
    RETURN; -- the product was deleted
  END IF;
  stock_before := returned.stock;
  returned.stock := returned.stock + units;
  FOR served IN 1 .. 100 LOOP
    EXIT WHEN returned.stock = 0 OR returned.closed_by_hand OR returned.exclude_from_store OR returned.expires_at <= moment;
    SELECT * INTO waiting FROM waiting_list w
    WHERE w.product_id = returned_product AND w.state = 'WAITING' AND w.quantity <= returned.stock
    ORDER BY w.number LIMIT 1 FOR UPDATE;
    EXIT WHEN NOT FOUND;
    item := gen_random_uuid();
    returned.stock := returned.stock - waiting.quantity;
    INSERT INTO reservation (id, product_id, stream_key, product_name, user_id, user_name, quantity, unit_amount,
      shipping_fee, state, created_at, expires_at, extended, timer_enabled)
    VALUES (item, returned.id, returned.stream_key, returned.name, waiting.user_id, waiting.user_name, waiting.quantity,
      CASE WHEN returned.flash_ends_at > moment THEN returned.flash_price ELSE returned.price_amount END,
      returned.shipping_fee, 'HELD', moment, hold_until, false, true);
    UPDATE waiting_list w SET state = 'PROMOTED', promoted_at = moment, cart_item_id = item WHERE w.id = waiting.id;
    reservation_id := waiting.id;
    cart_item_id := item;
    user_id := waiting.user_id;
    product_name := returned.name;
    quantity := waiting.quantity;
    RETURN NEXT;
  END LOOP;
  IF returned.stock <> stock_before THEN
    UPDATE product p SET stock = returned.stock, version = p.version + 1, updated_at = moment
    WHERE p.id = returned_product RETURNING p.* INTO returned;
    INSERT INTO outbox (subject, room, message)
    SELECT events.subject, 'shop:' || returned.stream_key, events.message
    FROM product_said(returned, stock_before, low_stock,
      (SELECT s.featured FROM stream s WHERE s.key = returned.stream_key FOR SHARE)) AS events
    ORDER BY events.number;
  END IF;
END
$$;
