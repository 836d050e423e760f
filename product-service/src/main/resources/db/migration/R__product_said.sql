-- Room events of a change of stock, for the statements that take stock and return it in one round trip. The rules are those
-- of ProductRules, and the events those of RoomEvent and Product: decision 17 explains why they are repeated here, and
-- StockPropertyTest compares both. json_strip_nulls also removes the blanks of json_build_object. Flyway runs this file
-- again whenever it changes.

-- A time as java.time.Instant writes it: with no, three or six decimals of a second.
CREATE OR REPLACE FUNCTION iso(moment timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT to_char(moment AT TIME ZONE 'UTC', CASE
    WHEN extract(microseconds FROM moment) % 1000000 = 0 THEN 'YYYY-MM-DD"T"HH24:MI:SS"Z"'
    WHEN extract(microseconds FROM moment) % 1000 = 0 THEN 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'
    ELSE 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"' END)
$$;

-- The price that holds when the product was last changed, which is the moment of the event: see ProductRules.
CREATE OR REPLACE FUNCTION product_json(p product) RETURNS json LANGUAGE sql STABLE AS $$
  SELECT json_strip_nulls(json_build_object(
    'id', p.id,
    'streamKey', nullif(p.stream_key, '-'),
    'name', p.name,
    'price', CASE WHEN p.flash_ends_at > p.updated_at THEN p.flash_price ELSE p.price_amount END,
    'stock', p.stock,
    'colorOptions', p.color_options,
    'sizeOptions', p.size_options,
    'imageUrl', p.image_url,
    'images', p.images,
    'sortOrder', p.sort_order,
    'isNew', p.is_new,
    'discountRate', p.discount_percent,
    'originalPrice', CASE WHEN p.flash_ends_at > p.updated_at
      THEN coalesce(p.original_price_amount, p.price_amount) ELSE p.original_price_amount END,
    'flashPrice', CASE WHEN p.flash_ends_at > p.updated_at THEN p.flash_price END,
    'flashEndsAt', CASE WHEN p.flash_ends_at > p.updated_at THEN iso(p.flash_ends_at) END,
    'shippingFee', p.shipping_fee,
    'timerEnabled', p.timer_enabled,
    'timerDuration', p.timer_duration,
    'excludeFromStore', p.exclude_from_store,
    'status', CASE WHEN p.stock = 0 OR p.closed_by_hand THEN 'SOLD_OUT' ELSE 'AVAILABLE' END,
    'createdAt', iso(p.created_at),
    'updatedAt', iso(p.updated_at),
    'expiresAt', iso(p.expires_at),
    'version', p.version))
$$;

-- Frames (see EventFrame) in the order in which they are published, for a product whose stock has changed. A product of
-- the shop alone has no room, and a hidden one no events.
CREATE OR REPLACE FUNCTION product_said(p product, stock_before integer, low_stock integer, featured uuid)
RETURNS TABLE (number integer, subject text, message text) LANGUAGE sql STABLE AS $$
  SELECT * FROM (
    SELECT 1, p.id::text, 's w live:product:updated ' || product_json(p)
    UNION ALL
    SELECT 2, p.id::text, 's w live:product:soldout '
      || json_strip_nulls(json_build_object('productId', p.id, 'version', p.version))
    WHERE p.stock = 0 AND stock_before > 0 AND NOT p.closed_by_hand
    UNION ALL
    SELECT 3, p.id::text, 's f product:sold-out '
      || json_strip_nulls(json_build_object('productId', p.id, 'version', p.version))
    WHERE p.stock = 0 AND stock_before > 0 AND NOT p.closed_by_hand
    UNION ALL
    SELECT 4, p.id::text, 's w product:low-stock ' || json_strip_nulls(json_build_object(
      'productId', p.id, 'productName', p.name, 'remainingStock', p.stock, 'version', p.version))
    WHERE p.stock > 0 AND p.stock < low_stock AND p.stock < stock_before AND NOT p.closed_by_hand
    UNION ALL
    SELECT 5, 'featured', 's f stream:featured-product:updated ' || json_strip_nulls(json_build_object(
      'streamKey', p.stream_key, 'product', product_json(p)))
    WHERE p.id = featured
  ) AS events
  WHERE p.stream_key <> '-' AND NOT p.exclude_from_store
$$;

-- The number of cart items that hold units for a user. A lock until the end of the transaction makes concurrent requests of
-- one user wait for each other; the count then sees what the earlier ones have committed, because a volatile function reads
-- with a snapshot of its own.
CREATE OR REPLACE FUNCTION count_held(buyer text) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(current_schema() || '.cart ' || buyer, 0));
  RETURN (SELECT count(*) FROM reservation WHERE user_id = buyer AND state = 'HELD');
END
$$;
