import { useComputed } from '@preact/signals';
import { now } from '../ui/now';
import { Picture } from '../ui/picture';
import { Deadline } from './deadline';
import { PriceLine } from './price-line';
import { availability, pictures } from './product';
import { ProductButton } from './product-button';
import type { ListedProduct } from './product-list';
import type { Shop } from './shop';
import { texts } from './texts';
import './shop.css';

/** The product that the host shows, as a card for the stage. Absent without one. */
export function FeaturedCard({ shop }: { shop: Shop }) {
  const featured = shop.featured.value;
  return featured ? <Card key={featured.id} shop={shop} listed={featured} /> : null;
}

function Card({ shop, listed }: { shop: Shop; listed: ListedProduct }) {
  const product = listed.product.value;
  const state = useComputed(() => availability(listed.product.value, now.value)).value;
  return (
    <section class={`featured-card product ${state}`} aria-label={texts.featured}>
      <Picture className="thumb" address={pictures(product)[0]} text={product.name} />
      <div class="product-text">
        <p class="product-name">
          <button type="button" class="name-button" aria-haspopup="dialog" onClick={() => shop.open(listed.id)}>
            <bdi>{product.name}</bdi>
          </button>
        </p>
        <PriceLine product={product} />
        <p class="featured-note">
          {state === 'low' && <span class="left">{texts.onlyLeft(product.stock)}</span>}
          {state === 'sold-out' && texts.soldOut}
          {state === 'ended' && texts.saleEnded}
          {(state === 'available' || state === 'low') && <Deadline listed={listed} />}
        </p>
      </div>
      <ProductButton shop={shop} listed={listed} />
    </section>
  );
}
