import { money } from '../i18n/format';
import { language } from '../i18n/language';
import { discount, type Product, reducedFrom } from './product';
import { texts } from './texts';

const percentFormat = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 });

/** The discount, the price, and the regular price struck out. */
export function PriceLine({ product }: { product: Product }) {
  const percent = discount(product);
  const regular = reducedFrom(product);
  return (
    <p class="prices">
      {percent > 0 && (
        <span class="discount">
          <span aria-hidden="true">{percentFormat.format(percent / 100)}</span>
          <span class="hidden-text">{texts.discount(percentFormat.format(percent / 100))}</span>
        </span>
      )}
      <span class="hidden-text">{texts.price} </span>
      <strong class="price">{money(product.price)}</strong>
      {regular !== undefined && (
        <>
          <span class="hidden-text">{texts.regularPrice} </span>
          <s class="original">{money(regular)}</s>
        </>
      )}
    </p>
  );
}
