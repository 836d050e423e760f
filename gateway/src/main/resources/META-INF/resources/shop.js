// The product list: loaded once per join, then updated by events.
import { count, el, isMotionReduced, money, picture } from '/ui.js';

const MAX_PRODUCTS = 200;
const LOW_STOCK = 5; // fewer items are "low"; the services announce it at the same number
const DEFAULT_FULL_STOCK = 20; // The initial stock is unknown: a bar is full at the highest seen here, or at this.

export class Shop {
  #list;
  #onSizeChanged;
  #purchaseOf;
  #onBuy;
  #onPin;
  #isHost = false;
  #items = new Map(); // id → {product, maxStock, parts}
  #featured = '';
  #deleted = new Set(); // a late change must not show a deleted product again

  /**
   * @param onSizeChanged called with the number of products after each change of the number
   * @param purchaseOf returns `{held, position, busy}` of a choice `{productId, color, size}`: whether it is in the user's
   *     cart, the user's place on the product's waiting list, and whether a change is under way
   * @param onBuy called with what the pressed button offers, add, show, wait or leave, and the choice
   * @param onPin called with the product that the host wants to show, or with null
   */
  constructor(list, onSizeChanged, purchaseOf, onBuy, onPin) {
    this.#list = list;
    this.#onSizeChanged = onSizeChanged;
    this.#purchaseOf = purchaseOf;
    this.#onBuy = onBuy;
    this.#onPin = onPin;
  }

  /** Sets whether the user is the host, who pins products and does not buy. */
  setHost(isHost) {
    this.#isHost = isHost;
    this.showPurchases();
  }

