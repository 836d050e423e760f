import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeApi, Refusal, settle } from '../testing/fake-api';
import { product } from '../testing/products';
import { cartOf } from '../testing/purchases';
import { now } from '../ui/now';
import type { Product } from './product';
import { Shop } from './shop';

const START = Date.parse('2030-01-01T12:00:00Z');

let api: FakeApi;
let shop: Shop;
const toast = vi.fn<(text: string) => void>();
const requestSignIn = vi.fn<() => void>();

beforeEach(() => {
  vi.useFakeTimers({ now: START });
  now.value = START;
  toast.mockReset();
  requestSignIn.mockReset();
  api = new FakeApi()
    .on('GET', '/api/streaming/key/show/featured-product', () => ({ product: null }))
    .on('GET', '/api/cart', () => cartOf())
    .on('GET', '/api/orders?limit=10', () => ({ items: [] }))
    .on('GET', '/api/reservations', () => ({ reservations: [] }))
    .on('POST', '/api/cart', () => new Refusal(409, 'SOLD_OUT'));
  shop = new Shop('show', { toast, requestSignIn });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function show(...products: Product[]) {
  api.on('GET', '/api/products?streamKey=show&take=100', () => products);
  shop.load();
  await settle();
}

test.each([
  ['add', product('a')],
  ['choose', product('a', { sizeOptions: ['S', 'M'] })],
  ['wait', product('a', { stock: 0 })],
  ['none', product('a', { expiresAt: '2030-01-01T12:00:00Z' })],
])('offerIs_%s', (offer, offered) => {
  expect(shop.offerOf(offered)).toBe(offer);
});

test('sheetWithChosenOptions_offersToBuy', () => {
  const cup = product('a', { sizeOptions: ['S', 'M'] });
  expect(shop.offerOf(cup, shop.choiceOf(cup))).toBe('add');
});

test('guestWhoBuys_isAskedToSignIn', () => {
  shop.take('add', product('a'));
  expect(requestSignIn).toHaveBeenCalledOnce();
  expect(api.calls).toHaveLength(0);
});

test('guestMayLookAtOptions', async () => {
  const cup = product('a', { sizeOptions: ['S', 'M'] });
  await show(cup);
  shop.take('choose', cup);
  expect(requestSignIn).not.toHaveBeenCalled();
  expect(shop.opened.value?.id).toBe('a');
});

test('buyingSendsTheChosenOptions', async () => {
  const cup = product('a', { sizeOptions: ['S', 'M'] });
  await show(cup);
  shop.setSignedIn(true);
  shop.choose({ productId: 'a', size: 'M' });
  shop.take('add', cup);
  await settle();
  expect(api.callsOf('POST', '/api/cart').map(({ body }) => body)).toEqual([
    { productId: 'a', size: 'M', quantity: 1 },
  ]);
});

test('nothingIsBoughtAtAFlashPriceThatHasEnded', async () => {
  shop.setSignedIn(true);
  now.value = Date.parse('2030-01-01T12:05:00Z');
  shop.take('add', product('a', { flashPrice: 9, flashEndsAt: '2030-01-01T12:05:00Z' }));
  await settle();
  expect(api.callsOf('POST', '/api/cart')).toHaveLength(0);
});

test('sheetClosesWhenItsProductIsDeleted', async () => {
  await show(product('a'));
  shop.open('a');
  shop.receive({ event: 'live:product:deleted', room: 'shop:show', data: { productId: 'a', version: 2 } });
  expect(shop.opened.value).toBeUndefined();
});

test('listLoadsAfterTwoSecondsEvenWithoutAConnection', async () => {
  api.on('GET', '/api/products?streamKey=show&take=100', () => [product('a')]);
  shop.start();
  await vi.advanceTimersByTimeAsync(1_900);
  expect(shop.products.isLoaded.value).toBe(false);
  await vi.advanceTimersByTimeAsync(200);
  expect(shop.products.isLoaded.value).toBe(true);
});

test('hostPinsAndUnpins', async () => {
  api.on('POST', '/api/streaming/show/featured-product', () => ({ product: product('a') }));
  api.on('PATCH', '/api/streaming/show/featured-product/clear', () => new Refusal(403, 'FORBIDDEN'));
  await shop.pin(product('a'));
  await shop.pin(null);
  expect(api.calls.map(({ method, body }) => [method, body])).toEqual([
    ['POST', { productId: 'a' }],
    ['PATCH', {}],
  ]);
  expect(toast).toHaveBeenCalledWith('You may not do this.');
});
