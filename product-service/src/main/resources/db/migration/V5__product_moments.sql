-- Moments of the products of a show, for the record of the show. Triggers write a moment in the transaction
-- of the change, so that each path is covered: Java, the SQL that takes and returns stock, and the previous version.
-- 120 bytes a row: a show of three hours with a moment each minute has 180 rows, 22 kB.
CREATE TABLE product_moment (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  stream_key   text        NOT NULL,
  at           timestamptz NOT NULL,
  kind         text        NOT NULL
    CHECK (kind IN ('ADDED', 'FEATURED', 'UNFEATURED', 'FLASH_STARTED', 'FLASH_ENDED', 'SOLD_OUT')),
  product_id   uuid        NOT NULL,
  product_name text        NOT NULL
);
CREATE INDEX product_moment_of_show ON product_moment (stream_key, at);

-- The state of a row holds as of its last change, like the price: see product_json. A flash price that time alone ends is
-- noticed by the sweeper's change or by an earlier one, and ended at its end. OLD is null for a new product.
CREATE FUNCTION record_product_moments() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  flash_was_on boolean := coalesce(OLD.flash_ends_at > OLD.updated_at, false);
  flash_is_over boolean := coalesce(OLD.flash_ends_at <= NEW.updated_at, true);
  flash_is_on boolean := coalesce(NEW.flash_ends_at > NEW.updated_at, false);
BEGIN
  INSERT INTO product_moment (stream_key, at, kind, product_id, product_name)
  SELECT NEW.stream_key, moment.at, moment.kind, NEW.id, NEW.name
  FROM (VALUES
    (1, 'ADDED', NEW.updated_at, TG_OP = 'INSERT' OR OLD.exclude_from_store),
    (2, 'FLASH_ENDED', least(OLD.flash_ends_at, NEW.updated_at), flash_was_on AND (flash_is_over OR NOT flash_is_on)),
    (3, 'FLASH_STARTED', NEW.updated_at, flash_is_on AND (flash_is_over OR NOT flash_was_on)),
    (4, 'SOLD_OUT', NEW.updated_at, TG_OP = 'UPDATE' AND OLD.stock > 0 AND NOT OLD.closed_by_hand
      AND (NEW.stock = 0 OR NEW.closed_by_hand))
  ) AS moment (number, kind, at, happened)
  WHERE moment.happened
  ORDER BY moment.number;
  RETURN NULL;
END
$$;

CREATE TRIGGER record_added AFTER INSERT ON product FOR EACH ROW
  WHEN (NEW.stream_key <> '-' AND NOT NEW.exclude_from_store)
  EXECUTE FUNCTION record_product_moments();

-- The condition costs a change of stock no call of the function, unless the product sells out.
CREATE TRIGGER record_changed AFTER UPDATE ON product FOR EACH ROW
  WHEN (NEW.stream_key <> '-' AND NOT NEW.exclude_from_store AND (
    OLD.exclude_from_store
    OR (OLD.flash_ends_at > OLD.updated_at) IS DISTINCT FROM (NEW.flash_ends_at > NEW.updated_at)
    OR OLD.flash_ends_at IS DISTINCT FROM NEW.flash_ends_at
    OR (OLD.stock > 0 AND NOT OLD.closed_by_hand AND (NEW.stock = 0 OR NEW.closed_by_hand))))
  EXECUTE FUNCTION record_product_moments();

-- A product that is deleted while it is featured has its name from the moment at which it was featured.
CREATE FUNCTION record_featured_moments() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO product_moment (stream_key, at, kind, product_id, product_name)
  SELECT NEW.key, now(), moment.kind, moment.product, name.name
  FROM (VALUES (1, 'UNFEATURED', OLD.featured), (2, 'FEATURED', NEW.featured)) AS moment (number, kind, product)
  CROSS JOIN LATERAL (
    SELECT coalesce(
      (SELECT p.name FROM product p WHERE p.id = moment.product),
      (SELECT m.product_name FROM product_moment m WHERE m.stream_key = NEW.key AND m.product_id = moment.product
       ORDER BY m.at DESC LIMIT 1)) AS name
  ) AS name
  WHERE name.name IS NOT NULL
  ORDER BY moment.number;
  RETURN NULL;
END
$$;

CREATE TRIGGER record_featured AFTER UPDATE OF featured ON stream FOR EACH ROW
  WHEN (OLD.featured IS DISTINCT FROM NEW.featured)
  EXECUTE FUNCTION record_featured_moments();
