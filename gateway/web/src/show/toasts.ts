import { type ReadonlySignal, signal } from '@preact/signals';

const SHOWN_MS = 4_000;

/** A short message over the picture. A newer one replaces it. */
export class Toasts {
  private readonly shown = signal('');
  private readonly visible = signal(false);
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** The last message, which stays while it fades. */
  get text(): ReadonlySignal<string> {
    return this.shown;
  }

  get isVisible(): ReadonlySignal<boolean> {
    return this.visible;
  }

  readonly show = (text: string): void => {
    this.shown.value = text;
    this.visible.value = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.visible.value = false;
    }, SHOWN_MS);
  };
}
