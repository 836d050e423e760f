// The product list: loaded once per join, then kept right by events alone.
import { calm, count, el, picture, won } from '/ui.js';

const MOST = 200;
const LOW = 5; // fewer than this are "low"; the services announce it at the same number
const FULL = 20; // The stock at the start is unknown: a bar is full at the most seen here, or at this.

export class Shop {
  #list;
  #changed;
  #buy;
  #pin;
  #host = false;
  #items = new Map(); // id → {product, most, parts}
  #featured = '';
  #deleted = new Set(); // A change that arrives late must not bring a product back.

  /**
   * @param changed called with the number of products after each change of it
   * @param buy called with the product whose button was pressed
   * @param pin called with the product that the host wants to show, or with nothing
   */
  constructor(list, changed, buy, pin) {
    this.#list = list;
    this.#changed = changed;
    this.#buy = buy;
    this.#pin = pin;
  }

  /** Whether the visitor is the host, who pins and does not buy. */
  host(isHost) {
    this.#host = isHost;
    for (const item of this.#items.values()) paint(item, item.product, isHost);
  }

  /** The whole truth of a moment. What changed since has a higher version and stays. */
  load(products) {
    const ids = new Set(products.map((product) => product.id));
    for (const id of this.#items.keys()) if (!ids.has(id)) this.#remove(id);
    for (const product of products) this.put(product);
    this.#changed(this.#items.size);
  }

  put(product) {
    if (this.#deleted.has(product.id)) return;
    let item = this.#items.get(product.id);
    if (item && product.version < item.product.version) return;
    if (!item) {
      if (this.#items.size >= MOST) return;
      item = { most: FULL, parts: build() };
      this.#items.set(product.id, item);
      item.parts.buy.addEventListener('click', () => this.#buy(item.product));
      item.parts.pin.addEventListener('click', () => this.#pin(product.id === this.#featured ? null : item.product));
    }
    const before = item.product;
    item.product = product;
    item.most = Math.max(item.most, product.stock);
    paint(item, before, this.#host);
    if (!before || before.sortOrder !== product.sortOrder) this.#place(item);
    if (!before) {
      this.#mark(item);
      this.#changed(this.#items.size);
    }
  }

  /** The product that the seller shows, or none. */
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
    paint(item, before, this.#host);
  }

  delete(id) {
    this.#deleted.add(id);
    if (this.#deleted.size > MOST) this.#deleted.delete(this.#deleted.values().next().value);
    this.#remove(id);
    this.#changed(this.#items.size);
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
  parts.bar.setAttribute('aria-hidden', 'true'); // The number beside it says the same.
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

function paint({ product, most, parts }, before, host) {
  const soldOut = product.status === 'SOLD_OUT' || product.stock <= 0;
  const low = !soldOut && product.stock < LOW;
  parts.row.classList.toggle('sold-out', soldOut);
  parts.row.classList.toggle('low', low);
  parts.stamp.hidden = !soldOut;
  parts.buy.hidden = soldOut || host;
  parts.pin.hidden = !host;
  parts.pin.ariaLabel = `Pin ${product.name}`;
  parts.buy.ariaLabel = `Buy ${product.name}`;
  parts.fresh.hidden = !product.isNew || soldOut;
  parts.name.textContent = product.name;
  parts.options.textContent =
    [product.colorOptions, product.sizeOptions].filter((some) => some?.length).map((some) => some.join(', ')).join(' · ');
  const reduced = product.originalPrice > product.price;
  parts.discount.textContent = product.discountRate ? `${product.discountRate}%` : '';
  parts.price.textContent = won(product.price);
  parts.original.textContent = reduced ? won(product.originalPrice) : '';
  parts.fill.style.transform = `scaleX(${soldOut ? 0 : product.stock / most})`;
  parts.left.textContent = soldOut ? 'None left' : low ? `Only ${product.stock} left` : `${count(product.stock)} left`;
  const image = product.imageUrl ?? product.images?.[0];
  if (!before || image !== (before.imageUrl ?? before.images?.[0]) || product.name !== before.name) {
    picture(parts.thumb, image, product.name);
  }
  if (before && before.stock !== product.stock && !calm()) {
    parts.left.animate([{ transform: 'scale(1.25)' }, { transform: 'none' }], { duration: 350, easing: 'ease-out' });
  }
}
