import { expect, test } from 'vitest';
import { toCsv } from './csv';

const line = (...cells: (string | number | undefined)[]) => toCsv([cells]).slice(1);

test('fileBeginsWithAMark_andLinesEndWithCrLf', () => expect(toCsv([['a', 1], ['b']])).toBe('\uFEFFa,1\r\nb\r\n'));

test('quotesCommasAndLineBreaksAreQuoted', () =>
  expect(line('a "b"', 'c,d', 'e\nf', 'g')).toBe('"a ""b""","c,d","e\nf",g\r\n'));

test.each(['=1+1', '+1', '-1', '@a', '\ta'])('formula_%j_isNeutralised', (text) =>
  expect(line(text)).toBe(`'${text}\r\n`),
);

test('formulaAfterACarriageReturn_isNeutralisedAndQuoted', () => expect(line('\r=1')).toBe('"\'\r=1"\r\n'));

test('negativeNumberStaysANumber', () => expect(line(-1.5, undefined)).toBe('-1.5,\r\n'));
