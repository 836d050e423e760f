-- Room events of a change of stock, for the statements that take stock and return it in one round trip. The rules are those
-- of ProductRules, and the events those of RoomEvent and Product: decision 17 explains why they are repeated here, and
-- StockPropertyTest compares both. Flyway runs this file again whenever it changes.

-- A time as java.time.Instant writes it: with no, three or six decimals of a second.
CREATE OR REPLACE FUNCTION iso(moment timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT to_char(moment AT TIME ZONE 'UTC', CASE
    WHEN extract(microseconds FROM moment) % 1000000 = 0 THEN 'YYYY-MM-DD"T"HH24:MI:SS"Z"'
    WHEN extract(microseconds FROM moment) % 1000 = 0 THEN 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'
    ELSE 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"' END)
$$;

CREATE OR REPLACE FUNCTION product_json(p product) RETURNS json LANGUAGE sql STABLE AS $$
  SELECT json_strip_nulls(json_build_object(
    'id', p.id,
    'streamKey', p.stream_key,
    'name', p.name,
    'price', p.price,
    'stock', p.stock,
    'colorOptions', p.color_options,
    'sizeOptions', p.size_options,
    'imageUrl', p.image_url,
    'images', p.images,
    'sortOrder', p.sort_order,
    'isNew', p.is_new,
    'discountRate', p.discount_rate,
    'originalPrice', p.original_price,
    'timerEnabled', p.timer_enabled,
    'timerDuration', p.timer_duration,
    'status', CASE WHEN p.stock = 0 OR p.closed_by_hand THEN 'SOLD_OUT' ELSE 'AVAILABLE' END,
    'createdAt', iso(p.created_at),
    'updatedAt', iso(p.updated_at),
    'expiresAt', iso(p.expires_at),
    'version', p.version))
$$;

-- Frames (see EventFrame) in the order in which they are published, for a product whose stock has changed.
CREATE OR REPLACE FUNCTION product_said(p product, stock_before integer, low_stock integer, featured uuid)
RETURNS TABLE (number integer, subject text, message text) LANGUAGE sql STABLE AS $$
  SELECT 1, p.id::text, 's w live:product:updated ' || product_json(p)
  UNION ALL
  SELECT 2, p.id::text, 's w live:product:soldout ' || json_build_object('productId', p.id, 'version', p.version)
  WHERE p.stock = 0 AND stock_before > 0 AND NOT p.closed_by_hand
  UNION ALL
  SELECT 3, p.id::text, 's f product:sold-out ' || json_build_object('productId', p.id, 'version', p.version)
  WHERE p.stock = 0 AND stock_before > 0 AND NOT p.closed_by_hand
  UNION ALL
  SELECT 4, p.id::text, 's w product:low-stock ' || json_build_object(
    'productId', p.id, 'productName', p.name, 'remainingStock', p.stock, 'version', p.version)
  WHERE p.stock > 0 AND p.stock < low_stock AND p.stock < stock_before AND NOT p.closed_by_hand
  UNION ALL
  SELECT 5, 'featured', 's f stream:featured-product:updated ' || json_build_object(
    'streamKey', p.stream_key, 'product', product_json(p))
  WHERE p.id = featured
$$;
