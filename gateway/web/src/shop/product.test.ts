import { describe, expect, test } from 'vitest';
import { product } from '../testing/products';
import {
  availability,
  chooseOptions,
  compareProducts,
  discount,
  isPriceOutdated,
  pictures,
  reducedFrom,
} from './product';

const NOW = Date.parse('2030-01-01T12:00:00Z');

describe('availability', () => {
  test.each([
    [{ stock: 5 }, 'available'],
    [{ stock: 4 }, 'low'],
    [{ stock: 0 }, 'sold-out'],
    [{ stock: 4, status: 'SOLD_OUT' as const }, 'sold-out'],
    [{ stock: 4, expiresAt: '2030-01-01T12:00:00Z' }, 'ended'],
    [{ stock: 0, expiresAt: '2030-01-01T11:00:00Z' }, 'ended'],
    [{ stock: 9, expiresAt: '2030-01-01T12:00:01Z' }, 'available'],
  ])('%o is %s', (fields, expected) => {
    expect(availability(product('a', fields), NOW)).toBe(expected);
  });
});

describe('prices', () => {
  test('discountOfSellerIsShownAsGiven', () => {
    expect(discount(product('a', { discountRate: 10.5, price: 9, originalPrice: 10 }))).toBe(10.5);
  });
  test('discountOfFlashPriceFollowsFromPrices', () => {
    expect(discount(product('a', { discountRate: 10, price: 15, flashPrice: 15, originalPrice: 20 }))).toBe(25);
  });
  test('higherPriceThanBefore_isNoDiscount', () => {
    const dearer = product('a', { price: 11, originalPrice: 10 });
    expect(discount(dearer)).toBe(0);
    expect(reducedFrom(dearer)).toBeUndefined();
  });
  test('flashPriceIsOutdatedFromItsEnd', () => {
    const flash = product('a', { flashPrice: 9, flashEndsAt: '2030-01-01T12:00:00Z' });
    expect(isPriceOutdated(flash, NOW - 1)).toBe(false);
    expect(isPriceOutdated(flash, NOW)).toBe(true);
    expect(isPriceOutdated(product('a'), NOW)).toBe(false);
  });
});

describe('options', () => {
  const cup = product('cup', { colorOptions: ['Jade', 'White'], sizeOptions: ['M'] });

  test('firstOptionsAreChosenAtFirst', () => {
    expect(chooseOptions(cup, undefined)).toEqual({ productId: 'cup', color: 'Jade', size: 'M' });
  });
  test('choiceStaysWhileItIsOffered', () => {
    const choice = { productId: 'cup', color: 'White', size: 'M' };
    expect(chooseOptions(cup, choice).color).toBe('White');
    expect(chooseOptions({ ...cup, colorOptions: ['Jade', 'Black'] }, choice).color).toBe('Jade');
  });
  test('productWithoutOptions_hasNoneInItsChoice', () => {
    expect(chooseOptions(product('a'), { productId: 'a', color: 'White' })).toEqual({ productId: 'a' });
  });
});

test('picturesStartWithMainOne_eachOnce', () => {
  expect(pictures(product('a', { imageUrl: '/2.jpg', images: ['/1.jpg', '/2.jpg'] }))).toEqual(['/2.jpg', '/1.jpg']);
});

test('sellersOrderComesBeforeAge', () => {
  const old = product('old', { sortOrder: 2, createdAt: '2029-01-01T00:00:00Z' });
  const first = product('first', { sortOrder: 1 });
  const second = product('second', { sortOrder: 1, createdAt: '2030-02-01T00:00:00Z' });
  expect([old, second, first].sort(compareProducts).map(({ id }) => id)).toEqual(['first', 'second', 'old']);
});
