import { errorText } from '../i18n/errors';
import { count } from '../i18n/format';
import { CartPanel } from './cart-panel';
import { ProductRow } from './product-row';
import type { Shop } from './shop';
import { texts } from './texts';
import './shop.css';

/** The products of the show, and the user's cart below them. */
export function ShopPanel({ shop }: { shop: Shop }) {
  const products = shop.products.featuredFirst.value;
  return (
    <section class="shop" aria-labelledby="shop-heading">
      <h2 id="shop-heading">
        {texts.products} {products.length > 0 && <span class="count">{count(products.length)}</span>}
      </h2>
      <ShopNote shop={shop} />
      {products.length > 0 && (
        <ul id="products" class="products" aria-labelledby="shop-heading">
          {products.map((listed) => (
            <ProductRow key={listed.id} shop={shop} listed={listed} />
          ))}
        </ul>
      )}
      <CartPanel purchases={shop.purchases} />
    </section>
  );
}

/** The state of the list if it is not what it should be. */
function ShopNote({ shop }: { shop: Shop }) {
  const { error, isLoaded, listed } = shop.products;
  if (error.value) {
    return (
      <p class="note" role="status">
        {texts.loadFailed(errorText(error.value))}{' '}
        {error.value.isFinal && (
          <button type="button" class="text-button" onClick={() => shop.load()}>
            {texts.retry}
          </button>
        )}
      </p>
    );
  }
  if (listed.value.length > 0) return null;
  if (isLoaded.value) return <p class="note">{texts.noProducts}</p>;
  return (
    <>
      <p class="hidden-text" role="status">
        {texts.loading}
      </p>
      <div class="products" aria-hidden="true">
        <div class="product skeleton" />
        <div class="product skeleton" />
        <div class="product skeleton" />
      </div>
    </>
  );
}
