import { beforeEach, expect, test, vi } from 'vitest';

const HERE = Date.UTC(2026, 10, 30, 12);
const SERVER = HERE + 3_600_000; // our clock is an hour slow
const iso = (milliseconds: number) => new Date(milliseconds).toISOString();

let clock: typeof import('./clock');
beforeEach(async () => {
  vi.useFakeTimers({ now: HERE });
  vi.resetModules();
  clock = await import('./clock');
  return () => vi.useRealTimers();
});

test('serversClockCounts', () => {
  clock.setServerTime(iso(SERVER));
  vi.advanceTimersByTime(5000);
  expect(clock.serverNow()).toBe(SERVER + 5000);
});

test('answerFromTheCache_doesNotSetTheClockBack', () => {
  clock.setServerTime(iso(SERVER));
  vi.advanceTimersByTime(60_000);
  clock.setServerTime(iso(SERVER));
  expect(clock.serverNow()).toBe(SERVER + 60_000);
});

test('fresherTimestamp_correctsAnOldOne', () => {
  clock.setServerTime(iso(SERVER - 60_000));
  clock.setServerTime(iso(SERVER));
  expect(clock.serverNow()).toBe(SERVER);
});

test('clockThatIsSetHere_isFollowedByTheNextTimestamp', () => {
  clock.setServerTime(iso(SERVER));
  vi.setSystemTime(SERVER); // set right, while the page is open
  clock.setServerTime(iso(SERVER));
  expect(clock.serverNow()).toBe(SERVER);
});

test('textThatIsNoTime_isIgnored', () => {
  clock.setServerTime(iso(SERVER));
  for (const text of ['soon', '', null, undefined]) clock.setServerTime(text);
  expect(clock.serverNow()).toBe(SERVER);
});
