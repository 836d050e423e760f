import { signal } from '@preact/signals';
import { type ApiError, Loader } from '../../api/client';
import type { ServerFrame } from '../../rooms/frames';
import type { RoomKind, StudioListener } from '../studio-room';
import type { ShowOrder, ShowOrderPage } from '../wire';

const PAGE_SIZE = 50;
/** The page keeps this many orders: the record of the show has the sums of all. */
const MAX_ORDERS = 500;

/** The orders with products of a show, the newest first, as they come and are paid. */
export class ShowOrders implements StudioListener {
  /** Undefined until the list has been loaded or an order has come. */
  readonly orders = signal<readonly ShowOrder[] | undefined>(undefined);
  readonly error = signal<ApiError | undefined>(undefined);
  readonly hasMore = signal(false);
  /** The number of orders that came since the list was last looked at. */
  readonly unseen = signal(0);

  private readonly byId = new Map<string, ShowOrder>();
  private pages = 0;
  private loader: Loader<ShowOrderPage> | undefined;

  constructor(private readonly streamKey: string) {}

  /** Loads the newest orders, after each join: every later change arrives as an event. */
  load(): void {
    this.loadPage(1);
  }

  loadMore(): void {
    this.loadPage(this.pages + 1);
  }

  onJoined(room: RoomKind): void {
    if (room === 'stream') this.load();
  }

  receive(frame: ServerFrame): void {
    if (frame.event !== 'show:order' || frame.data.streamKey !== this.streamKey) return;
    const { order } = frame.data;
    if (!this.byId.has(order.id)) this.unseen.value++;
    this.put(order);
    this.show();
  }

  markSeen(): void {
    this.unseen.value = 0;
  }

  private loadPage(page: number): void {
    this.loader?.stop();
    this.loader = new Loader(
      `/api/streaming/key/${this.streamKey}/orders?page=${page}&limit=${PAGE_SIZE}`,
      ({ orders, totalPages }) => {
        this.error.value = undefined;
        this.pages = Math.max(page, this.pages);
        for (const order of orders) this.put(order);
        this.hasMore.value = this.pages < totalPages && this.byId.size < MAX_ORDERS;
        this.show();
      },
      (error) => {
        this.error.value = error;
      },
    );
    void this.loader.load();
  }

  /** Keeps the newer of two states: an order is paid or cancelled once, so that an unpaid one is older. */
  private put(order: ShowOrder): void {
    const known = this.byId.get(order.id);
    if (known && known.status !== 'PENDING_PAYMENT' && order.status === 'PENDING_PAYMENT') return;
    this.byId.set(order.id, order);
  }

  private show(): void {
    const sorted = [...this.byId.values()].sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt));
    for (const { id } of sorted.splice(MAX_ORDERS)) this.byId.delete(id);
    this.orders.value = sorted;
  }
}
