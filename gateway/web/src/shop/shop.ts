import { computed, signal } from '@preact/signals';
import { type ApiError, change } from '../api/client';
import { errorText } from '../i18n/errors';
import type { ServerFrame } from '../rooms/frames';
import { now } from '../ui/now';
import { availability, type Choice, chooseOptions, hasOptions, isPriceOutdated, type Product } from './product';
import { type ListedProduct, ProductList } from './product-list';
import { Purchases } from './purchases';

/** Time after which the page loads its data even if the connection does not open. */
const LOAD_DELAY_MS = 2_000;

interface ShopCallbacks {
  /** Shows a short message. */
  toast(text: string): void;
  /** A guest wants to buy. */
  requestSignIn(): void;
}

/** The action of a product's button. `none`: the sale has ended. */
export type Offer = 'add' | 'choose' | 'show' | 'wait' | 'leave' | 'none';

/** The shop of a show: products, the sheet with one of them, and what the user buys. */
export class Shop {
  readonly products: ProductList;
  readonly purchases: Purchases;
  readonly isHost = signal(false);
  readonly featured = computed((): ListedProduct | undefined => {
    const id = this.products.featuredId.value;
    return this.products.listed.value.find((listed) => listed.id === id);
  });
  /** The product in the sheet. */
  readonly opened = computed((): ListedProduct | undefined => {
    const id = this.openedId.value;
    return this.products.listed.value.find((listed) => listed.id === id);
  });

  private readonly openedId = signal('');
  private readonly choices = signal<ReadonlyMap<string, Choice>>(new Map());
  private readonly isSignedIn = signal(false);
  private loadTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly streamKey: string,
    private readonly callbacks: ShopCallbacks,
  ) {
    this.products = new ProductList(streamKey, callbacks.toast);
    this.purchases = new Purchases(callbacks.toast);
  }

  /** Starts the refreshes, for the life of the page. */
  start(): void {
    this.loadTimer = setTimeout(() => this.load(), LOAD_DELAY_MS);
    setInterval(() => {
      if (document.hidden) return; // a hidden page sends no requests
      this.products.tick();
      this.purchases.tick();
    }, 1000);
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) this.purchases.onPageShown();
    });
  }

  /** Loads the products. To be called after each join of the shop's room. */
  load(): void {
    clearTimeout(this.loadTimer);
    this.products.load();
  }

  /** Takes the frames of products and purchases, and ignores others. */
  receive(frame: ServerFrame): void {
    switch (frame.event) {
      case 'live:product:added':
      case 'live:product:updated':
      case 'live:product:soldout':
      case 'live:product:deleted':
      case 'stream:featured-product:updated':
      case 'product:low-stock':
        this.products.receive(frame);
        break;
      case 'order:purchase:notification':
        this.purchases.onPurchaseAnnounced();
        this.callbacks.toast(frame.data.message);
        break;
      case 'reservation:promoted':
        this.purchases.onPromoted(frame.data);
        break;
      default: // of another feature, or newer than this page
    }
  }

  setSignedIn(isSignedIn: boolean): void {
    this.isSignedIn.value = isSignedIn;
    this.purchases.setSignedIn(isSignedIn);
  }

  /** Sets whether the user is the host, who pins products and does not buy. */
  setHost(isHost: boolean): void {
    this.isHost.value = isHost;
  }

  open(productId: string): void {
    this.openedId.value = productId;
  }

  close(): void {
    this.openedId.value = '';
  }

  choiceOf(product: Product): Choice {
    return chooseOptions(product, this.choices.value.get(product.id));
  }

  choose(choice: Choice): void {
    this.choices.value = new Map(this.choices.peek()).set(choice.productId, choice);
  }

  /** The action that a product's button in the list offers; the sheet's button offers it for the choice that it shows. */
  offerOf(product: Product, choice?: Choice): Offer {
    const { isHeld, position } = this.purchases.purchaseOf(product.id, choice);
    if (isHeld) return 'show';
    if (position) return 'leave';
    const state = availability(product, now.value);
    if (state === 'ended') return 'none';
    if (state === 'sold-out') return 'wait';
    return hasOptions(product) && !choice ? 'choose' : 'add';
  }

  /** Carries out what a product's button offers. */
  take(offer: Offer, product: Product): void {
    const isForGuests = offer === 'choose' || offer === 'none';
    if (!isForGuests && !this.isSignedIn.peek()) this.callbacks.requestSignIn();
    else this.carryOut(offer, product);
  }

  private carryOut(offer: Offer, product: Product): void {
    switch (offer) {
      case 'none':
        break;
      case 'choose':
        this.open(product.id);
        break;
      case 'show':
        this.close();
        this.purchases.isOpen.value = true;
        break;
      case 'wait':
        void this.purchases.wait(product.id);
        break;
      case 'leave':
        void this.purchases.stopWaiting(product.id);
        break;
      case 'add':
        // The user buys at the price that the page shows.
        if (!isPriceOutdated(product, now.peek())) void this.purchases.add(this.choiceOf(product));
        break;
    }
  }

  /** Shows a product in the room, or none. */
  async pin(product: Product | null): Promise<void> {
    const path = `/api/streaming/${this.streamKey}/featured-product`;
    try {
      if (product) await change('POST', path, { productId: product.id });
      else await change('PATCH', `${path}/clear`, {});
    } catch (error) {
      this.callbacks.toast(errorText(error as ApiError));
    }
  }
}
