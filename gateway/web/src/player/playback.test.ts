import { expect, test } from 'vitest';
import type { Failure, Mode } from './engine';
import { Playback } from './playback';

/** Playback with a clock of its own that ticks four times a second, and a picture that moves if it should. */
class Rehearsal {
  now = 1_000_000;
  position = 0;
  readonly playback: Playback;

  constructor(modes: Mode[] = ['flv', 'hls'], random = 0) {
    this.playback = new Playback(modes, () => random);
    this.playback.start(this.now);
  }

  run(seconds: number, { moves = false, isPaused = false, until = (): boolean => false } = {}): this {
    for (let left = seconds; left > 0 && !until(); left -= 0.25) this.tick(0.25, moves, isPaused);
    return this;
  }

  tick(seconds: number, moves: boolean, isPaused = false): void {
    this.now += seconds * 1000;
    if (moves) this.position += seconds;
    this.playback.tick(this.now, this.position, isPaused);
  }

  play(seconds = 1): this {
    return this.run(seconds, { moves: true });
  }

  fail(failure: Failure): this {
    this.playback.failed(failure, this.now);
    return this;
  }

  /** Seconds until another engine is loaded, or null if none is within a minute. */
  untilLoad(): number | null {
    const { loadId } = this.playback;
    const begin = this.now;
    this.run(60, { until: () => this.playback.loadId !== loadId });
    return this.playback.loadId === loadId ? null : (this.now - begin) / 1000;
  }

  get state() {
    return [this.playback.mode, this.playback.status];
  }
}

test('flvIsLoadedFirst', () => {
  expect(new Rehearsal().state).toEqual(['flv', 'loading']);
});

test('movingPicture_isPlaying', () => {
  expect(new Rehearsal().play().state).toEqual(['flv', 'playing']);
});

test('networkErrors_retryFlvAfter1And2And4Seconds_thenHls', () => {
  const show = new Rehearsal().play();
  const delays = [1, 2, 3].map(() => show.fail('network').untilLoad());
  expect(delays).toEqual([1, 2, 4]);
  expect(show.state).toEqual(['flv', 'reconnecting']);
  show.fail('network').untilLoad();
  expect(show.state).toEqual(['hls', 'reconnecting']);
  expect(show.playback.totalReconnects).toBe(4);
});

test('flvRetries_areSpreadByAQuarter', () => {
  expect(new Rehearsal(['flv', 'hls'], 1).fail('network').untilLoad()).toBe(1.25);
});

test('failureThatRepeatsWhileWaiting_isIgnored', () => {
  const show = new Rehearsal().play().fail('network').fail('network').fail('not-found');
  expect(show.untilLoad()).toBe(1);
  expect(show.playback.totalReconnects).toBe(1);
});

test.each<Failure>(['not-found', 'forbidden', 'unsupported'])('flvThatIs %s, switchesToHlsAtOnce', (failure) => {
  const show = new Rehearsal().fail(failure);
  expect(show.state).toEqual(['hls', 'loading']);
});

test('browserWithoutMediaSource_playsNativeHls', () => {
  expect(new Rehearsal(['native-hls']).state).toEqual(['native-hls', 'loading']);
  expect(new Rehearsal([]).state).toEqual([null, 'unsupported']);
});

test('privateStreamWithoutInvitation_isRefused', () => {
  const show = new Rehearsal().fail('forbidden').fail('forbidden');
  expect(show.state).toEqual([null, 'refused']);
  expect(show.untilLoad()).toBeNull();
});

test('codecThatNoModePlays_isUnsupported', () => {
  expect(new Rehearsal().fail('unsupported').fail('unsupported').state).toEqual([null, 'unsupported']);
});

test('stall_isShownAfterHalfASecond', () => {
  const show = new Rehearsal().play();
  expect(show.run(0.25).state).toEqual(['flv', 'playing']);
  expect(show.run(0.25).state).toEqual(['flv', 'buffering']);
  expect(show.play(0.25).state).toEqual(['flv', 'playing']);
});

