/** Our clock was set, or the device has slept, if it differs by more from the monotonic clock than before. */
const CLOCK_CHANGE_MS = 1_000;

let offsetMs = 0; // the server's clock minus ours
let timeOrigin = Number.NaN; // our clock minus the monotonic one, at the time of the offset

/** The time by the server's clock, in milliseconds. A wrong clock here must not show a wrong countdown. */
export const serverNow = (): number => Date.now() + offsetMs;

/**
 * Sets the clock by a timestamp that has just arrived. The largest offset counts until our own clock is set: a timestamp is
 * never too new, but it is too old by the time it took, or by minutes if the browser takes an unchanged answer from its cache
 * (status 304). Ignores a text that is no time.
 */
export function setServerTime(timestamp: string | null | undefined): void {
  const offset = Date.parse(timestamp ?? '') - Date.now();
  const origin = Date.now() - performance.now();
  const isFirst = !(Math.abs(origin - timeOrigin) <= CLOCK_CHANGE_MS);
  if (Number.isNaN(offset) || (!isFirst && offset <= offsetMs)) return;
  offsetMs = offset;
  timeOrigin = origin;
}
