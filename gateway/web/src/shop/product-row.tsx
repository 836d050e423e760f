import { useComputed } from '@preact/signals';
import { now } from '../ui/now';
import { Picture } from '../ui/picture';
import { Deadline } from './deadline';
import { PriceLine } from './price-line';
import { availability, pictures } from './product';
import { ProductButton } from './product-button';
import type { ListedProduct } from './product-list';
import type { Shop } from './shop';
import { StockLine } from './stock-line';
import { texts } from './texts';

/** A product in the list. A press anywhere but on its button opens the sheet. */
export function ProductRow({ shop, listed }: { shop: Shop; listed: ListedProduct }) {
  const product = listed.product.value;
  const state = useComputed(() => availability(listed.product.value, now.value)).value;
  const isFeatured = useComputed(() => shop.products.featuredId.value === listed.id).value;
  const isOffered = state === 'available' || state === 'low';
  return (
    <li class={`product ${state} ${isFeatured ? 'featured' : ''}`}>
      <Picture className="thumb" address={pictures(product)[0]} text={product.name} />
      <div class="product-text">
        <h3 class="product-name">
          <button type="button" class="name-button" aria-haspopup="dialog" onClick={() => shop.open(listed.id)}>
            <bdi>{product.name}</bdi>
          </button>
        </h3>
        {isOffered && <Deadline listed={listed} />}
        <PriceLine product={product} />
        <div class="product-foot">
          <StockLine product={product} fullStock={listed.fullStock} state={state} />
          <ProductButton shop={shop} listed={listed} />
        </div>
      </div>
      {product.isNew && isOffered && <span class="fresh">{texts.isNew}</span>}
      {!isOffered && <span class="stamp">{state === 'ended' ? texts.saleEnded : texts.soldOut}</span>}
    </li>
  );
}
