import { expect, test } from 'vitest';
import { markLabels, PlotScale, roundUp } from './plot-scale';

test.each([
  [0, 4],
  [4, 4],
  [5, 10],
  [11, 20],
  [21, 40],
  [41, 100],
  [101, 200],
])('maximumOf%iIs%i', (value, maximum) => expect(roundUp(value)).toBe(maximum));

test('lineRunsFromTheFirstToTheLastPoint', () => {
  const points = [
    { at: 1000, value: 0 },
    { at: 2000, value: 4 },
    { at: 3000, value: 2 },
  ];
  expect(new PlotScale(points, 300, 100).line(points)).toBe('0,100 150,0 300,50');
});

test('singlePoint_isALineOverTheWholeWidth', () => {
  const points = [{ at: 1000, value: 1 }];
  expect(new PlotScale(points, 300, 100).line(points)).toBe('0,75 300,75');
});

test('markOutsideTheTime_isAtTheEdge', () => {
  const scale = new PlotScale(
    [
      { at: 1000, value: 1 },
      { at: 2000, value: 1 },
    ],
    300,
    100,
  );
  expect([scale.x(500), scale.x(1500), scale.x(9000)]).toEqual([0, 150, 300]);
});

test('noPoints_giveNoLine', () => expect(new PlotScale([], 300, 100).line([])).toBe(''));

test('numbersOfMarksThatWouldCoverEachOther_becomeOne', () => {
  expect(markLabels([0, 0, 5, 60, 100, 101])).toEqual([
    { x: 0, text: '1–3' },
    { x: 60, text: '4' },
    { x: 100, text: '5–6' },
  ]);
  expect(markLabels([])).toEqual([]);
});
