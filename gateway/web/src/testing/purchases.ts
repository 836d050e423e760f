import type { components } from '../generated/product-service';

type Schemas = components['schemas'];

/** A held item of a cart for tests. */
export function cartItem(id: string, fields: Partial<Schemas['CartItem']> = {}): Schemas['CartItem'] {
  return {
    id,
    productId: 'cup',
    productName: 'Cup',
    price: '12.90',
    quantity: 1,
    shippingFee: '0.00',
    status: 'ACTIVE',
    timerEnabled: false,
    createdAt: '2030-01-01T12:00:00Z',
    heldUntil: '2030-01-02T00:00:00Z',
    extended: false,
    subtotal: '12.90',
    total: '12.90',
    ...fields,
  };
}

/** A cart for tests, whose sums do not follow from its items. */
export function cartOf(...items: Schemas['CartItem'][]): Schemas['Cart'] {
  return {
    items,
    itemCount: items.length,
    subtotal: '12.90',
    totalShippingFee: '0.00',
    grandTotal: '12.90',
    defaultShippingFee: '0.00',
    shippingWaived: false,
    freeShippingMode: 'DISABLED',
  };
}

/** An order of one cup for tests. */
export function order(id: string, status: Schemas['OrderStatus'] = 'PENDING_PAYMENT'): Schemas['Order'] {
  return {
    id,
    userId: 'u1',
    userEmail: '',
    depositorName: 'Lee',
    instagramId: '',
    customer: { id: 'u1', name: 'Lee', email: '', instagramId: '', depositorName: 'Lee' },
    status,
    paymentStatus: 'PENDING',
    subtotal: 12.9,
    shippingFee: 0,
    total: 12.9,
    createdAt: '2030-01-01T12:00:00Z',
    updatedAt: '2030-01-01T12:00:00Z',
    payUntil: '2030-01-01T12:30:00Z',
    items: [{ id: 'i1', productId: 'cup', productName: 'Cup', quantity: 1, price: 12.9, shippingFee: 0 }],
  };
}

/** The second place on the waiting list of the cup, for tests. */
export const reservation = (fields: Partial<Schemas['Reservation']> = {}): Schemas['Reservation'] => ({
  id: 'r1',
  userId: 'u1',
  productId: 'cup',
  productName: 'Cup',
  quantity: 1,
  reservationNumber: 2,
  status: 'WAITING',
  createdAt: '2030-01-01T12:00:00Z',
  queuePosition: 2,
  ...fields,
});
