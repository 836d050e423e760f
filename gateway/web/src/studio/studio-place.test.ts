import { expect, test } from 'vitest';
import { readPlace } from './studio-place';

test.each([
  ['', []],
  ['#', []],
  ['#products', ['products']],
  ['#products/new', ['products', 'new']],
  ['#/products//', ['products']],
])('%s is the place %o', (hash, place) => {
  expect(readPlace(hash)).toEqual(place);
});
