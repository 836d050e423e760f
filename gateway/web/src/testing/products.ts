import type { components } from '../generated/events';

type Product = components['schemas']['Product'];

/** A product for tests. */
export function product(id: string, fields: Partial<Product> = {}): Product {
  return {
    id,
    streamKey: 'show',
    name: `Product ${id}`,
    price: 12.9,
    stock: 10,
    colorOptions: [],
    sizeOptions: [],
    images: [],
    sortOrder: 0,
    isNew: false,
    shippingFee: 0,
    timerEnabled: false,
    timerDuration: 0,
    excludeFromStore: false,
    status: 'AVAILABLE',
    createdAt: '2030-01-01T00:00:00Z',
    updatedAt: '2030-01-01T00:00:00Z',
    version: 1,
    ...fields,
  };
}
