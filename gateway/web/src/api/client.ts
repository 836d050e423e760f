import { backOff, sleep } from './back-off';
import { setServerTime } from './clock';

/** Longer than the gateway waits for a service (15 s), so that the page shows the gateway's own error. */
const REQUEST_TIMEOUT_MS = 20_000;

export type ChangeMethod = 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A call that failed. `errorCode` is empty if the server could not be reached or did not answer in its envelope. */
export class ApiError extends Error {
  constructor(
    message: string,
    readonly errorCode: string,
    /** The outcome is known, and a retry would have the same one. */
    readonly isFinal: boolean,
  ) {
    super(message);
  }
}

interface Envelope {
  success?: boolean;
  data?: unknown;
  errorCode?: string;
  message?: string;
  timestamp?: string;
}

async function call<T>(path: string, options: RequestInit, signals: AbortSignal[] = []): Promise<T> {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), REQUEST_TIMEOUT_MS);
  for (const signal of signals) signal.addEventListener('abort', () => timeout.abort(), { once: true });
  try {
    const response = await fetch(path, {
      ...options,
      headers: { Accept: 'application/json', ...options.headers },
      signal: timeout.signal,
    });
    const envelope: Envelope = await response.json().catch(() => ({}));
    if (!response.ok || !envelope.success) {
      const isFinal = response.status >= 400 && response.status < 500 && response.status !== 429;
      const message = envelope.message ?? `The server answered ${response.status}`;
      throw new ApiError(message, envelope.errorCode ?? '', isFinal);
    }
    setServerTime(envelope.timestamp);
    setServerTime(response.headers.get('Date')); // newer than the body of an answer that the browser had cached
    return envelope.data as T;
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ApiError('The server cannot be reached', '', false);
  } finally {
    clearTimeout(timer);
  }
}

/** Loads the data of `path` once. */
export const get = <T>(path: string): Promise<T> => call<T>(path, {});

/**
 * Loads `path`, passes its data to `onData`, and retries until the call succeeds or can never succeed. A further load
 * starts over, and the answers of earlier ones are ignored.
 */
export class Loader<T> {
  private current = new AbortController();

  constructor(
    private readonly path: string,
    private readonly onData: (data: T) => void,
    private readonly onFailure: (error: ApiError) => void = () => {},
  ) {}

  async load(): Promise<void> {
    this.stop();
    this.current = new AbortController();
    const { signal } = this.current;
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        const data = await call<T>(this.path, {}, [signal]);
        if (!signal.aborted) this.onData(data);
        return;
      } catch (error) {
        if (signal.aborted) return;
        this.onFailure(error as ApiError);
        if ((error as ApiError).isFinal) return;
      }
      await sleep(backOff(attempt));
    }
  }

  stop(): void {
    this.current.abort();
  }
}

/**
 * Sends a change and repeats it once if its outcome is unknown: the caller passes an idempotency key, or the change may be
 * applied twice. A DELETE has no body.
 */
export async function change<T>(
  method: ChangeMethod,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<T> {
  try {
    return await changeOnce<T>(method, path, body, headers);
  } catch (error) {
    if ((error as ApiError).isFinal) throw error;
    await sleep(backOff(0));
    return changeOnce<T>(method, path, body, headers);
  }
}

/**
 * Sends a change that must not be applied twice and has no idempotency key: the user decides if it is repeated. The CSRF
 * cookie, which another site cannot read, is sent in a header, too.
 */
export function changeOnce<T>(
  method: ChangeMethod,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<T> {
  return call<T>(path, {
    method,
    headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': csrfToken(), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/** The token of a person who has signed in; empty for a guest. The cookie of the sign-in itself is hidden from pages. */
export const csrfToken = (): string => document.cookie.match(/(?:^|; )csrf-token=([^;]+)/)?.[1] ?? '';

/** A random id for an intent or a message. `randomUUID` exists only on https and localhost; a phone on the LAN has neither. */
export const newId = (): string =>
  Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join('-');
