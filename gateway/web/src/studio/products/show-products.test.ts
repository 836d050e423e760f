import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { serverNow } from '../../api/clock';
import { FakeApi, NO_REPLY, Refusal, settle } from '../../testing/fake-api';
import { product } from '../../testing/products';
import { ShowProducts } from './show-products';

const LIST = '/api/products?streamKey=show&take=100';
const FEATURED = '/api/streaming/key/show/featured-product';
const REORDER = '/api/products/reorder';

let api: FakeApi;
let products: ShowProducts;
let toasts: string[];

beforeEach(async () => {
  vi.useFakeTimers();
  toasts = [];
  api = new FakeApi()
    .on('GET', LIST, () => ['a', 'b', 'c'].map((id, sortOrder) => product(id, { sortOrder })))
    .on('GET', FEATURED, () => ({ product: null }));
  products = new ShowProducts('show', (text) => toasts.push(text));
  products.onJoined('shop');
  await settle();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const ids = () => products.rows.value.map(({ id }) => id).join('');
const find = (id: string) => products.list.find(id)?.product.value ?? product(id);

test('moveIsShownAtOnceAndSent', async () => {
  api.on('PATCH', REORDER, () => 3);
  products.move('c', -1);
  expect(ids()).toBe('acb');
  await settle();
  expect(api.callsOf('PATCH', REORDER).map(({ body }) => body)).toEqual([{ ids: ['a', 'c', 'b'] }]);
});

test('movesMadeWhileOneIsSent_areSentTogether', async () => {
  let answer: (count: number) => void = () => {};
  api.on('PATCH', REORDER, () => new Promise((resolve) => (answer = resolve)));
  products.move('c', -1);
  await settle();
  products.move('c', -1);
  products.move('b', -1);
  expect(ids()).toBe('cba');
  answer(3);
  await settle();
  answer(3);
  await settle();
  expect(api.callsOf('PATCH', REORDER).map(({ body }) => (body as { ids: string[] }).ids.join(''))).toEqual([
    'acb',
    'cba',
  ]);
});

test('refusedMove_isTakenBackAndTold', async () => {
  api.on('PATCH', REORDER, () => new Refusal(403, 'FORBIDDEN'));
  products.move('c', -1);
  await settle();
  expect(ids()).toBe('abc');
  expect(toasts).toHaveLength(1);
});

test('acceptedOrder_leavesTheListToTheEvents', async () => {
  api.on('PATCH', REORDER, () => 3);
  products.move('c', -1);
  await settle();
  products.receive({
    event: 'live:product:updated',
    room: 'shop:show',
    data: product('b', { sortOrder: -1, version: 2 }),
  });
  await vi.advanceTimersByTimeAsync(5_000);
  expect(ids()).toBe('bac');
});

test('firstProductDoesNotMoveUp', async () => {
  products.move('a', -1);
  await settle();
  expect(ids()).toBe('abc');
  expect(api.callsOf('PATCH', REORDER)).toEqual([]);
});

test('stockWhoseOutcomeIsUnknown_isNotChangedTwice', async () => {
  const path = '/api/products/a/stock';
  api.on('PATCH', path, () => NO_REPLY);
  await products.adjustStock(find('a'), 1);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(api.callsOf('PATCH', path)).toHaveLength(1);
  expect(toasts).toHaveLength(1);
});

test('secondPressDuringAChange_isIgnored', async () => {
  const path = '/api/streaming/show/featured-product';
  api.on('POST', path, () => ({}));
  void products.pin(find('a'), true);
  await products.pin(find('a'), true);
  await settle();
  expect(api.callsOf('POST', path).map(({ body }) => body)).toEqual([{ productId: 'a' }]);
  expect(products.busy.value.size).toBe(0);
});

test('newProductComesAfterTheOthers', async () => {
  api.on('POST', '/api/products', () => ({}));
  await products.create({
    ...{ colors: '', sizes: '', imageUrl: '', shippingFee: '' },
    name: 'D',
    price: '1',
    stock: '1',
  });
  expect(api.callsOf('POST', '/api/products')[0]?.body).toMatchObject({ name: 'D', sortOrder: 3 });
});

test('flashPriceEndsAfterItsMinutes', async () => {
  api.on('PATCH', '/api/products/a', () => ({}));
  await products.startFlashPrice(find('a'), 9.9, 5);
  const flashEndsAt = new Date(serverNow() + 5 * 60_000).toISOString();
  expect(api.callsOf('PATCH', '/api/products/a')[0]?.body).toEqual({ flashPrice: 9.9, flashEndsAt });
});