test('flvStall_reconnectsAfter5Seconds', () => {
  const show = new Rehearsal().play().run(4.75);
  expect(show.state).toEqual(['flv', 'buffering']);
  expect(show.run(0.25).state).toEqual(['flv', 'reconnecting']);
  expect(show.untilLoad()).toBe(1);
});

test('hlsStall_reconnectsAfter12Seconds', () => {
  const show = new Rehearsal(['hls']).play().run(11.75);
  expect(show.state).toEqual(['hls', 'buffering']);
  expect(show.run(0.25).state).toEqual(['hls', 'reconnecting']);
  show.untilLoad();
  expect(show.playback.totalReconnects).toBe(1);
});

test('fourthFlvStall_switchesToHls', () => {
  const show = new Rehearsal();
  for (let stall = 1; stall <= 4; stall++) show.play().run(5).untilLoad();
  expect(show.playback.mode).toBe('hls');
});

test('flvWithoutAnyData_switchesToHlsForGood', () => {
  const show = new Rehearsal().run(5);
  expect(show.state).toEqual(['hls', 'loading']);
  show.fail('not-found').untilLoad();
  expect(show.playback.mode).toBe('hls');
});

test('jumpOfAStalledPicture_isNoProgress', () => {
  const show = new Rehearsal(['hls']).play().run(6);
  show.position += 3;
  expect(show.run(6).state).toEqual(['hls', 'reconnecting']);
});

test('codeThatLoadsSlowly_isNoStall', () => {
  const show = new Rehearsal();
  for (let second = 1; second <= 20; second++) show.playback.tick(show.now + second * 1000, null, false);
  expect(show.state).toEqual(['flv', 'loading']);
});

test('reconnects_waitLongerEachTime_andAreSpread', () => {
  const delays = (random: number) => {
    const show = new Rehearsal(['hls'], random);
    return [1, 2, 3, 4, 5].map(() => show.fail('network').untilLoad());
  };
  expect(delays(0)).toEqual([1, 1, 1, 1, 1]);
  expect(delays(1)).toEqual([2, 4, 8, 10, 10]);
});

test('sixthFailure_isConnectionLost_untilRetry', () => {
  const show = new Rehearsal(['hls']);
  for (let reconnect = 1; reconnect <= 5; reconnect++) show.fail('network').untilLoad();
  expect(show.fail('network').state).toEqual([null, 'lost']);
  expect(show.untilLoad()).toBeNull();
  show.playback.retry(show.now);
  expect(show.state).toEqual(['hls', 'loading']);
});

test('stablePlayOf30Seconds_resetsTheCounters', () => {
  const show = new Rehearsal(['hls']);
  for (let reconnect = 1; reconnect <= 5; reconnect++) show.fail('network').untilLoad();
  expect(show.play(30.25).fail('network').state).toEqual(['hls', 'reconnecting']);
});

test('playThatIsInterrupted_doesNotResetTheCounters', () => {
  const show = new Rehearsal(['hls']);
  for (let reconnect = 1; reconnect <= 5; reconnect++) show.fail('network').untilLoad();
  show.play(20).run(1).play(20);
  expect(show.fail('network').state).toEqual([null, 'lost']);
});

test('noPictureInAnyMode_isToldAndTriedAgainForever', () => {
  const show = new Rehearsal();
  const delays = [];
  for (let cycle = 0; cycle < 100; cycle++) {
    show.fail('not-found').fail('not-found');
    expect(show.playback.status).toBe('no-picture');
    delays.push(show.untilLoad());
    expect(show.state).toEqual(['flv', 'no-picture']);
  }
  expect(Math.min(...(delays as number[]))).toBe(2.25);
  expect(delays.slice(10).every((delay) => delay === 7.5)).toBe(true); // 10 s without the random part
  expect(show.playback.totalReconnects).toBe(0);
  expect(show.play(0.5).state).toEqual(['flv', 'playing']);
});

