import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeApi, Refusal, settle } from '../../testing/fake-api';
import { ShowRecord } from './show-record';

const FIRST = { startedAt: '2026-12-01T10:00:00Z', endedAt: '2026-12-01T11:00:00Z' };
const SECOND = { startedAt: '2026-12-02T10:00:00Z', endedAt: '2026-12-02T10:30:00Z' };
const query = (startedAt: string) => `startedAt=${encodeURIComponent(startedAt)}`;
const sales = (show: typeof FIRST) =>
  `/api/streaming/key/show/sales?from=${encodeURIComponent(show.startedAt)}&to=${encodeURIComponent(show.endedAt)}`;
let api: FakeApi;
let record: ShowRecord;

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse(SECOND.endedAt) + 3_600_000 });
  api = new FakeApi().on('GET', '/api/streaming/id/shows', () => [SECOND, FIRST]);
  for (const [show, messages] of [
    [FIRST, 1],
    [SECOND, 2],
  ] as const) {
    const { startedAt } = show;
    api
      .on('GET', `/api/viewers/show?${query(startedAt)}`, () => ({ peak: 3 }))
      .on('GET', `/api/viewers/show/history?${query(startedAt)}&minutes=${show === FIRST ? 61 : 31}`, () => ({
        minutes: [],
      }))
      .on('GET', sales(show), () => ({ orders: 1 }))
      .on('GET', `/api/chat/show/statistics?${query(startedAt)}`, () => ({ messages }));
  }
  record = new ShowRecord('id', 'show');
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('newestShowIsSelected_andItsFiguresComeFromAllServices', async () => {
  await record.load();
  expect(record.selected.value).toEqual(SECOND);
  expect(record.figures.value).toMatchObject({ audience: { peak: 3 }, sales: { orders: 1 }, chat: { messages: 2 } });
  expect(record.figures.value?.errors).toEqual([]);
});

test('partThatFails_leavesTheOthers', async () => {
  api.on('GET', sales(SECOND), () => new Refusal(403, 'FORBIDDEN'));
  await record.load();
  expect(record.figures.value).toMatchObject({ sales: undefined, chat: { messages: 2 } });
  expect(record.figures.value?.errors).toHaveLength(1);
});

test('figuresThatAreNotStoredYet_areLoadedAgainAfterTheEnd', async () => {
  vi.setSystemTime(Date.parse(SECOND.endedAt) + 1000);
  let isStored = false;
  api.on('GET', `/api/viewers/show/history?${query(SECOND.startedAt)}&minutes=31`, () =>
    isStored ? { minutes: [] } : new Refusal(404, 'STREAM_NOT_FOUND'),
  );
  await record.load();
  expect(record.figures.value).toBeUndefined();
  isStored = true;
  await vi.advanceTimersByTimeAsync(1000);
  await settle();
  expect(record.figures.value?.errors).toEqual([]);
});

test('figuresThatStayMissing_areReported', async () => {
  vi.setSystemTime(SECOND.endedAt);
  api.on('GET', sales(SECOND), () => new Refusal(403, 'FORBIDDEN'));
  await record.load();
  await vi.advanceTimersByTimeAsync(11_000);
  await settle();
  expect(record.figures.value?.errors).toHaveLength(1);
});

test('answersOfAnEarlierSelection_areIgnored', async () => {
  await Promise.all([record.select(FIRST), record.select(SECOND)]);
  expect(record.figures.value?.chat?.messages).toBe(2);
});
