import { expect, test } from 'vitest';
import { arrivalTime, isRestarted } from './segments';

const SEGMENTS = [
  { sn: 1, start: 10, duration: 2, url: 'https://host/hls/show-7-1796079694643-1.ts' },
  { sn: 2, start: 12, duration: 2, url: 'https://host/hls/show-7-1796079696649-2.ts?token=x-1234567890123-1.ts' },
];

test('arrival_isTheSegmentsTimeAndThePlaceInIt', () => {
  expect(arrivalTime(SEGMENTS, 10)).toBe(1_796_079_694_643);
  expect(arrivalTime(SEGMENTS, 13.5)).toBe(1_796_079_698_149);
});

test('positionOutsideThePlaylist_hasNoArrival', () => {
  expect(arrivalTime(SEGMENTS, 9.9)).toBeNull();
  expect(arrivalTime(SEGMENTS, 14)).toBeNull();
  expect(arrivalTime([], 1)).toBeNull();
});

test('segmentNameWithoutTime_hasNoArrival', () => {
  expect(arrivalTime([{ sn: 0, start: 0, duration: 2, url: '/hls/segment-00012.ts' }], 1)).toBeNull();
});

const playlist = (first: number, last: number, stream = 'a') =>
  Array.from({ length: last - first + 1 }, (_, index) => ({
    sn: first + index,
    start: 2 * index,
    duration: 2,
    url: `${stream}-${first + index}.ts`,
  }));

test('playlistThatMovesOn_isNotRestarted', () => {
  expect(isRestarted([], playlist(0, 2))).toBe(false);
  expect(isRestarted(playlist(3, 8), playlist(3, 8))).toBe(false);
  expect(isRestarted(playlist(3, 8), playlist(5, 10))).toBe(false);
  expect(isRestarted(playlist(3, 8), playlist(20, 25))).toBe(false);
});

test('numbersThatGoBack_areARestart', () => {
  expect(isRestarted(playlist(3, 8), playlist(0, 0, 'b'))).toBe(true);
});

test('sameNumberOfAnotherSegment_isARestart', () => {
  expect(isRestarted(playlist(0, 2), playlist(0, 2, 'b'))).toBe(true);
  expect(isRestarted(playlist(0, 2), playlist(0, 4, 'b'))).toBe(true);
});
