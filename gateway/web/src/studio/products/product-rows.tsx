import { useComputed, useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { PriceLine } from '../../shop/price-line';
import { availability, pictures } from '../../shop/product';
import type { ListedProduct } from '../../shop/product-list';
import { ActionButton } from '../../ui/action-button';
import { Countdown } from '../../ui/countdown';
import { now } from '../../ui/now';
import { Picture } from '../../ui/picture';
import { ProblemNote } from '../problem-note';
import type { ShowProducts } from './show-products';
import { texts } from './texts';

/** The list of products, with what is done during a show: pin, stock, order. */
export function ProductRows({ store }: { store: ShowProducts }) {
  const rows = store.rows.value;
  const announcement = useSignal('');
  const { isLoaded, error } = store.list;
  const move = (row: ListedProduct, step: -1 | 1) => {
    store.move(row.id, step);
    const ids = store.rows.peek().map(({ id }) => id);
    announcement.value = texts.moved(row.product.peek().name, ids.indexOf(row.id) + 1, ids.length);
  };
  return (
    <>
      <ProblemNote error={error.value} onRetry={() => store.load()} />
      {!isLoaded.value && !error.value && <p class="studio-note">{texts.loading}</p>}
      {isLoaded.value && rows.length === 0 && (
        <div class="studio-card studio-empty">
          <h3>{texts.noneTitle}</h3>
          <p>{texts.noneText}</p>
        </div>
      )}
      <ul id="studio-products" class="studio-products">
        {rows.map((row, place) => (
          <ProductCard
            key={row.id}
            store={store}
            row={row}
            isFirst={place === 0}
            isLast={place === rows.length - 1}
            place={place}
            onMove={(step) => move(row, step)}
          />
        ))}
      </ul>
      <p class="hidden-text" role="status">
        {announcement.value}
      </p>
      <div class="studio-actions">
        <a class="button" href="#products/new">
          {texts.add}
        </a>
      </div>
    </>
  );
}

interface ProductCardProps {
  store: ShowProducts;
  row: ListedProduct;
  isFirst: boolean;
  isLast: boolean;
  place: number;
  onMove(step: -1 | 1): void;
}

function ProductCard({ store, row, isFirst, isLast, place, onMove }: ProductCardProps) {
  const product = row.product.value;
  const { name, stock, flashEndsAt } = product;
  const state = useComputed(() => availability(row.product.value, now.value)).value;
  const isPinned = useComputed(() => store.list.featuredId.value === row.id).value;
  const isBusy = store.busy.value.has(row.id);
  const pressed = useRef<HTMLElement | null>(null);

  // The browser takes the focus away from a button whose row moves in the page.
  useLayoutEffect(() => {
    pressed.current?.focus();
    pressed.current = null;
  }, [place]);
  const move = (step: -1 | 1) => {
    pressed.current = document.activeElement as HTMLElement;
    onMove(step);
  };

  return (
    <li class={`studio-card studio-product ${isPinned ? 'is-pinned' : ''}`}>
      <Picture className="thumb" address={pictures(product)[0]} text={name} />
      <div class="studio-product-text">
        <h3>
          <bdi>{name}</bdi>
        </h3>
        <PriceLine product={product} />
        {flashEndsAt && <Countdown className="flash-time" until={flashEndsAt} text={texts.flashUntil} />}
        {state === 'sold-out' && <span class="studio-role">{texts.soldOut}</span>}
        {state === 'ended' && <span class="studio-role">{texts.ended}</span>}
      </div>
      <ActionButton
        className={`small-action pin-button ${isPinned ? 'is-pinned' : ''}`}
        label={isPinned ? texts.unpinLabel(name) : texts.pinLabel(name)}
        isDisabled={isBusy}
        ignoresDoubleClick
        onPress={() => void store.pin(product, !isPinned)}
      >
        {isPinned ? texts.pinned : texts.pin}
      </ActionButton>
      <div class="studio-product-buttons">
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for the fields of a form */}
        <div class="stepper" role="group" aria-label={texts.stockOf(name)}>
          <ActionButton
            className="small-action"
            label={texts.less(name)}
            isDisabled={isBusy || stock === 0}
            onPress={() => void store.adjustStock(product, -1)}
          >
            −
          </ActionButton>
          <span class="stepper-value">{texts.inStock(stock)}</span>
          <ActionButton
            className="small-action"
            label={texts.more(name)}
            isDisabled={isBusy}
            onPress={() => void store.adjustStock(product, 1)}
          >
            +
          </ActionButton>
        </div>
        <div class="order-buttons">
          <ActionButton className="small-action" label={texts.up(name)} isDisabled={isFirst} onPress={() => move(-1)}>
            ↑
          </ActionButton>
          <ActionButton className="small-action" label={texts.down(name)} isDisabled={isLast} onPress={() => move(1)}>
            ↓
          </ActionButton>
        </div>
        <a class="small-action" href={`#products/${row.id}`} aria-label={texts.editLabel(name)}>
          {texts.edit}
        </a>
      </div>
    </li>
  );
}
