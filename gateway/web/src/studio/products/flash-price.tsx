import { useComputed, useSignal } from '@preact/signals';
import { settings } from '../../api/settings';
import { money } from '../../i18n/format';
import { hasFlashPrice, type Product } from '../../shop/product';
import type { ListedProduct } from '../../shop/product-list';
import { ActionButton } from '../../ui/action-button';
import { Countdown } from '../../ui/countdown';
import { now } from '../../ui/now';
import { readPrice } from './product-draft';
import type { ShowProducts } from './show-products';
import { texts } from './texts';

const MINUTES = [3, 5, 10, 30];

/** Starts a flash price with its timer, or shows and ends the current one. */
export function FlashPrice({ store, listed }: { store: ShowProducts; listed: ListedProduct }) {
  const product = listed.product.value;
  const isFlash = useComputed(() => hasFlashPrice(listed.product.value, now.value)).value;
  return (
    <section class="studio-card flash-price" aria-labelledby="flash-heading">
      <h3 id="flash-heading">{texts.flash}</h3>
      {isFlash ? <Current store={store} product={product} /> : <Start store={store} product={product} />}
    </section>
  );
}

function Current({ store, product }: { store: ShowProducts; product: Product }) {
  return (
    <>
      <p>
        <strong>{money(product.price)}</strong>{' '}
        <Countdown className="flash-time" until={product.flashEndsAt ?? ''} text={texts.flashUntil} />
      </p>
      <ActionButton
        className="small-action"
        isDisabled={store.busy.value.has(product.id)}
        ignoresDoubleClick
        onPress={() => void store.endFlashPrice(product)}
      >
        {texts.endFlash}
      </ActionButton>
    </>
  );
}

function Start({ store, product }: { store: ShowProducts; product: Product }) {
  const price = useSignal('');
  const minutes = useSignal(5);
  const problem = useSignal('');
  const start = () => {
    const amount = readPrice(price.value);
    if (amount === undefined || amount >= product.price) problem.value = texts.flashInvalid;
    else void store.startFlashPrice(product, amount, minutes.value);
  };
  return (
    <form
      class="studio-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        start();
      }}
    >
      <p class="studio-note">{texts.flashHint}</p>
      <div class="studio-field">
        <label for="flash-price">
          {texts.flashPrice} ({settings.currency})
        </label>
        <input
          id="flash-price"
          inputMode="decimal"
          autocomplete="off"
          maxLength={14}
          value={price.value}
          onInput={(event) => {
            price.value = event.currentTarget.value;
            problem.value = '';
          }}
        />
      </div>
      <fieldset class="choice">
        <legend class="hidden-text">{texts.flashTime}</legend>
        {MINUTES.map((number) => (
          <label key={number}>
            <input
              type="radio"
              name="flash-minutes"
              checked={minutes.value === number}
              onChange={() => {
                minutes.value = number;
              }}
            />
            <span>{texts.minutes(number)}</span>
          </label>
        ))}
      </fieldset>
      <p class="studio-problem" role="alert">
        {problem.value}
      </p>
      <button type="submit" class="small-action" aria-disabled={store.busy.value.has(product.id)}>
        {texts.startFlash}
      </button>
    </form>
  );
}
