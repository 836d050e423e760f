import { settings } from '../../api/settings';
import type { Product } from '../../shop/product';
import { isWebAddress } from '../show-plan';
import type { NewProduct, ProductChange } from '../wire';

/** The service's bounds. */
export const MAX_NAME_LENGTH = 200;
export const MAX_STOCK = 1_000_000;
const MAX_OPTIONS = 20;
const MAX_OPTION_LENGTH = 50;

/** The decimals of the platform's currency: 2 for USD, none for KRW. */
export const PRICE_DIGITS =
  new Intl.NumberFormat('en', { style: 'currency', currency: settings.currency }).resolvedOptions()
    .maximumFractionDigits ?? 2;

/** The fields of the form for a product, as the user types them. */
export interface ProductDraft {
  name: string;
  price: string;
  stock: string;
  imageUrl: string;
  /** Options with commas between them. */
  colors: string;
  sizes: string;
  shippingFee: string;
}

export type DraftProblem =
  | 'name-missing'
  | 'price-invalid'
  | 'stock-invalid'
  | 'image-invalid'
  | 'options-invalid'
  | 'shipping-invalid';

export const EMPTY_DRAFT: ProductDraft = {
  name: '',
  price: '',
  stock: '',
  imageUrl: '',
  colors: '',
  sizes: '',
  shippingFee: '',
};

export const draftOf = (product: Product): ProductDraft => ({
  name: product.name,
  price: String(product.price),
  stock: String(product.stock),
  imageUrl: product.imageUrl ?? '',
  colors: product.colorOptions.join(', '),
  sizes: product.sizeOptions.join(', '),
  shippingFee: product.shippingFee ? String(product.shippingFee) : '',
});

/** Reads an amount such as `1,290.50`. Undefined for anything else, and for more decimals than the currency has. */
export function readPrice(text: string, digits = PRICE_DIGITS): number | undefined {
  const match = /^(\d{1,9}|\d{1,3}(?:,\d{3}){1,2})(?:\.(\d+))?$/.exec(text.trim());
  if (!match || (match[2]?.length ?? 0) > digits) return undefined;
  return Number(text.replaceAll(',', ''));
}

/** Reads a number of units. Undefined for anything else. */
export function readStock(text: string): number | undefined {
  const stock = /^\d{1,7}$/.test(text.trim()) ? Number(text) : Number.NaN;
  return stock <= MAX_STOCK ? stock : undefined;
}

/** Reads options with commas between them, each once. */
export const readOptions = (text: string): string[] => [
  ...new Set(
    text
      .split(',')
      .map((option) => option.trim())
      .filter(Boolean),
  ),
];

/** The first mistake in the form. */
export function findDraftProblem(draft: ProductDraft): DraftProblem | undefined {
  if (draft.name.trim() === '') return 'name-missing';
  if (readPrice(draft.price) === undefined) return 'price-invalid';
  if (readStock(draft.stock) === undefined) return 'stock-invalid';
  if (draft.imageUrl.trim() && !isWebAddress(draft.imageUrl)) return 'image-invalid';
  const lists = [readOptions(draft.colors), readOptions(draft.sizes)];
  const isTooLong = (option: string) => option.length > MAX_OPTION_LENGTH;
  if (lists.some((options) => options.length > MAX_OPTIONS || options.some(isTooLong))) return 'options-invalid';
  if (draft.shippingFee.trim() && readPrice(draft.shippingFee) === undefined) return 'shipping-invalid';
  return undefined;
}

/** The body that creates a product. */
export function toNewProduct(streamKey: string, draft: ProductDraft, sortOrder: number): NewProduct {
  const [colorOptions, sizeOptions] = [readOptions(draft.colors), readOptions(draft.sizes)];
  const imageUrl = draft.imageUrl.trim();
  return {
    streamKey,
    name: draft.name.trim(),
    price: readPrice(draft.price) ?? 0,
    stock: readStock(draft.stock) ?? 0,
    sortOrder,
    shippingFee: readPrice(draft.shippingFee) ?? 0,
    ...(imageUrl ? { imageUrl } : {}),
    ...(colorOptions.length ? { colorOptions } : {}),
    ...(sizeOptions.length ? { sizeOptions } : {}),
  };
}

/**
 * The body that changes a product: the changed fields alone. A new stock is for the version that the user saw, because
 * buyers may have taken units meanwhile.
 */
export function toProductChange(draft: ProductDraft, before: Product): ProductChange {
  const old = draftOf(before);
  const change: ProductChange = {};
  if (draft.name.trim() !== old.name) change.name = draft.name.trim();
  if (readPrice(draft.price) !== before.price) change.price = readPrice(draft.price) ?? 0;
  if (readStock(draft.stock) !== before.stock) {
    change.stock = readStock(draft.stock) ?? 0;
    change.version = before.version;
  }
  if (draft.imageUrl.trim() !== old.imageUrl) change.imageUrl = draft.imageUrl.trim();
  if (draft.colors !== old.colors) change.colorOptions = readOptions(draft.colors);
  if (draft.sizes !== old.sizes) change.sizeOptions = readOptions(draft.sizes);
  if ((readPrice(draft.shippingFee) ?? 0) !== before.shippingFee)
    change.shippingFee = readPrice(draft.shippingFee) ?? 0;
  return change;
}
