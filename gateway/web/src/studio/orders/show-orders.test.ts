import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ServerFrame } from '../../rooms/frames';
import { FakeApi, settle } from '../../testing/fake-api';
import type { ShowOrder } from '../wire';
import { ShowOrders } from './show-orders';

const PATH = '/api/streaming/key/show/orders?page=1&limit=50';
const order = (number: number, status: ShowOrder['status'] = 'PENDING_PAYMENT'): ShowOrder => ({
  id: `o${number}`,
  buyerName: 'Lee',
  status,
  items: [{ productId: 'cup', productName: 'Cup', quantity: 1, unitPrice: 12.9 }],
  total: 12.9,
  createdAt: new Date(Date.UTC(2026, 11, 1, 12, 0, number)).toISOString(),
});
const frame = (order: ShowOrder, streamKey = 'show'): ServerFrame => ({
  event: 'show:order',
  room: 'user',
  data: { order, streamKey, userIds: ['host'], timestamp: order.createdAt },
});

let api: FakeApi;
let orders: ShowOrders;

beforeEach(() => {
  vi.useFakeTimers();
  api = new FakeApi().on('GET', PATH, () => ({ orders: [], total: 0, page: 1, totalPages: 0 }));
  orders = new ShowOrders('show');
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const shown = () => orders.orders.value?.map(({ id, status }) => `${id} ${status}`);

test('orderAppearsAboveTheOlderOnes_andIsUnseen', async () => {
  api.on('GET', PATH, () => ({ orders: [order(1, 'PAID')], total: 1, page: 1, totalPages: 1 }));
  orders.onJoined('stream');
  await settle();
  orders.receive(frame(order(2)));
  expect(shown()).toEqual(['o2 PENDING_PAYMENT', 'o1 PAID']);
  expect(orders.unseen.value).toBe(1);
  orders.markSeen();
  orders.receive(frame(order(2, 'PAID')));
  expect(shown()).toEqual(['o2 PAID', 'o1 PAID']);
  expect(orders.unseen.value).toBe(0);
});

test('listThatIsOlderThanAnEvent_doesNotTakeThePaymentBack', async () => {
  api.on('GET', PATH, () => ({ orders: [order(1)], total: 1, page: 1, totalPages: 1 }));
  orders.load();
  orders.receive(frame(order(1, 'PAID')));
  await settle();
  expect(shown()).toEqual(['o1 PAID']);
});

test('orderOfAnotherShowIsIgnored', () => {
  orders.receive(frame(order(1), 'other'));
  expect(shown()).toBeUndefined();
});

test('olderOrdersAreLoadedOnDemand', async () => {
  api
    .on('GET', PATH, () => ({ orders: [order(2)], total: 2, page: 1, totalPages: 2 }))
    .on('GET', PATH.replace('page=1', 'page=2'), () => ({ orders: [order(1)], total: 2, page: 2, totalPages: 2 }));
  orders.load();
  await settle();
  expect(orders.hasMore.value).toBe(true);
  orders.loadMore();
  await settle();
  expect(shown()).toEqual(['o2 PENDING_PAYMENT', 'o1 PENDING_PAYMENT']);
  expect(orders.hasMore.value).toBe(false);
});

test('ordersAreBounded', () => {
  for (let number = 0; number < 600; number++) orders.receive(frame(order(number)));
  expect(orders.orders.value).toHaveLength(500);
  expect(orders.orders.value?.[0]?.id).toBe('o599');
});