test('endOfHls_waitsForTheNextPicture', () => {
  const show = new Rehearsal(['hls']).play(10).fail('not-found');
  show.playback.frameShown(); // the last frame stays visible
  expect(show.state).toEqual(['hls', 'no-picture']);
  expect(show.untilLoad()).toBe(2.25);
});

test('failuresWhileHostIsAway_areNoReconnects', () => {
  const show = new Rehearsal().play();
  show.playback.setHostAway(true, show.now);
  for (let failure = 0; failure < 20; failure++) {
    show.fail(failure % 2 ? 'network' : 'not-found');
    expect(show.state).toEqual(['flv', 'host-away']);
    expect(show.untilLoad()).toBeGreaterThan(2);
  }
  expect(show.playback.totalReconnects).toBe(0);
});

test('failureShortlyBeforeHostIsAway_isToldAsHostAway', () => {
  const show = new Rehearsal().play().fail('network');
  show.playback.setHostAway(true, show.now);
  expect(show.playback.status).toBe('host-away');
  show.untilLoad();
  expect(show.playback.totalReconnects).toBe(0);
});

test('stallWhileHostIsAway_keepsTheConnection', () => {
  const show = new Rehearsal(['hls']).play();
  show.playback.setHostAway(true, show.now);
  expect(show.untilLoad()).toBeNull();
  expect(show.state).toEqual(['hls', 'host-away']);
  expect(show.play().state).toEqual(['hls', 'playing']);
});

test('hostThatIsBack_isShownWithinASecond', () => {
  const show = new Rehearsal(['flv', 'hls'], 1).play();
  show.playback.setHostAway(true, show.now);
  show.fail('network').run(1);
  show.playback.setHostAway(false, show.now);
  expect(show.playback.status).toBe('loading');
  expect(show.untilLoad()).toBe(1);
  expect(show.state).toEqual(['flv', 'loading']);
});

test('hlsThatHasStalled_waitsForTheNewPlaylist', () => {
  const show = new Rehearsal().fail('not-found').play();
  show.playback.setHostAway(true, show.now);
  show.run(20);
  show.playback.setHostAway(false, show.now);
  expect(show.run(5).state).toEqual(['hls', 'buffering']);
  expect(show.fail('restarted').state).toEqual(['flv', 'loading']);
  expect(show.playback.totalReconnects).toBe(0);
});

test('hlsWithoutANewPlaylist_reconnects', () => {
  const show = new Rehearsal(['hls']).play();
  show.playback.setHostAway(true, show.now);
  show.run(20);
  show.playback.setHostAway(false, show.now);
  expect(show.run(12).state).toEqual(['hls', 'reconnecting']);
});

test('failuresBeforeTheFirstPicture_areNoReconnects', () => {
  const show = new Rehearsal().fail('network');
  show.untilLoad();
  expect(show.playback.totalReconnects).toBe(0);
});

test('lostConnection_continuesWithTheHost', () => {
  const show = new Rehearsal(['hls']);
  for (let failure = 1; failure <= 6; failure++) show.fail('network').run(2);
  expect(show.playback.status).toBe('lost');
  show.playback.setHostAway(true, show.now);
  expect(show.playback.status).toBe('host-away');
  show.playback.setHostAway(false, show.now);
  expect(show.untilLoad()).toBeLessThanOrEqual(1);
});

test('pictureThatPlays_staysWhenHostIsBack', () => {
  const show = new Rehearsal().play();
  show.playback.setHostAway(true, show.now);
  show.play();
  show.playback.setHostAway(false, show.now);
  expect(show.play(5).playback.loadId).toBe(1);
});

test('pauseOf10Seconds_unloads', () => {
  const show = new Rehearsal().play().run(9.75, { isPaused: true });
  expect(show.playback.mode).toBe('flv');
  expect(show.run(0.25, { isPaused: true }).state).toEqual([null, 'paused']);
  expect(show.untilLoad()).toBeNull();
});

test('shortPause_isNoStall', () => {
  const show = new Rehearsal().play().run(8, { isPaused: true }).play();
  expect(show.state).toEqual(['flv', 'playing']);
  expect(show.playback.loadId).toBe(1);
});

