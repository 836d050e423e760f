import type { components } from '../generated/events';

export type Product = components['schemas']['Product'];

/** A product with the chosen options, as the cart's requests and items have them. */
export interface Choice {
  productId: string;
  color?: string;
  size?: string;
}

export type Availability = 'available' | 'low' | 'sold-out' | 'ended';

const LOW_STOCK = 5; // fewer units are "low"; the services announce it at the same number

export function availability(product: Product, now: number): Availability {
  if (isPast(product.expiresAt, now)) return 'ended';
  if (product.status === 'SOLD_OUT' || product.stock <= 0) return 'sold-out';
  return product.stock < LOW_STOCK ? 'low' : 'available';
}

/** Returns true if the flash price has ended and the product with the regular price has not arrived yet. */
export const isPriceOutdated = (product: Product, now: number): boolean => isPast(product.flashEndsAt, now);

/** Returns true while a flash price counts. */
export const hasFlashPrice = (product: Product, now: number): boolean =>
  product.flashEndsAt !== undefined && !isPriceOutdated(product, now);

const isPast = (iso: string | undefined, now: number): boolean => iso !== undefined && Date.parse(iso) <= now;

/** The discount in percent, 0 for none. A flash price's discount follows from the prices, others from the seller. */
export function discount({ price, originalPrice, discountRate, flashPrice }: Product): number {
  if (discountRate && flashPrice === undefined) return discountRate;
  if (originalPrice === undefined || originalPrice <= price) return 0;
  return Math.floor(100 * (1 - price / originalPrice));
}

/** The regular price to strike out, if the current one is lower. */
export const reducedFrom = ({ price, originalPrice }: Product): number | undefined =>
  originalPrice !== undefined && originalPrice > price ? originalPrice : undefined;

export const hasOptions = ({ colorOptions, sizeOptions }: Product): boolean =>
  colorOptions.length + sizeOptions.length > 0;

/** The buyer's choice if it is still offered, else the first option. */
export function chooseOptions(product: Product, wanted: Choice | undefined): Choice {
  const pick = (options: string[], value: string | undefined) =>
    value !== undefined && options.includes(value) ? value : options[0];
  const color = pick(product.colorOptions, wanted?.color);
  const size = pick(product.sizeOptions, wanted?.size);
  return {
    productId: product.id,
    ...(color === undefined ? {} : { color }),
    ...(size === undefined ? {} : { size }),
  };
}

/** The product's pictures, the main one first, each once. */
export const pictures = ({ imageUrl, images }: Product): string[] => [
  ...new Set([...(imageUrl ? [imageUrl] : []), ...images]),
];

/** Compares by the seller's order, then by age. */
export const compareProducts = (a: Product, b: Product): number =>
  a.sortOrder - b.sortOrder || (a.createdAt < b.createdAt ? -1 : Number(a.createdAt > b.createdAt));
