import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeApi, NO_REPLY, settle } from '../../testing/fake-api';
import { EncoderWatch } from './encoder-watch';

const PATH = '/api/streaming/s1/encoder';
const state = (connected: boolean) => ({ srs: 'UP', connected, checkedAt: '2026-12-01T12:00:00Z' });
let api: FakeApi;
let watch: EncoderWatch;
let stop: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  api = new FakeApi().on('GET', PATH, () => state(false));
  watch = new EncoderWatch('s1');
  stop = watch.start();
});

afterEach(() => {
  stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('stateFollowsTheEncoder_untilNobodyLooks', async () => {
  await settle();
  expect(watch.problems.value).toEqual(['not-connected']);
  api.on('GET', PATH, () => state(true));
  await vi.advanceTimersByTimeAsync(3_000);
  expect(watch.state.value?.connected).toBe(true);
  stop();
  const calls = api.calls.length;
  await vi.advanceTimersByTimeAsync(30_000);
  expect(api.calls).toHaveLength(calls);
});

test('slowAnswerIsAwaited', async () => {
  await settle();
  api.on('GET', PATH, () => new Promise((resolve) => setTimeout(() => resolve(state(true)), 8_000)));
  await vi.advanceTimersByTimeAsync(11_000);
  expect(watch.state.value?.connected).toBe(true);
});

test('failureIsShown_andTheLastStateStays', async () => {
  await settle();
  api.on('GET', PATH, () => NO_REPLY);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(watch.error.value).toBeDefined();
  expect(watch.state.value?.srs).toBe('UP');
});
