import { expect, test } from 'vitest';
import { countsOf, judgeUplink, type UplinkCounts } from './uplink';

const counts = (seconds: number, changes: Partial<UplinkCounts> = {}): UplinkCounts => ({
  at: seconds * 1000,
  bytes: 0,
  packets: 0,
  repeatedPackets: 0,
  framesPerSecond: 30,
  height: 1280,
  limitation: 'none',
  ...changes,
});

const judge = (changes: Partial<UplinkCounts>, startedAt = 0) =>
  judgeUplink(counts(20), counts(22, { bytes: 500_000, packets: 400, ...changes }), startedAt);

test('bitrateAndLoss_areOfTheTimeBetweenTwoCounts', () => {
  const before = counts(20, { bytes: 1_000_000, packets: 1000, repeatedPackets: 50 });
  const after = counts(22, { bytes: 1_250_000, packets: 1200, repeatedPackets: 54, framesPerSecond: 29.6 });
  expect(judgeUplink(before, after, 0)).toEqual({
    quality: 'good',
    kbps: 1000,
    loss: 0.02,
    framesPerSecond: 30,
    height: 1280,
  });
});

test('repeatedPackets_areAWeakNetwork', () => {
  expect(judge({ repeatedPackets: 40 }).quality).toBe('weak-network');
});

test('lowBitrateByBandwidth_isAWeakNetwork_butNotAtTheStart', () => {
  const low = { bytes: 100_000, limitation: 'bandwidth' };
  expect(judge(low).quality).toBe('weak-network');
  expect(judge(low, 15_000).quality).toBe('good');
});

test('lowBitrateOfAStillPicture_isGood', () => {
  expect(judge({ bytes: 50_000 }).quality).toBe('good');
});

test('encoderLimitedByCpu_isASlowDevice', () => {
  expect(judge({ limitation: 'cpu', repeatedPackets: 40 }).quality).toBe('slow-device');
});

test('noBytes_areNothingSent', () => {
  expect(judge({ bytes: 0, packets: 0, limitation: 'bandwidth' })).toMatchObject({ quality: 'nothing-sent', loss: 0 });
});

test('countsAreThoseOfTheVideo', () => {
  const report = new Map<string, unknown>([
    ['a', { type: 'outbound-rtp', kind: 'audio', bytesSent: 1 }],
    ['v', { type: 'outbound-rtp', kind: 'video', timestamp: 5, bytesSent: 9, frameWidth: 720, frameHeight: 1280 }],
  ]) as unknown as RTCStatsReport;
  expect(countsOf(report)).toMatchObject({ at: 5, bytes: 9, height: 1280, limitation: 'none' });
  expect(countsOf(new Map() as unknown as RTCStatsReport)).toBeNull();
});
