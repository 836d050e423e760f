import { expect, test } from 'vitest';
import { PlaybackMeter, type PlaybackObservation } from './kpis';
import type { PlaybackStatus } from './playback';

/** Observes a status for some time, four times a second. */
class Measurement {
  private readonly meter = new PlaybackMeter();
  private now = 50_000;
  private hasPicture = false;

  during(status: PlaybackStatus, seconds: number, others: Partial<PlaybackObservation> = {}) {
    if (status === 'playing') this.hasPicture = true;
    let kpis = this.observe(status, others);
    for (let left = seconds; left > 0; left -= 0.25) {
      this.now += 250;
      kpis = this.observe(status, others);
    }
    return kpis;
  }

  sleep(seconds: number): void {
    this.now += seconds * 1000;
  }

  private observe(status: PlaybackStatus, others: Partial<PlaybackObservation>) {
    const { hasPicture } = this;
    return this.meter.observe(this.now, { status, mode: 'flv', hasPicture, reconnects: 0, latency: null, ...others });
  }
}

test('firstFrame_isMeasuredFromTheStart', () => {
  const measurement = new Measurement();
  measurement.during('idle', 5);
  expect(measurement.during('loading', 1.5).firstFrameMs).toBeNull();
  expect(measurement.during('playing', 0).firstFrameMs).toBe(1500);
});

test('firstFrame_isMeasuredOnce', () => {
  const measurement = new Measurement();
  measurement.during('loading', 1);
  measurement.during('playing', 5);
  measurement.during('loading', 5);
  expect(measurement.during('playing', 1).firstFrameMs).toBe(1000);
});

test.each<PlaybackStatus>(['no-picture', 'host-away', 'paused'])('firstFrame_after %s, isUnknown', (status) => {
  const measurement = new Measurement();
  measurement.during('loading', 1);
  measurement.during(status, 5);
  expect(measurement.during('playing', 1).firstFrameMs).toBeNull();
});

test('stall_includesTheTimeBeforeItWasVisible', () => {
  const measurement = new Measurement();
  measurement.during('playing', 10);
  measurement.during('buffering', 2);
  expect(measurement.during('playing', 10)).toMatchObject({ rebuffers: 1, stallMs: 2500, playedMs: 19_500 });
});

test('stallThatReconnects_isOneRebuffering', () => {
  const measurement = new Measurement();
  measurement.during('playing', 10);
  measurement.during('buffering', 4.5);
  measurement.during('reconnecting', 3);
  expect(measurement.during('playing', 1)).toMatchObject({ rebuffers: 1, stallMs: 8000 });
});

test.each<PlaybackStatus>(['host-away', 'paused', 'no-picture', 'loading'])('%s, isNoStall', (status) => {
  const measurement = new Measurement();
  measurement.during('playing', 10);
  measurement.during(status, 20);
  expect(measurement.during('playing', 1)).toMatchObject({ rebuffers: 0, stallMs: 0 });
});

test('reconnectBeforeTheFirstPicture_isNoStall', () => {
  const measurement = new Measurement();
  measurement.during('reconnecting', 8);
  expect(measurement.during('playing', 1)).toMatchObject({ rebuffers: 0, stallMs: 0 });
});

test('bufferingAfterTheHostWasAway_isNoStall', () => {
  const measurement = new Measurement();
  measurement.during('playing', 5);
  measurement.during('host-away', 5);
  measurement.during('buffering', 5);
  expect(measurement.during('playing', 1)).toMatchObject({ rebuffers: 0, stallMs: 0 });
});

test('timeAsleep_isNeitherPlayedNorStalled', () => {
  const measurement = new Measurement();
  measurement.during('playing', 1);
  measurement.sleep(3600);
  expect(measurement.during('playing', 0).playedMs).toBe(2500);
});

test('latency_carriesItsSource', () => {
  const latency = { milliseconds: 4200.4, source: 'segment-time' } as const;
  const kpis = new Measurement().during('playing', 0, { latency, mode: 'hls', reconnects: 2 });
  expect(kpis).toMatchObject({ latencyMs: 4200, latencySource: 'segment-time', mode: 'hls', reconnects: 2 });
});
