import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { count, dayAndTime, money } from '../../i18n/format';
import { ProblemNote } from '../problem-note';
import type { ShowOrder } from '../wire';
import type { ShowOrders } from './show-orders';
import { texts } from './texts';
import './orders.css';

const FILTERS = ['ALL', 'PENDING_PAYMENT', 'PAID', 'CANCELLED'] as const;

/** The orders of the show, as they come. */
export function OrdersPanel({ store }: { store: ShowOrders }) {
  const filter = useSignal<(typeof FILTERS)[number]>('ALL');
  const orders = store.orders.value;
  const unseen = store.unseen.value;
  useEffect(() => {
    if (unseen > 0) store.markSeen();
  }, [unseen, store]);
  const shown = orders?.filter(({ status }) => filter.value === 'ALL' || status === filter.value) ?? [];
  const countOf = (kind: (typeof FILTERS)[number]) =>
    orders?.filter(({ status }) => kind === 'ALL' || status === kind).length ?? 0;
  return (
    <>
      <ProblemNote error={store.error.value} onRetry={() => store.load()} />
      {!orders && !store.error.value && (
        <p class="studio-note" role="status">
          {texts.loading}
        </p>
      )}
      {orders?.length === 0 && (
        <div class="studio-card studio-empty">
          <h3>{texts.noneTitle}</h3>
          <p>{texts.noneText}</p>
        </div>
      )}
      {orders && orders.length > 0 && (
        <>
          <fieldset class="order-filter">
            <legend class="hidden-text">{texts.filter}</legend>
            {FILTERS.map((kind) => (
              <label key={kind}>
                <input
                  type="radio"
                  name="order-filter"
                  checked={filter.value === kind}
                  onChange={() => {
                    filter.value = kind;
                  }}
                />
                <span>
                  {texts.filters[kind]} {count(countOf(kind))}
                </span>
              </label>
            ))}
          </fieldset>
          {shown.length === 0 && <p class="studio-note">{texts.noneOfKind}</p>}
          <ul id="show-orders" class="show-orders">
            {shown.map((order) => (
              <OrderRow key={order.id} order={order} />
            ))}
          </ul>
        </>
      )}
      {store.hasMore.value && (
        <button type="button" class="button secondary" onClick={() => store.loadMore()}>
          {texts.more}
        </button>
      )}
    </>
  );
}

function OrderRow({ order: { id, buyerName, status, items, total, createdAt } }: { order: ShowOrder }) {
  return (
    <li class="studio-card show-order">
      <p class="show-order-head">
        <strong>
          <bdi>{buyerName}</bdi>
        </strong>
        <span class="order-state" data-state={status}>
          {texts.states[status]}
        </span>
      </p>
      <ul>
        {items.map((item) => (
          <li key={`${item.productId} ${item.color} ${item.size}`} class="show-order-item">
            <bdi>{[item.productName, item.color, item.size].filter(Boolean).join(' · ')}</bdi>
            <span class="item-units">{texts.units(item.quantity)}</span>
          </li>
        ))}
      </ul>
      <p class="show-order-foot">
        <span class="muted">
          {dayAndTime(createdAt)} · {id}
        </span>
        <strong>{money(total)}</strong>
      </p>
    </li>
  );
}
