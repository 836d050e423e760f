import { signal } from '@preact/signals';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeApi, settle } from '../../testing/fake-api';
import { Audience } from './audience';

const NOW = Date.UTC(2026, 11, 1, 12);
const HISTORY = '/api/viewers/show/history?minutes=60';
const iso = (minutes: number) => new Date(NOW + minutes * 60_000).toISOString();
const minute = (minutes: number, average: number) => ({ at: iso(minutes), average });

const viewers = signal<number | null>(7);
const startedAt = signal<number | null>(null);
let api: FakeApi;
let stop: () => void = () => {};

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  viewers.value = 7;
  startedAt.value = NOW - 60 * 60_000;
  api = new FakeApi().on('GET', HISTORY, () => ({ streamKey: 'show', minutes: [] }));
});

afterEach(() => {
  stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function start(): Audience {
  const audience = new Audience('show', viewers, startedAt);
  stop = audience.start();
  return audience;
}

test('historyComesBeforeTheSamples', async () => {
  api.on('GET', HISTORY, () => ({ streamKey: 'show', minutes: [minute(-2, 3.4), minute(-1, 5)] }));
  const audience = start();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(audience.points.value.map(({ viewers }) => viewers)).toEqual([3, 5, 7, 7]);
});

test('minutesOfAnEarlierShowAreLeftOut', async () => {
  startedAt.value = NOW - 90_000;
  api.on('GET', HISTORY, () => ({ streamKey: 'show', minutes: [minute(-20, 99), minute(-1, 5)] }));
  const audience = start();
  await settle();
  expect(audience.points.value.map(({ viewers }) => viewers)).toEqual([5, 7]);
});

test('showThatHasJustStarted_hasNoHistoryToLoad', async () => {
  startedAt.value = NOW - 1_000;
  start();
  await settle();
  expect(api.calls).toEqual([]);
});

test('numberThatIsNotKnownIsNoPoint', async () => {
  viewers.value = null;
  const audience = start();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(audience.points.value).toEqual([]);
});

test('pointsAreBounded', async () => {
  const audience = start();
  await vi.advanceTimersByTimeAsync(2 * 60 * 60_000);
  expect(audience.points.value).toHaveLength(720);
});
