// The user's cart, unpaid orders and places on waiting lists: loaded again after every change.
import { loader, post, put, serverNow } from '/rest.js';
import { $, count, duration, el, money, newId } from '/ui.js';

const MAX_QUANTITY = 10; // units of one item, as the service has it
const MAX_ORDERS = 5; // unpaid ones that are shown
const REFRESH_MS = 30_000; // payments and the places of others change without an event
const LAPSED_REFRESH_MS = 5_000; // the interval while a time has run out that the service still shows

export class Cart {
  #changed;
  #toast;
  #isSignedIn = false;
  #cart = { items: [] }; // sums are absent until they are loaded
  #orders = [];
  #reservations = [];
  #busy = new Set(); // subjects of the changes under way
  #keys = new Map(); // intent → idempotency key, until the outcome is known
  #rows = new Map(); // id → parts of the row of an item or order
  #loadedAt = 0;
  #loaders = [
    loader('/api/cart', (cart) => this.#show(() => (this.#cart = cart)), () => {}),
    loader(`/api/orders?status=PENDING_PAYMENT&limit=${MAX_ORDERS}`,
      ({ items }) => this.#show(() => (this.#orders = items)), () => {}),
    loader('/api/reservations', ({ reservations }) => this.#show(() => (this.#reservations = reservations)), () => {}),
  ];

  /** @param callbacks `changed()` after each change of a purchase; `toast(text)` */
  constructor({ changed, toast }) {
    this.#changed = changed;
    this.#toast = toast;
    $('order').addEventListener('click', () => this.#order());
  }

  setSignedIn(isSignedIn) {
    this.#isSignedIn = isSignedIn;
    if (isSignedIn) return this.load();
    [this.#cart, this.#orders, this.#reservations] = [{ items: [] }, [], []];
    this.#paint();
  }

  load() {
    this.#loadedAt = Date.now();
    for (const load of this.#loaders) load();
  }

  /** What the user did with a product in these options. */
  purchaseOf({ productId, color, size }) {
    return {
      // An item from the waiting list has no options and stands for all of them.
      held: this.#held().some((item) =>
        item.productId === productId && (item.color ?? color) === color && (item.size ?? size) === size),
      position: this.#waiting(productId)?.queuePosition,
      busy: this.#busy.has(productId),
    };
  }

  // ---- What the button of a product does

  show() {
    $('cart').open = true;
    $('cart').scrollIntoView({ block: 'nearest' });
  }

  add(choice) {
    this.#run(choice.productId, async () => {
      const item = await this.#once(`add ${JSON.stringify(choice)}`, '/api/cart', { ...choice, quantity: 1 });
      this.#putItem(item);
      this.#toast(`In your cart: ${item.productName}, ${money(item.price)}`);
    });
  }

  wait({ productId }) {
    this.#run(productId, async () => {
      const reservation = await put('POST', '/api/reservations', { productId, quantity: 1 });
      this.#reservations = [reservation, ...this.#reservations];
      this.#toast(`You are number ${reservation.queuePosition} for ${reservation.productName}`);
    });
  }

