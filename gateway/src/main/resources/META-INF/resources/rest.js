// Calls to the REST API. Unwraps the response envelope and retries if a retry may help.

const REQUEST_TIMEOUT_MS = 10_000;

let clockOffsetMs = 0; // the server's clock minus ours

/** The time by the server's clock, because a wrong clock here must not show a wrong time on air. */
export const serverNow = () => Date.now() + clockOffsetMs;

/**
 * Delay before a retry: 1 to 10 s, longer for later attempts, and spread so that thousands of pages do not reconnect at
 * once.
 */
export const backOff = (attempt) => 1000 + Math.random() * (Math.min(10_000, 2000 * 2 ** attempt) - 1000);

async function call(path, options, signals = []) {
  const response = await fetch(path, {
    ...options,
    headers: { Accept: 'application/json', ...options.headers },
    signal: AbortSignal.any([...signals, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
  });
  const envelope = await response.json().catch(() => ({}));
  if (!response.ok || !envelope.success) {
    const failure = new Error(envelope.message || `The server answered ${response.status}`);
    failure.isFinal = response.status >= 400 && response.status < 500 && response.status !== 429;
    throw failure;
  }
  const serverTime = Date.parse(envelope.timestamp);
  if (serverTime) clockOffsetMs = serverTime - Date.now();
  return envelope.data;
}

/**
 * Returns a function that loads `path` and passes its data to `onData`. Retries until the request succeeds or can never
 * succeed, and calls `onFailure` for each failure. A further call starts over.
 */
export function loader(path, onData, onFailure) {
  let current = new AbortController();
  return async function load() {
    current.abort();
    const { signal } = (current = new AbortController());
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        const data = await call(path, {}, [signal]);
        if (!signal.aborted) onData(data);
        return;
      } catch (failure) {
        if (signal.aborted) return;
        onFailure(failure);
        if (failure.isFinal) return;
      }
      await new Promise((done) => setTimeout(done, backOff(attempt)));
    }
  };
}

/** Sends a change and repeats it once if its outcome is unknown. The idempotency key makes the repeat harmless. */
export const post = (path, body, idempotencyKey) => change('POST', path, body, { 'Idempotency-Key': idempotencyKey });

/** The same for changes that may be applied twice; a DELETE has no body. */
export const put = (method, path, body) => change(method, path, body, {});

/** Sends the CSRF cookie, which another site cannot read, in a header, too. */
async function change(method, path, body, headers) {
  const csrf = document.cookie.match(/(?:^|; )csrf-token=([^;]+)/)?.[1] ?? '';
  const options = {
    method,
    headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': csrf, ...headers },
    body: JSON.stringify(body), // none if undefined
  };
  try {
    return await call(path, options);
  } catch (failure) {
    if (failure.isFinal) throw failure;
    await new Promise((done) => setTimeout(done, backOff(0)));
    return call(path, options);
  }
}
