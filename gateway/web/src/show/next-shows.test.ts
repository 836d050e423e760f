import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { NextShows } from './next-shows';

const stream = (streamKey: string, status: string) => ({
  id: streamKey,
  streamKey,
  status,
  isLive: status === 'LIVE',
  title: streamKey,
  host: { id: 'host', name: 'Yuna' },
});

describe('NextShows', () => {
  let requests: string[];
  beforeEach(() => {
    vi.useFakeTimers();
    requests = [];
    vi.stubGlobal('fetch', async (path: string) => {
      requests.push(path);
      return Response.json({ success: true, data: [stream('a', 'LIVE')], timestamp: new Date().toISOString() });
    });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  test('liveShowsComeFirst_withoutThisOne', () => {
    const next = new NextShows('KEY');
    next.apply([stream('soon', 'PENDING'), stream('KEY', 'LIVE'), stream('live', 'LIVE')]);
    expect(next.shows.value.map(({ key }) => key)).toEqual(['live', 'soon']);
  });

  test('showsAreBounded_andUpcomingOnesHaveAPlace', () => {
    const next = new NextShows('KEY');
    const many = (status: string) => Array.from({ length: 20 }, (_, i) => stream(`${status} ${i}`, status));
    next.apply([...many('LIVE'), ...many('PENDING')]);
    expect(next.shows.value.map(({ isLive }) => isLive)).toEqual([true, true, true, true, false, false]);
  });

  test('requestsOfAllViewersAreSpread', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    const next = new NextShows('KEY');
    next.start();
    await vi.advanceTimersByTimeAsync(1499);
    expect(requests).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(requests).toHaveLength(1);
    expect(next.shows.value.map(({ key }) => key)).toEqual(['a']);
    vi.restoreAllMocks();
  });

  test('changeOfUpcomingShows_loadsOnlyWhileShown', async () => {
    const next = new NextShows('KEY');
    next.receive({ event: 'upcoming:updated', room: 'platform:all', data: { streams: [] } });
    await vi.advanceTimersByTimeAsync(3000);
    expect(requests).toHaveLength(0);
    next.start();
    await vi.advanceTimersByTimeAsync(3000);
    next.receive({ event: 'upcoming:updated', room: 'platform:all', data: { streams: [] } });
    await vi.advanceTimersByTimeAsync(3000);
    expect(requests).toHaveLength(2);
    next.stop();
    next.receive({ event: 'upcoming:updated', room: 'platform:all', data: { streams: [] } });
    await vi.advanceTimersByTimeAsync(3000);
    expect(requests).toHaveLength(2);
  });
});