  leave({ productId }) {
    this.#run(productId, async () => {
      const { id } = await put('DELETE', `/api/reservations/${this.#waiting(productId).id}`);
      this.#reservations = this.#reservations.filter((reservation) => reservation.id !== id);
    });
  }

  /** Shows that units came back for the user, and that the cart holds them now. */
  promoted({ productName }) {
    this.#toast(`${productName} is back, and in your cart`);
    this.show();
    this.load();
  }

  tick() {
    this.#paintTimes();
    if (document.hidden || !this.#isSignedIn) return;
    const age = Date.now() - this.#loadedAt;
    const waits = this.#orders.length > 0 || this.#reservations.some(({ status }) => status === 'WAITING');
    const deadlines = [...this.#held().map((item) => item.heldUntil), ...this.#orders.map((order) => order.payUntil)];
    const isLapsed = deadlines.some((time) => Date.parse(time) <= serverNow());
    if ((waits && age > REFRESH_MS) || (isLapsed && age > LAPSED_REFRESH_MS)) this.load();
  }

  #held() {
    return this.#cart.items.filter((item) => item.status === 'ACTIVE');
  }

  #waiting(productId) {
    return this.#reservations.find((reservation) => reservation.productId === productId && reservation.status === 'WAITING');
  }

  // ---- Changes

  #order() {
    this.#run('order', async () => {
      const cartItemIds = this.#held().map((item) => item.id).sort();
      const order = await this.#once(`order ${cartItemIds}`, '/api/orders/from-cart', { cartItemIds });
      this.#cart = { items: this.#cart.items.filter((item) => !cartItemIds.includes(item.id)) };
      this.#orders = [order, ...this.#orders.filter(({ id }) => id !== order.id)];
      this.#toast(`Ordered: ${money(order.total)} (${order.id})`);
    });
  }

  #changeItem(id, method, path, body) {
    this.#run(id, async () => this.#putItem(await put(method, `/api/cart/${id}${path}`, body)));
  }

  #cancelOrder(id) {
    this.#run(id, async () => {
      await put('DELETE', `/api/orders/${id}`);
      this.#orders = this.#orders.filter((order) => order.id !== id);
    });
  }

  /** Shows an item as the service has it now; the sums follow when the cart is loaded. */
  #putItem(item) {
    const isKnown = this.#cart.items.some(({ id }) => id === item.id);
    const items = isKnown ? this.#cart.items.map((other) => (other.id === item.id ? item : other)) : [item, ...this.#cart.items];
    this.#cart = { items: items.filter(({ status }) => status !== 'CANCELLED') };
  }

  /** Runs one change of a subject at a time. Its buttons are disabled meanwhile. */
  async #run(subject, change) {
    if (this.#busy.has(subject)) return;
    this.#show(() => this.#busy.add(subject));
    try {
      await change();
    } catch (failure) {
      this.#toast(failure.message);
    }
    this.#show(() => this.#busy.delete(subject));
    this.load();
  }

  /**
   * Sends a change that the user intended once. The intent keeps its key while the outcome is unknown, so that another
   * click repeats the same request.
   */
  async #once(intent, path, body) {
    const key = this.#keys.get(intent) ?? newId();
    this.#keys.set(intent, key);
    try {
      const data = await post(path, body, key);
      this.#keys.delete(intent);
      return data;
    } catch (failure) {
      if (failure.isFinal) this.#keys.delete(intent);
      throw failure;
    }
  }

  // ---- The page

  #show(change) {
    change();
    this.#paint();
    this.#changed();
  }

  #paint() {
    const { items, grandTotal, totalShippingFee, shippingWaived } = this.#cart;
    const held = this.#held();
    const units = held.reduce((sum, item) => sum + item.quantity, 0);
    $('cart').hidden = items.length === 0 && this.#orders.length === 0;
    $('cart-summary').textContent = held.length === 0 && this.#orders.length > 0
      ? `To pay: ${money(this.#orders.reduce((sum, order) => sum + order.total, 0))}`
      : ['Cart', held.length && count(units), held.length && grandTotal && money(grandTotal)].filter(Boolean).join(' · ');
    this.#paintRows($('cart-items'), items, (id) => this.#buildItem(id), (parts, item) => this.#paintItem(parts, item));
    this.#paintRows($('orders'), this.#orders, (id) => this.#buildOrder(id), (parts, order) => this.#paintOrder(parts, order));
    $('cart-shipping').textContent =
      shippingWaived ? 'Free shipping' : totalShippingFee > 0 ? `Shipping ${money(totalShippingFee)}` : '';
    $('order').hidden = held.length === 0;
    $('order').textContent = grandTotal ? `Order · ${money(grandTotal)}` : 'Order';
    // Not before the sum is known, and not while an item changes: the user orders what the page shows.
    $('order').disabled = !grandTotal || this.#busy.has('order') || held.some((item) => this.#busy.has(item.id));
    this.#paintTimes();
  }

  /** Keeps the rows that exist, so that a button keeps the focus. */
  #paintRows(list, values, build, paint) {
    const rows = values.map((value) => {
      if (!this.#rows.has(value.id)) this.#rows.set(value.id, build(value.id));
      const parts = this.#rows.get(value.id);
      paint(parts, value);
      return parts.row;
    });
    for (const row of [...list.children]) if (!rows.includes(row)) row.remove();
    rows.forEach((row, place) => list.children[place] === row || list.insertBefore(row, list.children[place] ?? null));
    for (const [id, { row }] of this.#rows) if (!row.isConnected) this.#rows.delete(id);
  }

  #buildItem(id) {
    const quantity = () => this.#cart.items.find((item) => item.id === id).quantity;
    const parts = {
      name: el('strong', 'cart-name'),
      options: el('span', 'muted'),
      price: el('span', 'cart-price'),
      time: el('span', 'cart-time'),
      fewer: button('−', () => this.#changeItem(id, 'PATCH', '', { quantity: quantity() - 1 })),
      quantity: el('span', 'quantity'),
      more: button('+', () => this.#changeItem(id, 'PATCH', '', { quantity: quantity() + 1 })),
      extend: button('Extend', () => this.#changeItem(id, 'POST', '/extend', {})),
      remove: button('×', () => this.#changeItem(id, 'DELETE', '')),
    };
    parts.row = el('li', 'cart-row',
      el('p', 'cart-line', parts.name, parts.options, parts.price),
      el('p', 'cart-line', parts.fewer, parts.quantity, parts.more, parts.time, parts.extend, parts.remove));
    return parts;
  }

  #paintItem(parts, item) {
    const isHeld = item.status === 'ACTIVE';
    const isBusy = this.#busy.has(item.id) || this.#busy.has('order');
    parts.row.classList.toggle('expired', !isHeld);
    parts.name.textContent = item.productName;
    parts.options.textContent = [item.color, item.size].filter(Boolean).join(' / ');
    parts.price.textContent = money(item.subtotal);
    parts.quantity.textContent = count(item.quantity);
    for (const part of [parts.fewer, parts.quantity, parts.more]) part.hidden = !isHeld;
    parts.extend.hidden = !isHeld || !item.timerEnabled || item.extended;
    parts.fewer.disabled = isBusy || item.quantity <= 1;
    parts.more.disabled = isBusy || item.quantity >= MAX_QUANTITY;
    parts.extend.disabled = isBusy;
    parts.remove.disabled = isBusy;
    parts.fewer.ariaLabel = `One ${item.productName} fewer`;
    parts.more.ariaLabel = `One ${item.productName} more`;
    parts.extend.ariaLabel = `Hold ${item.productName} longer`;
    parts.remove.ariaLabel = `Remove ${item.productName}`;
  }

  #buildOrder(id) {
    const parts = {
      name: el('strong', 'cart-name'),
      price: el('span', 'cart-price'),
      time: el('span', 'cart-time'),
      cancel: button('Cancel', () => this.#cancelOrder(id)),
      bank: el('p', 'muted'),
    };
    parts.row = el('li', 'cart-row',
      el('p', 'cart-line', parts.name, parts.price), el('p', 'cart-line', parts.time, parts.cancel), parts.bank);
    return parts;
  }

  #paintOrder(parts, order) {
    const bank = order.bankTransferInfo;
    parts.name.textContent = order.id;
    parts.price.textContent = money(order.total);
    parts.cancel.disabled = this.#busy.has(order.id);
    parts.cancel.ariaLabel = `Cancel order ${order.id}`;
    parts.bank.textContent = bank
      ? `${bank.bankName} ${bank.accountNumber}, ${bank.accountHolder}; as ${bank.depositorName}` : '';
  }

  #paintTimes() {
    for (const item of this.#cart.items) {
      const left = duration(Date.parse(item.heldUntil) - serverNow());
      this.#rows.get(item.id).time.textContent =
        item.status !== 'ACTIVE' ? 'No longer held' : item.timerEnabled ? `held for ${left}` : '';
    }
    for (const order of this.#orders) {
      this.#rows.get(order.id).time.textContent = `to pay within ${duration(Date.parse(order.payUntil) - serverNow())}`;
    }
  }
}

function button(text, onClick) {
  const element = el('button', 'small-button', text);
  element.type = 'button';
  element.addEventListener('click', onClick);
  return element;
}
