import { useEffect, useRef } from 'preact/hooks';
import { count, money } from '../i18n/format';
import { ActionButton } from '../ui/action-button';
import { Countdown } from '../ui/countdown';
import { OrderCard } from './order-card';
import { MAX_QUANTITY, type Purchases } from './purchases';
import { texts } from './texts';
import type { CartItem } from './wire';

/** The cart: one line with its sum and the order button until it is opened. Absent without items and orders. */
export function CartPanel({ purchases }: { purchases: Purchases }) {
  const { cart, orders, isOpen } = purchases;
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isOpen.value) panel.current?.scrollIntoView({ block: 'nearest' });
  }, [isOpen.value]);
  if (cart.value.items.length === 0 && orders.value.length === 0) return null;
  return (
    <div id="cart" class="cart" ref={panel}>
      <div class="cart-bar">
        <button
          id="cart-summary"
          type="button"
          aria-expanded={isOpen.value}
          aria-controls="cart-content"
          onClick={() => {
            isOpen.value = !isOpen.peek();
          }}
        >
          {summary(purchases)}
        </button>
        {purchases.held.value.length > 0 && <OrderButton id="order" purchases={purchases} />}
      </div>
      <div id="cart-content" hidden={!isOpen.value}>
        {cart.value.items.length > 0 && (
          <ul id="cart-items" aria-label={texts.cartItems}>
            {cart.value.items.map((item) => (
              <CartRow key={item.id} purchases={purchases} item={item} />
            ))}
          </ul>
        )}
        <p class="cart-shipping muted">{shipping(purchases)}</p>
        {orders.value.length > 0 && (
          <ul id="orders" aria-label={texts.orders}>
            {orders.value.map((order) => (
              <li key={order.id}>
                <OrderCard purchases={purchases} order={order} />
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}

/** Orders all that is held, for the sum that it shows. */
export function OrderButton({ id, purchases }: { id?: string; purchases: Purchases }) {
  const sum = purchases.cart.value.grandTotal;
  return (
    <ActionButton
      {...(id ? { id } : {})}
      className="button order"
      isDisabled={!purchases.canOrder.value}
      ignoresDoubleClick
      onPress={() => void purchases.order()}
    >
      {sum === undefined ? texts.order : texts.orderFor(money(sum))}
    </ActionButton>
  );
}

function summary({ cart, held, unpaid, orders }: Purchases): string {
  if (held.value.length > 0) {
    const units = held.value.reduce((sum, item) => sum + item.quantity, 0);
    const { grandTotal } = cart.value;
    return [texts.cart, count(units), grandTotal && money(grandTotal)].filter(Boolean).join(' · ');
  }
  if (unpaid.value.length > 0) return texts.toPay(money(unpaid.value.reduce((sum, order) => sum + order.total, 0)));
  return orders.value.length > 0 ? texts.orders : texts.cart;
}

function shipping({ cart, held }: Purchases): string {
  const { shippingWaived, totalShippingFee } = cart.value;
  if (held.value.length === 0) return '';
  if (shippingWaived) return texts.freeShipping;
  return Number(totalShippingFee) > 0 ? texts.shipping(money(totalShippingFee ?? 0)) : '';
}

function CartRow({ purchases, item }: { purchases: Purchases; item: CartItem }) {
  const isHeld = item.status === 'ACTIVE';
  const isBusy = purchases.busy.value.has(item.id) || purchases.isOrdering.value;
  return (
    <li class={`cart-row ${isHeld ? '' : 'expired'}`}>
      <p class="cart-line">
        <strong class="cart-name">
          <bdi>{item.productName}</bdi>
        </strong>
        <span class="muted">{[item.color, item.size].filter(Boolean).join(' / ')}</span>
        <span class="cart-price">{money(item.subtotal)}</span>
      </p>
      <div class="cart-line">
        {isHeld && (
          <>
            <ActionButton
              className="small-button"
              label={texts.fewer(item.productName)}
              isDisabled={isBusy || item.quantity <= 1}
              onPress={() => void purchases.changeQuantity(item.id, item.quantity - 1)}
            >
              −
            </ActionButton>
            <span class="quantity">{count(item.quantity)}</span>
            <ActionButton
              className="small-button"
              label={texts.more(item.productName)}
              isDisabled={isBusy || item.quantity >= MAX_QUANTITY}
              onPress={() => void purchases.changeQuantity(item.id, item.quantity + 1)}
            >
              +
            </ActionButton>
          </>
        )}
        <span class="cart-time">
          <HoldTime item={item} />
        </span>
        {isHeld && item.timerEnabled && !item.extended && (
          <ActionButton
            className="small-button"
            label={texts.extendLabel(item.productName)}
            isDisabled={isBusy}
            onPress={() => void purchases.extendHold(item.id)}
          >
            {texts.extend}
          </ActionButton>
        )}
        <ActionButton
          className="small-button"
          label={texts.removeLabel(item.productName)}
          isDisabled={isBusy}
          onPress={() => void purchases.removeItem(item.id)}
        >
          ×
        </ActionButton>
      </div>
    </li>
  );
}

/** How long an item is held, if the product has a timer that the buyer sees. */
export function HoldTime({ item }: { item: CartItem }) {
  if (item.status !== 'ACTIVE') return <>{texts.notHeld}</>;
  return item.timerEnabled ? <Countdown until={item.heldUntil} text={texts.heldFor} /> : null;
}
