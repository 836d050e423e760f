import { expect, test } from 'vitest';
import { countCharacters, isTooLong } from './message-length';

test.each([
  ['', 0],
  ['Hello', 5],
  ['안녕', 2],
  ['\u1112\u1161\u11ab', 1], // a syllable of three jamo
  ['👨‍👩‍👧‍👦', 1],
  ['🇰🇷🇺🇸', 2],
  [`e${'\u0301'.repeat(30)}`, 1],
])('characters are counted as a person counts them: %s', (text, characters) => {
  expect(countCharacters(text)).toBe(characters);
});

test('fiveHundredFamiliesAreAccepted_oneMoreIsTooLong', () => {
  expect(isTooLong('👨‍👩‍👧‍👦'.repeat(500))).toBe(false);
  expect(isTooLong('👨‍👩‍👧‍👦'.repeat(501))).toBe(true);
});

test('bytesAreBoundedToo', () => {
  expect(isTooLong(`e${'\u0301'.repeat(30)}`.repeat(300))).toBe(true); // 61 bytes each
});
