import { expect, test } from 'vitest';
import { nextPath } from './next-path';

test.each([
  ['?next=/live/key', '/live/key'],
  ['?next=%2Flive%2Fkey', '/live/key'],
  ['?next=//evil.example', '/'],
  ['?next=/%5Cevil.example', '/'],
  ['?next=/%09/evil.example', '/'],
  ['?next=https://evil.example', '/'],
  ['?next=javascript:alert(1)', '/'],
  ['?next=', '/'],
  ['', '/'],
])('%s leads to %s', (search, path) => {
  expect(nextPath(search)).toBe(path);
});
