import { useComputed } from '@preact/signals';
import { Countdown } from '../ui/countdown';
import { now } from '../ui/now';
import { isPriceOutdated } from './product';
import type { ListedProduct } from './product-list';
import { texts } from './texts';

/** An end that is farther away is not shown. */
const MAX_SHOWN_MS = 24 * 60 * 60 * 1000;

/** The countdown of the flash price, else of the sale; nothing without an end within a day. */
export function Deadline({ listed }: { listed: ListedProduct }) {
  const { flashEndsAt = '', expiresAt = '' } = listed.product.value;
  const shown = useComputed((): 'outdated' | 'flash' | 'sale' | 'none' => {
    const product = listed.product.value;
    const isNear = (iso: string | undefined) => {
      const remaining = Date.parse(iso ?? '') - now.value;
      return remaining > 0 && remaining < MAX_SHOWN_MS;
    };
    if (isPriceOutdated(product, now.value)) return 'outdated';
    if (product.flashEndsAt) return 'flash'; // at most seven days away, and the reason for the price
    return isNear(product.expiresAt) ? 'sale' : 'none';
  });
  switch (shown.value) {
    case 'outdated':
      return <span class="deadline">{texts.priceChanges}</span>;
    case 'flash':
      return <Countdown className="deadline" until={flashEndsAt} text={texts.flashPrice} />;
    case 'sale':
      return <Countdown className="deadline" until={expiresAt} text={texts.saleEnds} />;
    case 'none':
      return null;
  }
}
