import { computed, signal } from '@preact/signals';
import { type ApiError, change, changeOnce } from '../../api/client';
import { serverNow } from '../../api/clock';
import { errorText } from '../../i18n/errors';
import type { ServerFrame } from '../../rooms/frames';
import type { Product } from '../../shop/product';
import { type ListedProduct, ProductList } from '../../shop/product-list';
import type { RoomKind, StudioListener } from '../studio-room';
import { type ProductDraft, toNewProduct, toProductChange } from './product-draft';
import { texts } from './texts';

/** The events of an accepted order arrive within this time. */
const ORDER_SETTLING_MS = 5_000;
const MAX_SORT_ORDER = 10_000;

/** The products of a show and the seller's changes to them. */
export class ShowProducts implements StudioListener {
  readonly list: ProductList;
  /** The ids of products that are being changed. */
  readonly busy = signal<ReadonlySet<string>>(new Set());
  /** In the seller's order, which a move changes at once. */
  readonly rows = computed((): readonly ListedProduct[] => {
    const listed = this.list.listed.value;
    const ids = this.movedIds.value;
    if (!ids) return listed;
    const place = new Map(ids.map((id, index) => [id, index]));
    return [...listed].sort((a, b) => (place.get(a.id) ?? ids.length) - (place.get(b.id) ?? ids.length));
  });

  private readonly movedIds = signal<readonly string[] | undefined>(undefined);
  private isSendingOrder = false;
  private settlingTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly streamKey: string,
    private readonly toast: (text: string) => void,
  ) {
    this.list = new ProductList(streamKey, () => {}); // The seller sees the stock; toasts about it would hide the page.
  }

  /** Follows the ends of flash prices, and returns the function that stops it. */
  start(): () => void {
    const timer = setInterval(() => document.hidden || this.list.tick(), 1000);
    return () => clearInterval(timer);
  }

  load(): void {
    this.list.load();
  }

  receive(frame: ServerFrame): void {
    this.list.receive(frame);
  }

  onJoined(room: RoomKind): void {
    if (room === 'shop') this.list.load();
  }

  /** Adds a product at the end of the list. Throws if the service refuses it. */
  async create(draft: ProductDraft): Promise<void> {
    const last = this.list.listed.peek().at(-1)?.product.peek().sortOrder ?? -1;
    const body = toNewProduct(this.streamKey, draft, Math.min(MAX_SORT_ORDER, last + 1));
    await changeOnce('POST', '/api/products', body);
  }

  /** Throws if the service refuses the change. */
  async save(product: Product, draft: ProductDraft): Promise<void> {
    const body = toProductChange(draft, product);
    if (Object.keys(body).length > 0) await changeOnce('PATCH', `/api/products/${product.id}`, body);
  }

  /** Adds units, or takes them away. */
  adjustStock(product: Product, units: number): Promise<void> {
    return this.carryOut(product.id, () =>
      changeOnce('PATCH', `/api/products/${product.id}/stock`, { quantity: units }),
    );
  }

  setSoldOut(product: Product, isSoldOut: boolean): Promise<void> {
    const path = `/api/products/${product.id}`;
    return this.carryOut(product.id, () =>
      isSoldOut ? change('PATCH', `${path}/sold-out`) : change('PATCH', path, { status: 'AVAILABLE' }),
    );
  }

  startFlashPrice(product: Product, flashPrice: number, minutes: number): Promise<void> {
    const flashEndsAt = new Date(serverNow() + minutes * 60_000).toISOString();
    return this.carryOut(product.id, () => change('PATCH', `/api/products/${product.id}`, { flashPrice, flashEndsAt }));
  }

  /** Ends the flash price: its time becomes now. */
  endFlashPrice(product: Product): Promise<void> {
    const flashEndsAt = new Date(serverNow()).toISOString();
    return this.carryOut(product.id, () => change('PATCH', `/api/products/${product.id}`, { flashEndsAt }));
  }

  /** Shows a product in the room, or none. */
  pin(product: Product, isPinned: boolean): Promise<void> {
    const path = `/api/streaming/${this.streamKey}/featured-product`;
    return this.carryOut(product.id, () =>
      isPinned ? change('POST', path, { productId: product.id }) : change('PATCH', `${path}/clear`, {}),
    );
  }

  /** Returns true if the product is deleted. */
  async delete(product: Product): Promise<boolean> {
    let isDeleted = false;
    await this.carryOut(product.id, async () => {
      await change('DELETE', `/api/products/${product.id}`);
      isDeleted = true;
    });
    return isDeleted;
  }

  /** Moves a product up or down by one place. The order is sent when the one before has been accepted. */
  move(id: string, step: -1 | 1): void {
    const ids = this.rows.peek().map((row) => row.id);
    const from = ids.indexOf(id);
    const to = from + step;
    const other = ids[to];
    if (from < 0 || other === undefined) return;
    [ids[from], ids[to]] = [other, id];
    this.movedIds.value = ids;
    void this.sendOrder();
  }

  private async sendOrder(): Promise<void> {
    if (this.isSendingOrder) return;
    clearTimeout(this.settlingTimer);
    this.isSendingOrder = true;
    let sent: readonly string[] | undefined;
    try {
      while (sent !== this.movedIds.peek()) {
        sent = this.movedIds.peek();
        await change('PATCH', '/api/products/reorder', { ids: sent });
      }
      this.settlingTimer = setTimeout(() => {
        this.movedIds.value = undefined;
      }, ORDER_SETTLING_MS);
    } catch (error) {
      this.movedIds.value = undefined;
      this.toast(texts.notMoved(errorText(error as ApiError)));
    } finally {
      this.isSendingOrder = false;
    }
  }

  private async carryOut(id: string, action: () => Promise<unknown>): Promise<void> {
    if (this.busy.peek().has(id)) return;
    this.busy.value = new Set(this.busy.peek()).add(id);
    try {
      await action();
    } catch (error) {
      this.toast(errorText(error as ApiError));
    } finally {
      const others = new Set(this.busy.peek());
      others.delete(id);
      this.busy.value = others;
    }
  }
}
