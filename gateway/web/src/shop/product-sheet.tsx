import { useComputed } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { now } from '../ui/now';
import { Picture } from '../ui/picture';
import { HoldTime, OrderButton } from './cart-panel';
import { Deadline } from './deadline';
import { OrderCard } from './order-card';
import { PriceLine } from './price-line';
import { availability, type Choice, type Product, pictures } from './product';
import { ProductButton } from './product-button';
import type { ListedProduct } from './product-list';
import type { Shop } from './shop';
import { StockLine } from './stock-line';
import { texts } from './texts';
import './product-sheet.css';

const MIN_SWIPE_PX = 80;

/** A dialog with one product and its purchase: on a phone from below. Escape, the backdrop and a swipe down close it. */
export function ProductSheet({ shop }: { shop: Shop }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const isBackdropPressed = useRef(false);
  const opened = shop.opened.value;
  const isOpen = opened !== undefined;
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes every modal dialog
    <dialog
      ref={dialog}
      class="sheet"
      aria-labelledby="sheet-name"
      onClose={() => shop.close()}
      onPointerDown={(event) => {
        isBackdropPressed.current = event.target === dialog.current; // the content fills the dialog
      }}
      // Not at the press, whose click would then meet what is below the sheet.
      onClick={(event) => {
        if (isBackdropPressed.current && event.target === dialog.current) shop.close();
      }}
    >
      {opened && (
        <div class="sheet-content">
          <SwipeGrip sheet={dialog} onSwipe={() => shop.close()} />
          <button type="button" class="sheet-close" aria-label={texts.close} onClick={() => shop.close()}>
            ×
          </button>
          <SheetProduct key={opened.id} shop={shop} listed={opened} />
        </div>
      )}
    </dialog>
  );
}

/** The bar at the sheet's top by which a finger pulls it down. */
function SwipeGrip({ sheet, onSwipe }: { sheet: { current: HTMLDialogElement | null }; onSwipe(): void }) {
  const startY = useRef<number>();
  const moveTo = (distance: number) => {
    if (sheet.current) sheet.current.style.translate = distance ? `0 ${distance}px` : '';
  };
  const distanceOf = (event: PointerEvent) => Math.max(0, event.clientY - (startY.current ?? event.clientY));
  const end = (event: PointerEvent) => {
    const distance = distanceOf(event);
    startY.current = undefined;
    moveTo(0);
    if (distance > MIN_SWIPE_PX && event.type === 'pointerup') onSwipe();
  };
  return (
    <div
      class="sheet-grip"
      aria-hidden="true"
      onPointerDown={(event) => {
        startY.current = event.clientY;
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => moveTo(distanceOf(event))}
      onPointerUp={end}
      onPointerCancel={end}
    />
  );
}

function SheetProduct({ shop, listed }: { shop: Shop; listed: ListedProduct }) {
  const product = listed.product.value;
  const state = useComputed(() => availability(listed.product.value, now.value)).value;
  const choice = shop.choiceOf(product);
  const isOffered = state === 'available' || state === 'low';
  return (
    <>
      <Gallery product={product} />
      <div class={`sheet-text product ${state}`}>
        <h2 id="sheet-name">
          <bdi>{product.name}</bdi>
        </h2>
        <PriceLine product={product} />
        {isOffered && <Deadline listed={listed} />}
        <StockLine product={product} fullStock={listed.fullStock} state={state} />
        <Options label={texts.color} name="color" options={product.colorOptions} choice={choice} shop={shop} />
        <Options label={texts.size} name="size" options={product.sizeOptions} choice={choice} shop={shop} />
      </div>
      <SheetPurchase shop={shop} listed={listed} />
    </>
  );
}

function Gallery({ product }: { product: Product }) {
  const addresses = pictures(product);
  const seed = product.name;
  if (addresses.length <= 1) return <Picture className="poster sheet-picture" address={addresses[0]} text={seed} />;
  return (
    // A scrollable region must be reachable by keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <ul class="gallery" aria-label={texts.pictures(product.name)} tabIndex={0}>
      {addresses.map((address, place) => (
        <li key={address}>
          <span class="hidden-text">{texts.pictureOf(place + 1, addresses.length)}</span>
          <Picture className="poster sheet-picture" address={address} text={seed} />
        </li>
      ))}
    </ul>
  );
}

interface OptionsProps {
  label: string;
  name: 'color' | 'size';
  options: string[];
  choice: Choice;
  shop: Shop;
}

function Options({ label, name, options, choice, shop }: OptionsProps) {
  if (options.length === 0) return null;
  return (
    <fieldset class="sheet-options">
      <legend>{label}</legend>
      {options.map((option) => (
        <label key={option} class="option">
          <input
            type="radio"
            name={`sheet-${name}`}
            value={option}
            checked={choice[name] === option}
            onChange={() => shop.choose({ ...choice, [name]: option })}
          />
          <bdi>{option}</bdi>
        </label>
      ))}
    </fieldset>
  );
}

/** Buy, then order, then the order's state. */
function SheetPurchase({ shop, listed }: { shop: Shop; listed: ListedProduct }) {
  const { purchases } = shop;
  const items = purchases.held.value.filter(({ productId }) => productId === listed.id);
  const orders = purchases.ordersOf(listed.id);
  return (
    <>
      <div class="sheet-purchase">
        {orders.map((order) => (
          <OrderCard key={order.id} purchases={purchases} order={order} />
        ))}
        {items.map((item) => (
          <p key={item.id} class="held-note">
            {[texts.inCart, item.color, item.size, `× ${item.quantity}`].filter(Boolean).join(' · ')}{' '}
            <HoldTime item={item} />
          </p>
        ))}
      </div>
      <div class="sheet-buttons">
        <ProductButton shop={shop} listed={listed} hasChoice className="button sheet-buy" />
        {items.length > 0 && <OrderButton purchases={purchases} />}
      </div>
    </>
  );
}
