import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeApi, NO_REPLY, Refusal, settle } from '../testing/fake-api';
import { cartOf, cartItem as item, order, reservation } from '../testing/purchases';
import { Purchases } from './purchases';
import type { Cart, Order, Reservation } from './wire';

const ORDERS = '/api/orders?limit=10';
const START = Date.parse('2030-01-01T12:00:00Z');

let api: FakeApi;
let purchases: Purchases;
const toast = vi.fn<(text: string) => void>();

beforeEach(() => {
  vi.useFakeTimers({ now: START });
  toast.mockReset();
  api = new FakeApi()
    .on('GET', '/api/cart', () => cartOf())
    .on('GET', ORDERS, () => ({ items: [] }))
    .on('GET', '/api/reservations', () => ({ reservations: [] }));
  purchases = new Purchases(toast);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function signIn(cart: Cart = cartOf(), orders: Order[] = [], reservations: Reservation[] = []) {
  api
    .on('GET', '/api/cart', () => cart)
    .on('GET', ORDERS, () => ({ items: orders }))
    .on('GET', '/api/reservations', () => ({ reservations }));
  purchases.setSignedIn(true);
  await settle();
}

async function tickFor(seconds: number) {
  for (let second = 0; second < seconds; second++) {
    await vi.advanceTimersByTimeAsync(1000);
    purchases.tick();
  }
  await settle();
}

test('guestLoadsNothing_andSignOutForgets', async () => {
  purchases.load();
  await tickFor(60);
  expect(api.calls).toHaveLength(0);
  await signIn(cartOf(item('i1')), [order('o1')], [reservation()]);
  expect(purchases.held.value).toHaveLength(1);
  purchases.setSignedIn(false);
  expect([purchases.held.value, purchases.orders.value, purchases.reservations.value]).toEqual([[], [], []]);
});

test('twoPressesOfBuy_makeOneItem', async () => {
  await signIn();
  api.on('POST', '/api/cart', () => item('i1'));
  api.on('GET', '/api/cart', () => cartOf(item('i1')));
  void purchases.add({ productId: 'cup' });
  void purchases.add({ productId: 'cup' });
  expect(purchases.purchaseOf('cup').isBusy).toBe(true);
  await settle();
  expect(api.callsOf('POST', '/api/cart')).toHaveLength(1);
  expect(purchases.purchaseOf('cup')).toMatchObject({ isHeld: true, isBusy: false });
  expect(toast).toHaveBeenCalledWith('In your cart: Cup, $12.90');
});

test('lostReply_isRepeatedWithTheSameKey_byTheNextPressToo', async () => {
  await signIn();
  api.on('POST', '/api/cart', () => NO_REPLY);
  void purchases.add({ productId: 'cup' });
  await vi.advanceTimersByTimeAsync(5_000);
  expect(toast).toHaveBeenCalledWith('The server cannot be reached. Try again in a moment.');
  api.on('POST', '/api/cart', () => item('i1'));
  await purchases.add({ productId: 'cup' });
  const keys = api.callsOf('POST', '/api/cart').map(({ idempotencyKey }) => idempotencyKey);
  expect(keys).toHaveLength(3);
  expect(new Set(keys).size).toBe(1);
  expect(keys[0]).toBeTruthy();
});

test('refusedPurchase_isToldAndItsKeyIsNotReused', async () => {
  await signIn();
  api.on('POST', '/api/cart', () => new Refusal(409, 'SOLD_OUT', 'Only 0 left'));
  await purchases.add({ productId: 'cup' });
  await purchases.add({ productId: 'cup' });
  expect(toast).toHaveBeenCalledWith('Sold out: fewer are left than you asked for.');
  const keys = api.callsOf('POST', '/api/cart').map(({ idempotencyKey }) => idempotencyKey);
  expect(new Set(keys).size).toBe(2);
});

test('unknownErrorCode_showsTheServersMessage', async () => {
  await signIn();
  api.on('POST', '/api/cart', () => new Refusal(409, 'SOMETHING_NEW', 'Come back tomorrow'));
  await purchases.add({ productId: 'cup' });
  expect(toast).toHaveBeenCalledWith('Come back tomorrow');
});

test('orderIsPossibleOnlyForTheSumThatIsShown', async () => {
  await signIn();
  expect(purchases.canOrder.value).toBe(false);
  api.on('POST', '/api/cart', () => item('i1'));
  api.on('GET', '/api/cart', () => new Promise(() => {}));
  void purchases.add({ productId: 'cup' });
  await settle();
  expect(purchases.held.value).toHaveLength(1);
  expect(purchases.canOrder.value).toBe(false);

  api.on('GET', '/api/cart', () => cartOf(item('i1')));
  purchases.load();
  await settle();
  expect(purchases.canOrder.value).toBe(true);

  api.on('PATCH', '/api/cart/i1', () => new Promise(() => {}));
  void purchases.changeQuantity('i1', 2);
  expect(purchases.canOrder.value).toBe(false);
});

test('twoPressesOfOrder_makeOneOrder_ofTheHeldItems', async () => {
  await signIn(cartOf(item('i2'), item('i1'), item('old', { status: 'EXPIRED' })));
  api.on('POST', '/api/orders/from-cart', () => order('o1'));
  api.on('GET', '/api/cart', () => cartOf());
  api.on('GET', ORDERS, () => ({ items: [order('o1')] }));
  void purchases.order();
  void purchases.order();
  await settle();
  const calls = api.callsOf('POST', '/api/orders/from-cart');
  expect(calls.map(({ body }) => body)).toEqual([{ cartItemIds: ['i1', 'i2'] }]);
  expect(purchases.unpaid.value.map(({ id }) => id)).toEqual(['o1']);
  expect(purchases.held.value).toEqual([]);
  expect(purchases.isOpen.value).toBe(true);
});

test('itemIsHeldInItsOptions_orInAllIfItHasNone', async () => {
  await signIn(cartOf(item('i1', { color: 'Jade' }), item('i2', { productId: 'pot' })));
  expect(purchases.purchaseOf('cup').isHeld).toBe(true);
  expect(purchases.purchaseOf('cup', { productId: 'cup', color: 'Jade' }).isHeld).toBe(true);
  expect(purchases.purchaseOf('cup', { productId: 'cup', color: 'White' }).isHeld).toBe(false);
  expect(purchases.purchaseOf('pot', { productId: 'pot', color: 'White' }).isHeld).toBe(true);
});

test('removedItem_leavesTheCart', async () => {
  await signIn(cartOf(item('i1')));
  api.on('DELETE', '/api/cart/i1', () => item('i1', { status: 'CANCELLED' }));
  api.on('GET', '/api/cart', () => new Promise(() => {}));
  await purchases.removeItem('i1');
  expect(purchases.cart.value.items).toEqual([]);
});

test('paidOrder_isToldAndStaysUntilHidden', async () => {
  await signIn(cartOf(), [order('o1'), order('before', 'PAYMENT_CONFIRMED')]);
  expect(purchases.orders.value.map(({ id }) => id)).toEqual(['o1']);
  api.on('GET', ORDERS, () => ({ items: [order('o1', 'PAYMENT_CONFIRMED')] }));
  await tickFor(31);
  expect(toast).toHaveBeenCalledWith('Your payment has arrived (o1)');
  expect(purchases.orders.value.map(({ status }) => status)).toEqual(['PAYMENT_CONFIRMED']);
  purchases.hideOrder('o1');
  purchases.load();
  await settle();
  expect(purchases.orders.value).toEqual([]);
});

test('orderThatWasNotPaidInTime_isToldSoonAfter', async () => {
  await signIn(cartOf(), [order('o1')]);
  vi.setSystemTime(START + 30 * 60_000);
  api.on('GET', ORDERS, () => ({ items: [order('o1', 'CANCELLED')] }));
  await tickFor(6);
  expect(toast).toHaveBeenCalledWith('Your order was cancelled (o1)');
});

test('ownCancellation_isNotAnnounced', async () => {
  await signIn(cartOf(), [order('o1')]);
  api.on('DELETE', '/api/orders/o1', () => order('o1', 'CANCELLED'));
  api.on('GET', ORDERS, () => ({ items: [order('o1', 'CANCELLED')] }));
  await purchases.cancelOrder('o1');
  await settle();
  expect(purchases.orders.value).toEqual([]);
  expect(toast).not.toHaveBeenCalled();
});

test('unpaidOrder_isLoadedEvery30Seconds_aFewAfterAPurchase', async () => {
  await signIn(cartOf(), [order('o1')]);
  await tickFor(29);
  expect(api.callsOf('GET', ORDERS)).toHaveLength(1);
  await tickFor(2);
  expect(api.callsOf('GET', ORDERS)).toHaveLength(2);
  purchases.onPurchaseAnnounced();
  await tickFor(6);
  expect(api.callsOf('GET', ORDERS)).toHaveLength(3);
  purchases.onPageShown();
  expect(api.callsOf('GET', ORDERS)).toHaveLength(4);
});

test('buyerWithoutOpenOrders_doesNotPoll', async () => {
  await signIn(cartOf(item('i1')));
  purchases.onPurchaseAnnounced();
  purchases.onPageShown();
  await tickFor(120);
  expect(api.callsOf('GET', ORDERS)).toHaveLength(1);
});

test('endOfHold_isLoadedUntilTheServiceKnowsIt', async () => {
  await signIn(cartOf(item('i1', { heldUntil: '2030-01-01T12:00:10Z' })));
  await tickFor(18);
  expect(api.callsOf('GET', '/api/cart')).toHaveLength(3);
  api.on('GET', '/api/cart', () => cartOf(item('i1', { status: 'EXPIRED' })));
  await tickFor(30);
  expect(api.callsOf('GET', '/api/cart')).toHaveLength(4);
  expect(purchases.held.value).toEqual([]);
});

test('waitingList_isJoinedOnceAndLeft', async () => {
  await signIn();
  api.on('POST', '/api/reservations', () => reservation());
  api.on('GET', '/api/reservations', () => ({ reservations: [reservation()] }));
  void purchases.wait('cup');
  void purchases.wait('cup');
  await settle();
  expect(api.callsOf('POST', '/api/reservations')).toHaveLength(1);
  expect(purchases.purchaseOf('cup').position).toBe(2);
  expect(toast).toHaveBeenCalledWith('You are number 2 for Cup');

  api.on('DELETE', '/api/reservations/r1', () => reservation({ status: 'CANCELLED' }));
  api.on('GET', '/api/reservations', () => ({ reservations: [] }));
  await purchases.stopWaiting('cup');
  expect(purchases.purchaseOf('cup').position).toBeUndefined();
});

test('promotion_opensTheCartWithTheItem', async () => {
  await signIn();
  api.on('GET', '/api/cart', () => cartOf(item('i1')));
  purchases.onPromoted({
    userId: 'u1',
    reservationId: 'r1',
    cartItemId: 'i1',
    productId: 'cup',
    productName: 'Cup',
    quantity: 1,
    expiresAt: '2030-01-01T12:10:00Z',
    timestamp: '2030-01-01T12:00:00Z',
  });
  await settle();
  expect(purchases.isOpen.value).toBe(true);
  expect(purchases.held.value).toHaveLength(1);
  expect(toast).toHaveBeenCalledWith('Cup is back, and in your cart');
});
