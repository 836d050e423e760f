import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ServerFrame } from '../rooms/frames';
import { FakeApi, NO_REPLY, Refusal, settle } from '../testing/fake-api';
import { product } from '../testing/products';
import type { Product } from './product';
import { ProductList } from './product-list';

const ROOM = 'shop:show';
const LIST = '/api/products?streamKey=show&take=100';
const FEATURED = '/api/streaming/key/show/featured-product';

let api: FakeApi;
let list: ProductList;
const toast = vi.fn<(text: string) => void>();

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2030-01-01T12:00:00Z') });
  toast.mockReset();
  api = new FakeApi().on('GET', LIST, () => []).on('GET', FEATURED, () => ({ product: null }));
  list = new ProductList('show', toast);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const updated = (data: Product): ServerFrame => ({ event: 'live:product:updated', room: ROOM, data });
const deleted = (productId: string, version = 9): ServerFrame => ({
  event: 'live:product:deleted',
  room: ROOM,
  data: { productId, version },
});
const soldOut = (productId: string, version: number): ServerFrame => ({
  event: 'live:product:soldout',
  room: ROOM,
  data: { productId, version },
});
const featured = (data: Product | null): ServerFrame => ({
  event: 'stream:featured-product:updated',
  room: ROOM,
  data: { streamKey: 'show', product: data },
});

const ids = () => list.listed.value.map(({ id }) => id);
const stockOf = (id: string) => list.find(id)?.product.value.stock;

async function loadWith(...products: Product[]) {
  api.on('GET', LIST, () => products);
  list.load();
  await settle();
}

test('eventsWaitUntilTheListIsLoaded', async () => {
  let reply: (products: Product[]) => void = () => {};
  api.on('GET', LIST, () => new Promise((resolve) => (reply = resolve as typeof reply)));
  list.load();
  await settle();
  list.receive(updated(product('a', { stock: 3, version: 4 })));
  expect(ids()).toEqual([]);

  reply([product('a', { stock: 7, version: 3 })]);
  await settle();
  expect(stockOf('a')).toBe(3);
});

test('lowerVersionThatArrivesLate_isIgnored', async () => {
  await loadWith(product('a', { stock: 3, version: 4 }));
  list.receive(updated(product('a', { stock: 9, version: 3 })));
  expect(stockOf('a')).toBe(3);
  list.receive(updated(product('a', { stock: 2, version: 5 })));
  expect(stockOf('a')).toBe(2);
});

test('snapshotReplacesProductsAndKeepsNewerOnes', async () => {
  await loadWith(product('a', { stock: 3, version: 4 }), product('gone'));
  await loadWith(product('a', { stock: 9, version: 3 }), product('b'));
  expect(ids().sort()).toEqual(['a', 'b']);
  expect(stockOf('a')).toBe(3);
});

test('deletedProduct_doesNotComeBack', async () => {
  await loadWith(product('a'), product('b'));
  list.receive(deleted('a'));
  list.receive(updated(product('a', { version: 10 })));
  expect(ids()).toEqual(['b']);
});

test('productsAreInTheSellersOrder_afterChangesToo', async () => {
  await loadWith(product('a', { sortOrder: 2 }), product('b', { sortOrder: 1 }));
  expect(ids()).toEqual(['b', 'a']);
  list.receive(updated(product('b', { sortOrder: 3, version: 2 })));
  expect(ids()).toEqual(['a', 'b']);
});

test('changeOfStock_keepsThePlacesUntouched', async () => {
  await loadWith(product('a'), product('b'));
  const before = list.listed.value;
  list.receive(updated(product('a', { stock: 1, version: 2 })));
  expect(list.listed.value).toBe(before);
});

test('atMost200ProductsAreListed', async () => {
  await loadWith(...Array.from({ length: 250 }, (_, number) => product(`p${number}`)));
  expect(list.listed.value).toHaveLength(200);
});

test('soldOut_isShownAndAnnounced', async () => {
  await loadWith(product('a', { stock: 2 }));
  list.receive(soldOut('a', 2));
  list.receive(soldOut('unknown', 2));
  expect(list.find('a')?.product.value.status).toBe('SOLD_OUT');
  expect(toast.mock.calls).toEqual([['Sold out: Product a']]);
});

test('soldOutFromBeforeTheSnapshot_isIgnored', async () => {
  await loadWith(product('a', { stock: 5, version: 6 }));
  list.receive(soldOut('a', 5));
  expect(list.find('a')?.product.value.status).toBe('AVAILABLE');
});

test('fullBar_isTheHighestStockSeen', async () => {
  await loadWith(product('a', { stock: 30 }), product('b', { stock: 2 }));
  list.receive(updated(product('a', { stock: 10, version: 2 })));
  expect([list.find('a')?.fullStock, list.find('b')?.fullStock]).toEqual([30, 20]);
});

test('pinFromTheRoom_isNewerThanTheOneLoaded', async () => {
  let reply: (data: { product: Product }) => void = () => {};
  api.on('GET', FEATURED, () => new Promise((resolve) => (reply = resolve as typeof reply)));
  await loadWith(product('a'), product('b'));
  list.receive(featured(product('b')));
  reply({ product: product('a') });
  await settle();
  expect(list.featuredId.value).toBe('b');
  list.receive(featured(null));
  expect(list.featuredId.value).toBe('');
});

test('featuredProduct_isShownFirst', async () => {
  await loadWith(product('a', { sortOrder: 1 }), product('b', { sortOrder: 2 }), product('c', { sortOrder: 3 }));
  list.receive(featured(product('c', { sortOrder: 3 })));
  expect(list.featuredFirst.value.map(({ id }) => id)).toEqual(['c', 'a', 'b']);
  list.receive(featured(null));
  expect(list.featuredFirst.value.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
});

test('failedLoad_isRepeatedUntilItSucceeds', async () => {
  api.on('GET', LIST, () => NO_REPLY);
  list.load();
  await settle();
  expect(list.error.value?.isFinal).toBe(false);
  api.on('GET', LIST, () => [product('a')]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(ids()).toEqual(['a']);
  expect(list.error.value).toBeUndefined();
});

test('finalFailure_isNotRepeated', async () => {
  api.on('GET', LIST, () => new Refusal(400, 'INVALID_STREAM_KEY'));
  list.load();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(list.error.value?.isFinal).toBe(true);
  expect(api.callsOf('GET', LIST)).toHaveLength(1);
});

test('endOfFlashPriceWithoutEvent_loadsTheListOnce', async () => {
  const flash = product('a', { price: 9, flashPrice: 9, flashEndsAt: '2030-01-01T12:00:10Z' });
  await loadWith(flash);
  const tickFor = async (seconds: number) => {
    for (let second = 0; second < seconds; second++) {
      await vi.advanceTimersByTimeAsync(1000);
      list.tick();
    }
  };
  await tickFor(12);
  expect(api.callsOf('GET', LIST)).toHaveLength(1);
  api.on('GET', LIST, () => [product('a', { price: 12, version: 2 })]);
  await tickFor(30);
  expect(api.callsOf('GET', LIST)).toHaveLength(2);
  expect(list.find('a')?.product.value.price).toBe(12);
});
