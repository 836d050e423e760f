import { useComputed } from '@preact/signals';
import { ActionButton } from '../ui/action-button';
import { now } from '../ui/now';
import { isPriceOutdated, type Product } from './product';
import type { ListedProduct } from './product-list';
import type { Offer, Shop } from './shop';
import { texts } from './texts';

interface ProductButtonProps {
  shop: Shop;
  listed: ListedProduct;
  /** True in the sheet, which shows the options to choose from; a list has none. */
  hasChoice?: boolean;
  className?: string;
}

/** Buys, shows in the cart, or waits for a product; the host pins it instead. */
export function ProductButton({ shop, listed, hasChoice = false, className = 'buy' }: ProductButtonProps) {
  const product = listed.product.value;
  // Computed from signals alone, so that the clock renders the button only if it comes to offer something else.
  const offer = useComputed(() => {
    const current = listed.product.value;
    return shop.offerOf(current, hasChoice ? shop.choiceOf(current) : undefined);
  }).value;
  const isOutdated = useComputed(() => isPriceOutdated(listed.product.value, now.value)).value;
  const { position = 0, isBusy } = shop.purchases.purchaseOf(product.id);
  if (shop.isHost.value) return <PinButton shop={shop} product={product} className={className} />;
  if (offer === 'none') return null;
  const [text, label] = textsOf(offer, product.name, position);
  return (
    <ActionButton
      className={`${className} ${offer === 'show' || offer === 'leave' ? 'chosen' : ''}`}
      label={label}
      isDisabled={isBusy || (offer === 'add' && isOutdated)}
      ignoresDoubleClick
      onPress={() => shop.take(offer, product)}
    >
      {text}
    </ActionButton>
  );
}

function PinButton({ shop, product, className }: { shop: Shop; product: Product; className: string }) {
  const isPinned = useComputed(() => shop.products.featuredId.value === product.id).value;
  return (
    <ActionButton
      className={`${className} pin ${isPinned ? 'pinned' : ''}`}
      label={isPinned ? texts.unpinLabel(product.name) : texts.pinLabel(product.name)}
      onPress={() => void shop.pin(isPinned ? null : product)}
    >
      {isPinned ? texts.pinned : texts.pin}
    </ActionButton>
  );
}

function textsOf(offer: Exclude<Offer, 'none'>, name: string, position: number): [text: string, label: string] {
  switch (offer) {
    case 'add':
    case 'choose':
      return [texts.buy, texts.buyLabel(name)];
    case 'show':
      return [texts.inCart, texts.showLabel(name)];
    case 'wait':
      return [texts.tellMe, texts.waitLabel(name)];
    case 'leave':
      return [texts.number(position), texts.leaveLabel(name, position)];
  }
}
