import { computed, signal } from '@preact/signals';
import { type ApiError, type ChangeMethod, change, Loader } from '../api/client';
import { serverNow } from '../api/clock';
import { Intents } from '../api/intents';
import { errorText } from '../i18n/errors';
import { money } from '../i18n/format';
import type { EventData } from '../rooms/frames';
import type { Choice } from './product';
import { texts } from './texts';
import type { Cart, CartItem, Order, OrderPage, Reservation, ReservationList } from './wire';

export const MAX_QUANTITY = 10; // units of one item, as the service has it
/** The newest orders. An unpaid order is cancelled after 30 minutes, so that newer ones rarely hide it. */
const MAX_ORDERS = 10;
/** Payments and the places of others change without an event: 1,000 waiting buyers make 100 requests per second. */
const REFRESH_MS = 30_000;
/** The interval while a time has run out that the service still shows, and after a purchase in the room. */
const URGENT_REFRESH_MS = 5_000;

const EMPTY_CART: Partial<Cart> & Pick<Cart, 'items'> = { items: [] }; // the sums are absent until they are loaded
const ORDERING = 'order'; // the subject of placing an order; others are ids

/** The user's purchase of a product. */
export interface Purchase {
  isHeld: boolean;
  /** The place on the waiting list, from 1; undefined if the user does not wait. */
  position?: number | undefined;
  isBusy: boolean;
}

/** The user's cart, orders and places on waiting lists: loaded again after every change. */
export class Purchases {
  readonly cart = signal(EMPTY_CART);
  /** Orders to pay, and those that were paid or cancelled while the user watched. */
  readonly orders = signal<readonly Order[]>([]);
  readonly reservations = signal<readonly Reservation[]>([]);
  /** Subjects of the changes that are under way. */
  readonly busy = signal<ReadonlySet<string>>(new Set());
  /** True if the cart's content is shown, not only its sum. */
  readonly isOpen = signal(false);

  readonly held = computed(() => this.cart.value.items.filter(({ status }) => status === 'ACTIVE'));
  readonly unpaid = computed(() => this.orders.value.filter(({ status }) => status === 'PENDING_PAYMENT'));
  readonly isOrdering = computed(() => this.busy.value.has(ORDERING));
  /** Not before the sum is known, and not while an item changes: the user orders what the page shows. */
  readonly canOrder = computed(
    () =>
      this.held.value.length > 0 &&
      this.cart.value.grandTotal !== undefined &&
      !this.isOrdering.value &&
      !this.held.value.some((item) => this.busy.value.has(item.id)),
  );

  private readonly intents = new Intents();
  private readonly followedOrders = new Set<string>(); // orders that were unpaid while the user watched
  private isSignedIn = false;
  private loadedAt = 0;
  private wasPurchaseAnnounced = false;
  private readonly loaders = [
    new Loader<Cart>('/api/cart', (cart) => {
      this.cart.value = cart;
    }),
    new Loader<OrderPage>(`/api/orders?limit=${MAX_ORDERS}`, ({ items }) => this.showOrders(items)),
    new Loader<ReservationList>('/api/reservations', ({ reservations }) => {
      this.reservations.value = reservations;
    }),
  ];

  constructor(private readonly toast: (text: string) => void) {}

  setSignedIn(isSignedIn: boolean): void {
    this.isSignedIn = isSignedIn;
    if (isSignedIn) {
      this.load();
      return;
    }
    for (const loader of this.loaders) loader.stop();
    this.cart.value = EMPTY_CART;
    this.orders.value = [];
    this.reservations.value = [];
    this.followedOrders.clear();
  }

  load(): void {
    if (!this.isSignedIn) return;
    this.loadedAt = Date.now();
    this.wasPurchaseAnnounced = false;
    for (const loader of this.loaders) void loader.load();
  }

  /** Loads at once if something can have changed without an event while the page was hidden. */
  onPageShown(): void {
    if (this.isWaiting()) this.load();
  }

  /** A payment in the room is announced without its order, so the user's own may be the one. */
  onPurchaseAnnounced(): void {
    this.wasPurchaseAnnounced = true;
  }

  /** Units came back for the user, and the cart holds them now. */
  onPromoted({ productName }: EventData<'reservation:promoted'>): void {
    this.toast(texts.promoted(productName));
    this.isOpen.value = true;
    this.load();
  }

  tick(): void {
    if (!this.isSignedIn) return;
    const ageMs = Date.now() - this.loadedAt;
    const isUrgent = this.hasLapsed() || (this.wasPurchaseAnnounced && this.unpaid.peek().length > 0);
    if ((isUrgent && ageMs > URGENT_REFRESH_MS) || (this.isWaiting() && ageMs > REFRESH_MS)) this.load();
  }

  /** The user's purchase of a product; with a choice of options, in these options. */
  purchaseOf(productId: string, choice?: Choice): Purchase {
    const isHeld = this.held.value.some(
      (item) =>
        item.productId === productId &&
        // An item from the waiting list has no options and stands for all of them.
        (!choice || ((item.color ?? choice.color) === choice.color && (item.size ?? choice.size) === choice.size)),
    );
    return { isHeld, position: this.waitingFor(productId)?.queuePosition, isBusy: this.busy.value.has(productId) };
  }

