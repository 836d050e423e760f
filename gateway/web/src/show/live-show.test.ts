import { beforeEach, describe, expect, test } from 'vitest';
import type { ServerFrame } from '../rooms/frames';
import { type KeyStatus, LiveShow } from './live-show';

const STARTED = '2026-11-30T12:00:00Z';
const timestamp = '2026-11-30T12:30:00Z';

const status = (more: Partial<KeyStatus>): KeyStatus => ({
  status: 'LIVE',
  reconnecting: false,
  viewerCount: 7,
  title: 'Cups',
  startedAt: STARTED,
  host: { id: 'host', name: 'Yuna' },
  ...more,
});
const started: ServerFrame = {
  event: 'stream:started',
  room: 'stream:KEY',
  data: { streamKey: 'KEY', title: 'Tea', timestamp },
};
const ended: ServerFrame = { event: 'stream:ended', room: 'stream:KEY', data: { streamKey: 'KEY' } };
const interrupted: ServerFrame = {
  event: 'stream:interrupted',
  room: 'stream:KEY',
  data: { streamKey: 'KEY', timestamp },
};
const resumed: ServerFrame = { event: 'stream:resumed', room: 'stream:KEY', data: { streamKey: 'KEY', timestamp } };
const viewers = (viewerCount: number): ServerFrame => ({
  event: 'stream:viewer:update',
  room: 'stream:KEY',
  data: { streamKey: 'KEY', viewerCount, timestamp },
});

describe('LiveShow', () => {
  let show: LiveShow;
  beforeEach(() => {
    show = new LiveShow('KEY');
  });

  test.each([
    [{ status: 'LIVE' }, 'live'],
    [{ status: 'PENDING' }, 'soon'],
    [{ status: 'OFFLINE' }, 'off'],
    [{ status: 'OFFLINE', endedAt: timestamp }, 'ended'],
    [{ status: 'OFFLINE', host: undefined, title: '' }, 'unknown'],
  ] as Array<[Partial<KeyStatus>, string]>)('status %j is shown as %s', (more, state) => {
    show.applyStatus(status(more));
    expect(show.state.value).toBe(state);
    expect(show.isLive.value).toBe(state === 'live');
  });

  test('showThatWasSeenLive_hasEnded', () => {
    show.applyStatus(status({}));
    show.applyStatus(status({ status: 'OFFLINE' }));
    expect(show.state.value).toBe('ended');
    show.applyStatus(status({ status: 'OFFLINE' }));
    expect(show.state.value).toBe('ended');
  });

  test('stateOfTheRoom_isNewerThanStatusThatLoads', () => {
    show.receive(ended);
    show.applyStatus(status({}));
    expect(show.state.value).toBe('ended');
    expect(show.about.value.host?.name).toBe('Yuna');
  });

  test('startOfTheShow_setsTitleAndTime', () => {
    show.applyStatus(status({ status: 'PENDING', startedAt: undefined }));
    expect(show.startedAt.value).toBeNull();
    show.receive(started);
    expect(show.state.value).toBe('live');
    expect(show.about.value.title).toBe('Tea');
    expect(show.startedAt.value).toBe(Date.parse(timestamp));
  });

  test('hostIsAway_untilTheEncoderOrTheEndComes', () => {
    show.applyStatus(status({}));
    show.receive(interrupted);
    expect([show.isLive.value, show.isHostAway.value]).toEqual([true, true]);
    show.receive(resumed);
    expect([show.isLive.value, show.isHostAway.value]).toEqual([true, false]);
    show.receive(interrupted);
    show.receive(ended);
    expect([show.isLive.value, show.isHostAway.value]).toEqual([false, false]);
  });

  test('viewerWhoComesDuringTheGrace_seesThatTheHostIsAway', () => {
    show.applyStatus(status({ reconnecting: true }));
    expect(show.isHostAway.value).toBe(true);
    expect(show.startedAt.value).toBe(Date.parse(STARTED));
  });

  test('showAfterTheEnd_isLiveAgain', () => {
    show.receive(ended);
    show.receive(started);
    expect(show.state.value).toBe('live');
  });

  test('countOfTheRoom_isNewerThanTheStatus', () => {
    show.applyStatus(status({ viewerCount: 7 }));
    expect(show.viewerCount.value).toBe(7);
    show.receive(viewers(12));
    show.applyStatus(status({ viewerCount: 3 }));
    expect(show.viewerCount.value).toBe(12);
  });

  test('titleIsNeverEmpty', () => {
    show.applyStatus(status({ title: '' }));
    expect(show.about.value.title).toBe('KEY');
    show.receive(started);
    show.applyStatus(status({ title: '' }));
    expect(show.about.value.title).toBe('Tea');
  });
});
