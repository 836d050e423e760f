import { signal } from '@preact/signals';
import { serverNow } from '../api/clock';

/** The time by the server's clock in milliseconds, once a second. */
export const now = signal(serverNow());

/** Starts `now`, for the life of the page. */
export function startClock(): void {
  setInterval(() => {
    now.value = serverNow();
  }, 1000);
}
