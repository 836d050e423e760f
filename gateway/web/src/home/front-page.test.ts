import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeApi, NO_REPLY, settle } from '../testing/fake-api';
import { FrontPage } from './front-page';

const ACTIVE = '/api/streaming/active';
const UPCOMING = '/api/streaming/upcoming?limit=50';
const RECENT = '/api/streaming/recent?limit=6';

let api: FakeApi;
let page: FrontPage;

beforeEach(() => {
  vi.useFakeTimers();
  api = new FakeApi()
    .on('GET', ACTIVE, () => [])
    .on('GET', UPCOMING, () => [])
    .on('GET', RECENT, () => []);
  page = new FrontPage();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('listIsUnknownUntilItIsLoaded', async () => {
  expect([page.live.value, page.isEmpty.value]).toEqual([undefined, false]);
  page.load();
  await settle();
  expect(page.isEmpty.value).toBe(true);
});

test('upcomingShows_areNotTheLiveOnes', async () => {
  const live = Array.from({ length: 10 }, (_, number) => ({ streamKey: `live${number}`, isLive: true }));
  const announced = Array.from({ length: 8 }, (_, number) => ({ streamKey: `next${number}`, status: 'PENDING' }));
  api.on('GET', UPCOMING, () => [...live, ...announced]);
  page.load();
  await settle();
  expect(page.upcoming.value.map(({ key }) => key)).toEqual(['next0', 'next1', 'next2', 'next3', 'next4', 'next5']);
});

test('pageUpdatesByItself', async () => {
  page.start();
  await settle();
  api.on('GET', ACTIVE, () => [{ streamKey: 'k1', isLive: true }]);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(page.live.value?.map(({ key }) => key)).toEqual(['k1']);
});

test('hiddenPage_sendsNoRequests', async () => {
  page.start();
  await settle();
  const before = api.calls.length;
  (document as { hidden: boolean }).hidden = true;
  await vi.advanceTimersByTimeAsync(120_000);
  expect(api.calls).toHaveLength(before);
});

test('failure_isShownUntilTheListLoads_andKeepsWhatWasLoaded', async () => {
  api.on('GET', ACTIVE, () => [{ streamKey: 'k1', isLive: true }]);
  page.start();
  await settle();
  api.on('GET', ACTIVE, () => NO_REPLY);
  page.load();
  await settle();
  expect(page.error.value).toBeDefined();
  expect(page.live.value).toHaveLength(1);
  api.on('GET', ACTIVE, () => []);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(page.error.value).toBeUndefined();
  expect(page.isEmpty.value).toBe(true);
});

test('failureOfOneList_leavesTheOthers', async () => {
  api.on('GET', RECENT, () => NO_REPLY).on('GET', ACTIVE, () => [{ streamKey: 'k1', isLive: true }]);
  page.load();
  await settle();
  expect(page.live.value).toHaveLength(1);
  expect(page.error.value).toBeUndefined();
});
