import { expect, test } from 'vitest';
import { product } from '../../testing/products';
import {
  draftOf,
  EMPTY_DRAFT,
  findDraftProblem,
  readOptions,
  readPrice,
  readStock,
  toNewProduct,
  toProductChange,
} from './product-draft';

test.each<[string, number, number | undefined]>([
  ['12.90', 2, 12.9],
  [' 12900 ', 0, 12_900],
  ['12,900', 0, 12_900],
  ['1,290.50', 2, 1290.5],
  ['12,90', 2, undefined],
  ['12.905', 2, undefined],
  ['12.9', 0, undefined],
  ['-1', 2, undefined],
  ['1e3', 2, undefined],
  ['', 2, undefined],
  ['12.', 2, undefined],
])('price "%s" with %i digits is %s', (text, digits, price) => {
  expect(readPrice(text, digits)).toBe(price);
});

test.each<[string, number | undefined]>([
  ['0', 0],
  [' 12 ', 12],
  ['1000000', 1_000_000],
  ['1000001', undefined],
  ['1.5', undefined],
  ['-1', undefined],
  ['', undefined],
])('stock "%s" is %s', (text, stock) => {
  expect(readStock(text)).toBe(stock);
});

test('optionsAreReadOnce_withoutEmptyOnes', () => {
  expect(readOptions(' Jade, White,,Jade , ')).toEqual(['Jade', 'White']);
});

test('newProductHasWhatWasTyped', () => {
  const draft = { ...EMPTY_DRAFT, name: ' Cup ', price: '12.90', stock: '4', colors: 'Jade, White' };
  expect(findDraftProblem(draft)).toBeUndefined();
  expect(toNewProduct('show', draft, 3)).toEqual({
    streamKey: 'show',
    name: 'Cup',
    price: 12.9,
    stock: 4,
    sortOrder: 3,
    shippingFee: 0,
    colorOptions: ['Jade', 'White'],
  });
});

test.each([
  [{ name: ' ' }, 'name-missing'],
  [{ price: 'free' }, 'price-invalid'],
  [{ stock: '' }, 'stock-invalid'],
  [{ imageUrl: 'cup.png' }, 'image-invalid'],
  [{ sizes: 'x'.repeat(51) }, 'options-invalid'],
  [{ shippingFee: 'none' }, 'shipping-invalid'],
])('%o has the problem %s', (fields, problem) => {
  const draft = { ...EMPTY_DRAFT, name: 'Cup', price: '12', stock: '4', ...fields };
  expect(findDraftProblem(draft)).toBe(problem);
});

test('changeHasTheChangedFieldsAlone', () => {
  const before = product('cup', { name: 'Cup', price: 12.9, colorOptions: ['Jade'], version: 7 });
  expect(toProductChange(draftOf(before), before)).toEqual({});
  expect(toProductChange({ ...draftOf(before), price: '11', colors: '' }, before)).toEqual({
    price: 11,
    colorOptions: [],
  });
});

test('newStockIsForTheVersionThatTheSellerSaw', () => {
  const before = product('cup', { stock: 10, version: 7 });
  expect(toProductChange({ ...draftOf(before), stock: '20' }, before)).toEqual({ stock: 20, version: 7 });
});
