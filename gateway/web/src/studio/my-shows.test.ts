import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeApi, Refusal, settle } from '../testing/fake-api';
import { MyShows } from './my-shows';

const path = (page: number) => `/api/streaming/mine?page=${page}&limit=20`;
let api: FakeApi;
let store: MyShows;

beforeEach(() => {
  vi.useFakeTimers();
  api = new FakeApi();
  store = new MyShows();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('laterPagesAreAdded_eachShowOnce', async () => {
  api
    .on('GET', path(1), () => ({ streams: [{ id: 'c' }, { id: 'b' }], page: 1, totalPages: 2 }))
    .on('GET', path(2), () => ({ streams: [{ id: 'b' }, { id: 'a' }], page: 2, totalPages: 2 }));
  store.load();
  await settle();
  expect(store.hasMore.value).toBe(true);
  store.loadNext();
  await settle();
  expect(store.shows.value?.map(({ id }) => id)).toEqual(['c', 'b', 'a']);
  expect(store.hasMore.value).toBe(false);
});

test('guestIsSignedOut', async () => {
  api.on('GET', path(1), () => new Refusal(401, 'UNAUTHORIZED'));
  store.load();
  await settle();
  expect(store.isSignedOut.value).toBe(true);
});
