import { useComputed } from '@preact/signals';
import { money } from '../i18n/format';
import { ActionButton } from '../ui/action-button';
import { Countdown } from '../ui/countdown';
import { now } from '../ui/now';
import type { Purchases } from './purchases';
import { texts } from './texts';
import type { Order } from './wire';

interface OrderCardProps {
  purchases: Purchases;
  order: Order;
}

/** An order: how to pay it and how long, or that it was paid or cancelled. */
export function OrderCard({ purchases, order }: OrderCardProps) {
  return (
    <div class={`cart-row order-card ${order.status.toLowerCase()}`}>
      <p class="cart-line">
        <strong class="cart-name">{order.id}</strong>
        <span class="cart-price">{money(order.total)}</span>
      </p>
      <div class="cart-line">
        <span class="cart-time" role="status">
          <OrderState order={order} />
        </span>
        {order.status === 'PENDING_PAYMENT' ? (
          <ActionButton
            className="small-button"
            label={texts.cancelLabel(order.id)}
            isDisabled={purchases.busy.value.has(order.id)}
            onPress={() => void purchases.cancelOrder(order.id)}
          >
            {texts.cancel}
          </ActionButton>
        ) : (
          <ActionButton
            className="small-button"
            label={texts.hideLabel(order.id)}
            onPress={() => purchases.hideOrder(order.id)}
          >
            ×
          </ActionButton>
        )}
      </div>
      {order.status === 'PENDING_PAYMENT' && <PaymentDetails order={order} />}
    </div>
  );
}

function OrderState({ order }: { order: Order }) {
  const isOverdue = useComputed(() => Date.parse(order.payUntil) <= now.value).value;
  switch (order.status) {
    case 'PENDING_PAYMENT':
      if (isOverdue) return <>{texts.paymentOverdue}</>;
      return <Countdown until={order.payUntil} text={texts.payWithin} />;
    case 'PAYMENT_CONFIRMED':
      return <>{texts.paid}</>;
    case 'CANCELLED':
      return <>{texts.cancelled}</>;
  }
}

function PaymentDetails({ order }: { order: Order }) {
  const bank = order.bankTransferInfo;
  if (!bank) return <p class="muted">{texts.payLater}</p>;
  return (
    <dl class="bank">
      <dt>{texts.bank}</dt>
      <dd>{bank.bankName}</dd>
      <dt>{texts.account}</dt>
      <dd class="account-number">{bank.accountNumber}</dd>
      <dt>{texts.holder}</dt>
      <dd>{bank.accountHolder}</dd>
      <dt>{texts.depositor}</dt>
      <dd>
        <bdi>{bank.depositorName}</bdi>
      </dd>
    </dl>
  );
}