test.each(['suspended', 'lost'])('return to a %s picture, loadsIt', (state) => {
  const show = new Rehearsal(['hls']);
  if (state === 'suspended') show.run(10, { isPaused: true });
  else for (let failure = 1; failure <= 6; failure++) show.fail('network').run(2);
  show.playback.returned(show.now);
  expect(show.state).toEqual(['hls', 'loading']);
});

test('returnDuringReconnect_doesNotWait', () => {
  const show = new Rehearsal(['hls'], 1).fail('network');
  show.playback.returned(show.now);
  expect(show.untilLoad()).toBe(0.25);
});

test('pictureThatStandsStillAfterReturn_isReloadedAfter3Seconds', () => {
  const show = new Rehearsal(['hls']).play();
  show.playback.returned(show.now);
  expect(show.untilLoad()).toBe(3);
  expect(show.playback.totalReconnects).toBe(0);
});

test('pictureThatMovesAfterReturn_stays', () => {
  const show = new Rehearsal(['hls']).play();
  show.playback.returned(show.now);
  expect(show.play().run(5).playback.loadId).toBe(1);
});

test('sleepingPage_isNoStall_butReloadsAPictureThatDoesNotMove', () => {
  const show = new Rehearsal(['hls']).play();
  show.now += 3_600_000;
  show.run(0.25);
  expect(show.playback.status).not.toBe('reconnecting');
  expect(show.untilLoad()).toBe(3);
  expect(show.playback.totalReconnects).toBe(0);
});

test('throttledTimersOfAHiddenPage_seeProgress', () => {
  const show = new Rehearsal(['hls']).play();
  for (let minute = 0; minute < 5; minute++) show.tick(60, true);
  expect(show.state).toEqual(['hls', 'playing']);
  expect(show.playback.loadId).toBe(1);
});

test('endOfTheShow_unloads_andTheNextOneStarts', () => {
  const show = new Rehearsal().play();
  show.playback.stop();
  expect(show.state).toEqual([null, 'idle']);
  show.playback.returned(show.now);
  show.playback.retry(show.now);
  expect(show.state).toEqual([null, 'idle']);
  show.playback.start(show.now);
  expect(show.state).toEqual(['flv', 'loading']);
});

test('webRtcWithoutMedia_fallsBackToFlvForGood', () => {
  const show = new Rehearsal(['webrtc', 'flv', 'hls']).run(5);
  expect(show.state).toEqual(['flv', 'loading']);
  show.fail('network').untilLoad();
  expect(show.playback.mode).toBe('flv');
});

test('refusedWebRtc_fallsBackAtOnce', () => {
  expect(new Rehearsal(['webrtc', 'flv', 'hls']).fail('not-found').state).toEqual(['flv', 'loading']);
});

test('webRtcConnectionThatBreaks_isTriedAgain_beforeFlv', () => {
  const show = new Rehearsal(['webrtc', 'flv', 'hls']).play();
  const delays = [1, 2, 3].map(() => show.fail('network').untilLoad());
  expect(delays).toEqual([1, 2, 4]);
  expect(show.playback.mode).toBe('webrtc');
  show.fail('network').untilLoad();
  expect(show.state).toEqual(['flv', 'reconnecting']);
});

test('webRtcThatHasStalled_isLoadedWhenHostIsBack', () => {
  const show = new Rehearsal(['webrtc', 'flv']).play();
  show.playback.setHostAway(true, show.now);
  show.run(20);
  show.playback.setHostAway(false, show.now);
  expect(show.untilLoad()).toBeLessThanOrEqual(1);
  expect(show.playback.mode).toBe('webrtc');
});

test('chosenModes_areLoadedAtOnce_butNotBeforeTheShow', () => {
  const show = new Rehearsal().play();
  show.playback.changeModes(['webrtc', 'flv', 'hls'], show.now);
  expect(show.state).toEqual(['webrtc', 'loading']);
  show.playback.stop();
  show.playback.changeModes(['flv', 'hls'], show.now);
  expect(show.state).toEqual([null, 'idle']);
});
