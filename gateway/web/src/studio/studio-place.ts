import { signal } from '@preact/signals';

/** Reads the place within a page from its address: `#products/new` is `['products', 'new']`. */
export const readPlace = (hash: string): readonly string[] => hash.replace(/^#/, '').split('/').filter(Boolean);

/** The place that the page shows. Links change it, and the back button leads to the place before. */
export const place = signal<readonly string[]>([]);

/** Follows the address, for the life of the page. */
export function followAddress(): void {
  const update = () => {
    place.value = readPlace(location.hash);
    scrollTo(0, 0);
  };
  addEventListener('hashchange', update);
  update();
}

/** Leaves a form for another place. The form leaves the history, so that the back button does not open it again. */
export const leaveTo = (hash: string): void => location.replace(`#${hash}`);