  /** The orders with a product that are shown, the newest first. */
  ordersOf(productId: string): Order[] {
    return this.orders.value.filter(({ items }) => items.some((item) => item.productId === productId));
  }

  add(choice: Choice): Promise<void> {
    return this.run(choice.productId, async () => {
      const body = { ...choice, quantity: 1 };
      const item = await this.intents.send<CartItem>(`add ${JSON.stringify(choice)}`, 'POST', '/api/cart', body);
      this.putItem(item);
      this.toast(texts.added(item.productName, money(item.price)));
    });
  }

  wait(productId: string): Promise<void> {
    return this.run(productId, async () => {
      const reservation = await change<Reservation>('POST', '/api/reservations', { productId, quantity: 1 });
      this.reservations.value = [reservation, ...this.reservations.peek()];
      this.toast(texts.waiting(reservation.queuePosition ?? 1, reservation.productName));
    });
  }

  stopWaiting(productId: string): Promise<void> {
    return this.run(productId, async () => {
      const waiting = this.waitingFor(productId);
      if (!waiting) return;
      await change('DELETE', `/api/reservations/${waiting.id}`);
      this.reservations.value = this.reservations.peek().filter(({ id }) => id !== waiting.id);
    });
  }

  changeQuantity(itemId: string, quantity: number): Promise<void> {
    return this.changeItem(itemId, 'PATCH', '', { quantity });
  }

  extendHold(itemId: string): Promise<void> {
    return this.changeItem(itemId, 'POST', '/extend', {});
  }

  removeItem(itemId: string): Promise<void> {
    return this.changeItem(itemId, 'DELETE', '');
  }

  /** Orders all items that are held, for the sum that is shown. */
  order(): Promise<void> {
    if (!this.canOrder.peek()) return Promise.resolve();
    return this.run(ORDERING, async () => {
      const cartItemIds = this.held
        .peek()
        .map(({ id }) => id)
        .sort();
      const intent = `order ${cartItemIds}`;
      const order = await this.intents.send<Order>(intent, 'POST', '/api/orders/from-cart', { cartItemIds });
      this.cart.value = { items: this.cart.peek().items.filter(({ id }) => !cartItemIds.includes(id)) };
      this.followedOrders.add(order.id);
      this.orders.value = [order, ...this.orders.peek().filter(({ id }) => id !== order.id)];
      this.isOpen.value = true;
      this.toast(texts.ordered(money(order.total), order.id));
    });
  }

  cancelOrder(id: string): Promise<void> {
    return this.run(id, async () => {
      await change('DELETE', `/api/orders/${id}`);
      this.hideOrder(id);
    });
  }

  /** Hides an order that was paid or cancelled. */
  hideOrder(id: string): void {
    this.followedOrders.delete(id);
    this.orders.value = this.orders.peek().filter((order) => order.id !== id);
  }

  private changeItem(id: string, method: ChangeMethod, path: string, body?: unknown): Promise<void> {
    return this.run(id, async () => this.putItem(await change<CartItem>(method, `/api/cart/${id}${path}`, body)));
  }

  /** Shows an item as the service has it now; the sums follow when the cart is loaded. */
  private putItem(item: CartItem): void {
    const { items } = this.cart.peek();
    const isKnown = items.some(({ id }) => id === item.id);
    const next = isKnown ? items.map((other) => (other.id === item.id ? item : other)) : [item, ...items];
    this.cart.value = { items: next.filter(({ status }) => status !== 'CANCELLED') };
  }

  private showOrders(orders: Order[]): void {
    const before = new Map(this.orders.peek().map((order) => [order.id, order.status]));
    for (const { id, status } of orders) if (status === 'PENDING_PAYMENT') this.followedOrders.add(id);
    this.orders.value = orders.filter(({ id }) => this.followedOrders.has(id));
    for (const { id, status } of this.orders.peek()) {
      if (before.get(id) !== 'PENDING_PAYMENT') continue;
      if (status === 'PAYMENT_CONFIRMED') this.toast(texts.paidToast(id));
      if (status === 'CANCELLED') this.toast(texts.cancelledToast(id));
    }
    const listed = new Set(orders.map(({ id }) => id));
    for (const id of this.followedOrders) if (!listed.has(id)) this.followedOrders.delete(id);
  }

  private waitingFor(productId: string): Reservation | undefined {
    return this.reservations.value.find((place) => place.productId === productId && place.status === 'WAITING');
  }

  private isWaiting(): boolean {
    return this.unpaid.peek().length > 0 || this.reservations.peek().some(({ status }) => status === 'WAITING');
  }

  private hasLapsed(): boolean {
    const ends = [...this.held.peek().map(({ heldUntil }) => heldUntil), ...this.unpaid.peek().map((o) => o.payUntil)];
    return ends.some((time) => Date.parse(time) <= serverNow());
  }

  /** Runs one change of a subject at a time. Its buttons are disabled meanwhile. */
  private async run(subject: string, operation: () => Promise<void>): Promise<void> {
    if (this.busy.peek().has(subject)) return;
    this.busy.value = new Set(this.busy.peek()).add(subject);
    try {
      await operation();
    } catch (error) {
      this.toast(errorText(error as ApiError));
    }
    const busy = new Set(this.busy.peek());
    busy.delete(subject);
    this.busy.value = busy;
    this.load();
  }
}
