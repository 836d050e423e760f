import { expect, test } from 'vitest';
import { LiveEdgeChaser, type Playhead } from './live-edge';

const POLICY = { target: 1, maxTarget: 2, targetStep: 0.4, tolerance: 0.5, rate: 1.2, seekBeyond: 5 };
const HAVE_CURRENT_DATA = 2;
const HAVE_ENOUGH_DATA = 4;

type Writable<T> = { -readonly [Name in keyof T]: T[Name] };

const playhead = (): Writable<Playhead> => ({
  currentTime: 100,
  playbackRate: 1,
  readyState: HAVE_ENOUGH_DATA,
  paused: false,
});

test('smallDelay_isLeftAlone', () => {
  const video = playhead();
  new LiveEdgeChaser(POLICY).follow(video, 101.5);
  expect(video).toMatchObject({ currentTime: 100, playbackRate: 1 });
});

test('largerDelay_speedsUpUntilTheTarget', () => {
  const video = playhead();
  const chaser = new LiveEdgeChaser(POLICY);
  chaser.follow(video, 101.6);
  expect(video.playbackRate).toBe(1.2);
  chaser.follow(video, 101.2);
  expect(video.playbackRate).toBe(1.2);
  chaser.follow(video, 101);
  expect(video.playbackRate).toBe(1);
  expect(video.currentTime).toBe(100);
});

test('delayBeyond5Seconds_jumps', () => {
  const video = { ...playhead(), playbackRate: 1.2 };
  const chaser = new LiveEdgeChaser(POLICY);
  chaser.follow(video, 105);
  expect(video.currentTime).toBe(100);
  chaser.follow(video, 105.1);
  expect(video).toMatchObject({ currentTime: 104.1, playbackRate: 1 });
});

test('pausedPicture_isLeftAlone', () => {
  const video = { ...playhead(), paused: true };
  new LiveEdgeChaser(POLICY).follow(video, 130);
  expect(video.currentTime).toBe(100);
});

test('rebuffering_movesTheTarget_upToItsLimit', () => {
  const chaser = new LiveEdgeChaser(POLICY);
  const video = playhead();
  const rateAt = (distance: number) => {
    chaser.follow(video, 100 + distance);
    return video.playbackRate;
  };
  rateAt(1);
  for (let stall = 0; stall < 10; stall++) {
    video.readyState = HAVE_CURRENT_DATA;
    rateAt(0);
    rateAt(0); // still the same rebuffering
    video.readyState = HAVE_ENOUGH_DATA;
    rateAt(1);
  }
  expect(rateAt(2.5)).toBe(1);
  expect(rateAt(2.6)).toBe(1.2);
});

test('startAndJump_areNoRebuffering', () => {
  const chaser = new LiveEdgeChaser(POLICY);
  const video = { ...playhead(), readyState: HAVE_CURRENT_DATA };
  chaser.follow(video, 100);
  chaser.follow(video, 106);
  chaser.follow(video, 106);
  video.readyState = HAVE_ENOUGH_DATA;
  video.currentTime = 100;
  chaser.follow(video, 101.6);
  expect(video.playbackRate).toBe(1.2);
});

test('seek_neverGoesBack', () => {
  const video = playhead();
  new LiveEdgeChaser(POLICY).seek(video, 100.5);
  expect(video.currentTime).toBe(100);
});