  /** Shows what the user has bought or waits for. */
  showPurchases() {
    for (const item of this.#items.values()) this.#paintButtons(item);
  }

  /** Replaces the list with a snapshot. A product that has changed since has a higher version and stays. */
  load(products) {
    const ids = new Set(products.map((product) => product.id));
    for (const id of this.#items.keys()) if (!ids.has(id)) this.#remove(id);
    for (const product of products) this.put(product);
    this.#onSizeChanged(this.#items.size);
  }

  put(product) {
    if (this.#deleted.has(product.id)) return;
    let item = this.#items.get(product.id);
    if (item && product.version < item.product.version) return;
    if (!item) {
      if (this.#items.size >= MAX_PRODUCTS) return;
      item = { maxStock: DEFAULT_FULL_STOCK, parts: build() };
      this.#items.set(product.id, item);
      item.parts.buy.addEventListener('click', (event) => {
        // The second click of a double click must not do what the button has come to offer meanwhile.
        if (event.detail < 2) this.#onBuy(item.parts.buy.value, chosen(item));
      });
      item.parts.options.addEventListener('change', () => this.#paintButtons(item));
      item.parts.pin.addEventListener('click', () => this.#onPin(product.id === this.#featured ? null : item.product));
    }
    const before = item.product;
    item.product = product;
    item.maxStock = Math.max(item.maxStock, product.stock);
    this.#paint(item, before);
    if (!before || before.sortOrder !== product.sortOrder) this.#place(item);
    if (!before) {
      this.#mark(item);
      this.#onSizeChanged(this.#items.size);
    }
  }

  /** Marks the product that the seller shows, or none. */
  feature(product) {
    this.#featured = product?.id ?? '';
    if (product) this.put(product);
    for (const item of this.#items.values()) this.#mark(item);
  }

  soldOut(id) {
    const item = this.#items.get(id);
    if (!item) return;
    const before = item.product;
    item.product = { ...before, status: 'SOLD_OUT' };
    this.#paint(item, before);
  }

  delete(id) {
    this.#deleted.add(id);
    if (this.#deleted.size > MAX_PRODUCTS) this.#deleted.delete(this.#deleted.values().next().value);
    this.#remove(id);
    this.#onSizeChanged(this.#items.size);
  }

  name(id) {
    return this.#items.get(id)?.product.name;
  }

  #remove(id) {
    this.#items.get(id)?.parts.row.remove();
    this.#items.delete(id);
  }

  #paint(item, before) {
    paint(item, before);
    this.#paintButtons(item);
  }

  #paintButtons({ product, parts }) {
    const { held, position, busy } = this.#purchaseOf(chosen({ product, parts }));
    const [action, text, label] = held ? ['show', 'In cart', `Show ${product.name} in cart`]
      : position ? ['leave', `No. ${position}`, `Stop waiting for ${product.name}, number ${position}`]
      : isSoldOut(product) ? ['wait', 'Tell me', `Tell me when ${product.name} is back`]
      : ['add', 'Buy', `Buy ${product.name}`];
    parts.buy.value = action;
    parts.buy.textContent = text;
    parts.buy.ariaLabel = label;
    parts.buy.disabled = busy;
    parts.buy.hidden = this.#isHost;
    parts.buy.classList.toggle('chosen', held || position > 0);
    parts.pin.hidden = !this.#isHost;
    parts.pin.ariaLabel = `Pin ${product.name}`;
  }

  #mark({ product, parts }) {
    const featured = product.id === this.#featured;
    parts.row.classList.toggle('featured', featured);
    parts.pin.ariaPressed = String(featured);
    parts.pin.textContent = featured ? 'Pinned' : 'Pin';
  }

  #place(item) {
    const after = [...this.#items.values()]
      .filter((other) => other !== item && comesBefore(item.product, other.product))
      .sort((a, b) => (comesBefore(a.product, b.product) ? -1 : 1))[0];
    this.#list.insertBefore(item.parts.row, after?.parts.row ?? null);
  }
}

function comesBefore(a, b) {
  return a.sortOrder !== b.sortOrder ? a.sortOrder < b.sortOrder : a.createdAt < b.createdAt;
}

function build() {
  const parts = {
    thumb: el('div', 'thumb'),
    fresh: el('span', 'fresh', 'New'),
    name: el('h3', 'product-name'),
    options: el('div', 'options'),
    discount: el('span', 'discount'),
    price: el('strong', 'price'),
    original: el('s', 'original'),
    fill: el('i'),
    left: el('span', 'left'),
    buy: el('button', 'buy', 'Buy'),
    pin: el('button', 'buy pin', 'Pin'),
    stamp: el('span', 'stamp', 'Sold out'),
  };
  parts.bar = el('div', 'stock-bar', parts.fill);
  parts.buy.type = 'button';
  parts.pin.type = 'button';
  parts.bar.setAttribute('aria-hidden', 'true'); // the number beside it is read out
  parts.row = el('li', 'product',
    parts.thumb,
    el('div', 'product-text',
      parts.name,
      parts.options,
      el('p', 'prices', parts.discount, parts.price, parts.original),
      el('div', 'stock', parts.bar, parts.left, parts.buy, parts.pin)),
    parts.fresh,
    parts.stamp);
  return parts;
}

const isSoldOut = (product) => product.status === 'SOLD_OUT' || product.stock <= 0;

/** The product with the chosen options, as the cart's requests and items have them. */
function chosen({ product, parts }) {
  const choice = { productId: product.id };
  for (const select of parts.options.children) choice[select.name] = select.value;
  return choice;
}

/** Offers the colours and sizes, and keeps what was chosen if it is still offered. */
function paintOptions({ product, parts }) {
  const before = chosen({ product, parts });
  const offered = Object.entries({ color: product.colorOptions, size: product.sizeOptions });
  parts.options.replaceChildren(...offered.filter(([, values]) => values?.length).map(([name, values]) => {
    const select = el('select', '', ...values.map((value) => new Option(value)));
    select.name = name;
    select.ariaLabel = `${name === 'color' ? 'Color' : 'Size'} of ${product.name}`;
    if (values.includes(before[name])) select.value = before[name];
    return select;
  }));
}

const optionsOf = (product) => JSON.stringify([product.name, product.colorOptions, product.sizeOptions]);

function paint({ product, maxStock, parts }, before) {
  const soldOut = isSoldOut(product);
  const low = !soldOut && product.stock < LOW_STOCK;
  parts.row.classList.toggle('sold-out', soldOut);
  parts.row.classList.toggle('low', low);
  parts.stamp.hidden = !soldOut;
  parts.fresh.hidden = !product.isNew || soldOut;
  parts.name.textContent = product.name;
  if (!before || optionsOf(before) !== optionsOf(product)) paintOptions({ product, parts });
  const reduced = product.originalPrice > product.price;
  parts.discount.textContent = product.discountRate ? `${product.discountRate}%` : '';
  parts.price.textContent = money(product.price);
  parts.original.textContent = reduced ? money(product.originalPrice) : '';
  parts.fill.style.transform = `scaleX(${soldOut ? 0 : product.stock / maxStock})`;
  parts.left.textContent = soldOut ? 'None left' : low ? `Only ${product.stock} left` : `${count(product.stock)} left`;
  const image = product.imageUrl ?? product.images?.[0];
  if (!before || image !== (before.imageUrl ?? before.images?.[0]) || product.name !== before.name) {
    picture(parts.thumb, image, product.name);
  }
  if (before && before.stock !== product.stock && !isMotionReduced()) {
    parts.left.animate([{ transform: 'scale(1.25)' }, { transform: 'none' }], { duration: 350, easing: 'ease-out' });
  }
}
