// The product list: loaded once per join, then updated by events.
import { count, el, isMotionReduced, picture, won } from '/ui.js';

const MAX_PRODUCTS = 200;
const LOW_STOCK = 5; // fewer items are "low"; the services announce it at the same number
const DEFAULT_FULL_STOCK = 20; // The initial stock is unknown: a bar is full at the highest seen here, or at this.

export class Shop {
  #list;
  #onSizeChanged;
  #onBuy;
  #onPin;
  #isHost = false;
  #items = new Map(); // id → {product, maxStock, parts}
  #featured = '';
  #deleted = new Set(); // a late change must not show a deleted product again

  /**
   * @param onSizeChanged called with the number of products after each change of the number
   * @param onBuy called with the product whose button was pressed
   * @param onPin called with the product that the host wants to show, or with null
   */
  constructor(list, onSizeChanged, onBuy, onPin) {
    this.#list = list;
    this.#onSizeChanged = onSizeChanged;
    this.#onBuy = onBuy;
    this.#onPin = onPin;
  }

  /** Sets whether the user is the host, who pins products and does not buy. */
  setHost(isHost) {
    this.#isHost = isHost;
    for (const item of this.#items.values()) paint(item, item.product, isHost);
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
      item.parts.buy.addEventListener('click', () => this.#onBuy(item.product));
      item.parts.pin.addEventListener('click', () => this.#onPin(product.id === this.#featured ? null : item.product));
    }
    const before = item.product;
    item.product = product;
    item.maxStock = Math.max(item.maxStock, product.stock);
    paint(item, before, this.#isHost);
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
    paint(item, before, this.#isHost);
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
    options: el('p', 'options'),
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

function paint({ product, maxStock, parts }, before, isHost) {
  const soldOut = product.status === 'SOLD_OUT' || product.stock <= 0;
  const low = !soldOut && product.stock < LOW_STOCK;
  parts.row.classList.toggle('sold-out', soldOut);
  parts.row.classList.toggle('low', low);
  parts.stamp.hidden = !soldOut;
  parts.buy.hidden = soldOut || isHost;
  parts.pin.hidden = !isHost;
  parts.pin.ariaLabel = `Pin ${product.name}`;
  parts.buy.ariaLabel = `Buy ${product.name}`;
  parts.fresh.hidden = !product.isNew || soldOut;
  parts.name.textContent = product.name;
  parts.options.textContent =
    [product.colorOptions, product.sizeOptions].filter((list) => list?.length).map((list) => list.join(', ')).join(' · ');
  const reduced = product.originalPrice > product.price;
  parts.discount.textContent = product.discountRate ? `${product.discountRate}%` : '';
  parts.price.textContent = won(product.price);
  parts.original.textContent = reduced ? won(product.originalPrice) : '';
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
