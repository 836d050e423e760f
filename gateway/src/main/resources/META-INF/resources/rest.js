// Calls to the REST side. Unwraps the envelope, and tries again where trying again may help.

const PATIENCE = 10_000;

let ahead = 0; // the server's clock minus ours, ms

/** The time by the server's clock: a wrong clock here must not show a wrong time on air. */
export const serverNow = () => Date.now() + ahead;

/** 1 to 10 s, later attempts later, spread so that thousands of pages do not come back in one instant. */
export const backOff = (attempt) => 1000 + Math.random() * (Math.min(10_000, 2000 * 2 ** attempt) - 1000);

async function call(path, options, signals = []) {
  const response = await fetch(path, {
    ...options,
    headers: { Accept: 'application/json', ...options.headers },
    signal: AbortSignal.any([...signals, AbortSignal.timeout(PATIENCE)]),
  });
  const envelope = await response.json().catch(() => ({}));
  if (!response.ok || !envelope.success) {
    const failure = new Error(envelope.message || `The server answered ${response.status}`);
    failure.final = response.status >= 400 && response.status < 500 && response.status !== 429;
    throw failure;
  }
  const then = Date.parse(envelope.timestamp);
  if (then) ahead = then - Date.now();
  return envelope.data;
}

/**
 * Returns a function that loads `path` and hands its data to `show`, trying until it succeeds or can never succeed.
 * `failed` hears of each failure. Calling it again starts over.
 */
export function loader(path, show, failed) {
  let current = new AbortController();
  return async function load() {
    current.abort();
    const { signal } = (current = new AbortController());
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        const data = await call(path, {}, [signal]);
        if (!signal.aborted) show(data);
        return;
      } catch (failure) {
        if (signal.aborted) return;
        failed(failure);
        if (failure.final) return;
      }
      await new Promise((done) => setTimeout(done, backOff(attempt)));
    }
  };
}

/** Does something, and once more where nobody knows whether it was done: with the same idempotency key, it is done once. */
export const post = (path, body, idempotencyKey) => change('POST', path, body, { 'Idempotency-Key': idempotencyKey });

/** The same for what may be done twice. */
export const put = (method, path, body) => change(method, path, body, {});

/** The cookie that another site cannot read is repeated in a header. */
async function change(method, path, body, headers) {
  const csrf = document.cookie.match(/(?:^|; )csrf-token=([^;]+)/)?.[1] ?? '';
  const options = {
    method,
    headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': csrf, ...headers },
    body: JSON.stringify(body),
  };
  try {
    return await call(path, options);
  } catch (failure) {
    if (failure.final) throw failure;
    await new Promise((done) => setTimeout(done, backOff(0)));
    return call(path, options);
  }
}
