import { computed, type Signal, signal } from '@preact/signals';
import { type ApiError, Loader } from '../api/client';
import { serverNow } from '../api/clock';
import type { ServerFrame } from '../rooms/frames';
import { compareProducts, isPriceOutdated, type Product } from './product';
import { texts } from './texts';
import type { FeaturedProduct } from './wire';

const MAX_PRODUCTS = 200;
const MAX_BUFFERED_EVENTS = 1000;
const DEFAULT_FULL_STOCK = 20; // The initial stock is unknown: a bar is full at the highest seen here, or at this.
/** The service publishes the end of a flash price within a second or two. Pages that miss it load the list, spread out. */
const OUTDATED_PRICE_RELOAD_MS = 5_000;

/** A product that keeps its place in the page while it changes. */
export interface ListedProduct {
  readonly id: string;
  readonly product: Signal<Product>;
  /** The stock at which the stock bar is full. */
  fullStock: number;
}

/** The products of a show: loaded once per join, then updated by events. */
export class ProductList {
  /** In the seller's order. Changes only if a product comes, goes or moves. */
  readonly listed = signal<readonly ListedProduct[]>([]);
  readonly featuredId = signal('');
  /** The featured product, then the others in the seller's order. */
  readonly featuredFirst = computed(() => {
    const isFeatured = ({ id }: ListedProduct) => id === this.featuredId.value;
    const others = this.listed.value.filter((listed) => !isFeatured(listed));
    return [...this.listed.value.filter(isFeatured), ...others];
  });
  readonly isLoaded = signal(false);
  /** Why the list is not up to date; undefined if it is. */
  readonly error = signal<ApiError | undefined>(undefined);

  private readonly byId = new Map<string, ListedProduct>();
  private readonly deletedIds = new Set<string>(); // a late change must not show a deleted product again
  private isLoading = true;
  private bufferedFrames: ServerFrame[] = []; // events that arrive while the list loads
  private hasRoomPin = false; // a pin from the room while the featured product loaded is newer
  private reloadAt = Number.POSITIVE_INFINITY;
  private readonly products: Loader<Product[]>;
  private readonly featured: Loader<FeaturedProduct>;

  constructor(
    streamKey: string,
    private readonly toast: (text: string) => void,
  ) {
    this.products = new Loader(
      `/api/products?streamKey=${streamKey}&take=100`,
      (products) => this.replace(products),
      (error) => {
        this.error.value = error;
      },
    );
    this.featured = new Loader(`/api/streaming/key/${streamKey}/featured-product`, ({ product }) => {
      if (!this.hasRoomPin) this.feature(product ?? null);
    });
  }

  /** Loads the list after a join, not before: every later change arrives as an event. */
  load(): void {
    this.isLoading = true;
    this.hasRoomPin = false;
    this.reloadAt = Number.POSITIVE_INFINITY;
    void this.products.load();
    void this.featured.load();
  }

  receive(frame: ServerFrame): void {
    if (this.isLoading) {
      if (this.bufferedFrames.length < MAX_BUFFERED_EVENTS) this.bufferedFrames.push(frame);
      return;
    }
    switch (frame.event) {
      case 'live:product:added':
      case 'live:product:updated':
        this.put(frame.data);
        break;
      case 'live:product:soldout':
        if (!this.isOutdated(frame.data)) this.markSoldOut(frame.data.productId);
        break;
      case 'live:product:deleted':
        this.delete(frame.data.productId);
        break;
      case 'product:low-stock': {
        const { remainingStock, productName } = frame.data;
        if (!this.isOutdated(frame.data)) this.toast(texts.onlyLeftOf(remainingStock, productName));
        break;
      }
      case 'stream:featured-product:updated':
        this.hasRoomPin = true;
        this.feature(frame.data.product ?? null);
        break;
      default: // not about products
    }
  }

  find(id: string): ListedProduct | undefined {
    return this.byId.get(id);
  }

  /** Loads the list if a flash price has ended and its event is overdue. */
  tick(): void {
    const now = serverNow();
    if (![...this.byId.values()].some(({ product }) => isPriceOutdated(product.peek(), now))) {
      this.reloadAt = Number.POSITIVE_INFINITY;
    } else if (this.reloadAt === Number.POSITIVE_INFINITY) {
      this.reloadAt = now + OUTDATED_PRICE_RELOAD_MS * (1 + Math.random());
    } else if (now >= this.reloadAt) this.load();
  }

  /** Replaces the list with a snapshot. A product that has changed since has a higher version and stays. */
  private replace(products: Product[]): void {
    this.isLoading = false;
    this.error.value = undefined;
    const ids = new Set(products.map(({ id }) => id));
    for (const id of this.byId.keys()) if (!ids.has(id)) this.byId.delete(id);
    for (const product of products) this.put(product);
    this.arrange();
    for (const frame of this.bufferedFrames.splice(0)) this.receive(frame);
    this.isLoaded.value = true;
  }

  private put(product: Product): void {
    if (this.deletedIds.has(product.id)) return;
    const known = this.byId.get(product.id);
    if (known && product.version < known.product.peek().version) return;
    if (!known && this.byId.size >= MAX_PRODUCTS) return;
    if (known) {
      const before = known.product.peek();
      known.fullStock = Math.max(known.fullStock, product.stock);
      known.product.value = product;
      if (compareProducts(before, product) !== 0) this.arrange();
      return;
    }
    const fullStock = Math.max(DEFAULT_FULL_STOCK, product.stock);
    this.byId.set(product.id, { id: product.id, product: signal(product), fullStock });
    this.arrange();
  }

  /** Returns true for an event from before the change that the page shows already. */
  private isOutdated({ productId, version }: { productId: string; version: number }): boolean {
    return version < (this.byId.get(productId)?.product.peek().version ?? 0);
  }

  private feature(product: Product | null): void {
    if (product) this.put(product);
    this.featuredId.value = product?.id ?? '';
  }

  private markSoldOut(id: string): void {
    const product = this.byId.get(id)?.product;
    if (!product) return;
    product.value = { ...product.peek(), status: 'SOLD_OUT' };
    this.toast(texts.soldOutToast(product.peek().name));
  }

  private delete(id: string): void {
    this.deletedIds.add(id);
    if (this.deletedIds.size > MAX_PRODUCTS) this.deletedIds.delete(this.deletedIds.values().next().value as string);
    this.byId.delete(id);
    this.arrange();
  }

  private arrange(): void {
    const next = [...this.byId.values()].sort((a, b) => compareProducts(a.product.peek(), b.product.peek()));
    const shown = this.listed.peek();
    if (next.length !== shown.length || next.some((listed, place) => listed !== shown[place])) this.listed.value = next;
  }
}
