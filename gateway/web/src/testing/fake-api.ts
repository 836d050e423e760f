import { vi } from 'vitest';

interface Call {
  method: string;
  path: string;
  body: unknown;
  idempotencyKey: string | undefined;
}

/** A reply that is not a success. */
export class Refusal {
  constructor(
    readonly status: number,
    readonly errorCode: string,
    readonly message = '',
  ) {}
}

/** The server is not reached, or its reply is lost. */
export const NO_REPLY = Symbol('no reply');

type Reply = unknown | Refusal | typeof NO_REPLY;

/** The REST API for tests: replaces `fetch`, records the calls, and answers in the envelope. */
export class FakeApi {
  readonly calls: Call[] = [];
  private readonly replies = new Map<string, (body: unknown) => Reply | Promise<Reply>>();

  constructor() {
    vi.stubGlobal('document', { cookie: '', hidden: false, addEventListener: () => {} });
    vi.stubGlobal('fetch', (path: string, options: RequestInit) => this.answer(path, options));
  }

  /** Sets the reply to a call, whose query is part of the path. */
  on(method: string, path: string, reply: (body: unknown) => Reply | Promise<Reply>): this {
    this.replies.set(`${method} ${path}`, reply);
    return this;
  }

  callsOf(method: string, path: string): Call[] {
    return this.calls.filter((call) => call.method === method && call.path === path);
  }

  private async answer(path: string, { method = 'GET', body, headers }: RequestInit): Promise<Response> {
    const call: Call = {
      method,
      path,
      body: typeof body === 'string' ? JSON.parse(body) : undefined,
      idempotencyKey: new Headers(headers).get('Idempotency-Key') ?? undefined,
    };
    this.calls.push(call);
    const reply = await this.replies.get(`${method} ${path}`)?.(call.body);
    if (reply === NO_REPLY) throw new TypeError('no reply');
    const timestamp = new Date().toISOString();
    if (reply instanceof Refusal || reply === undefined) {
      const { status, errorCode, message } = reply ?? new Refusal(404, 'NOT_FOUND', `${method} ${path}`);
      return Response.json({ success: false, errorCode, message, timestamp }, { status });
    }
    return Response.json({ success: true, data: reply, timestamp });
  }
}

/** Lets calls and their continuations run, without letting time pass. */
export const settle = () => vi.advanceTimersByTimeAsync(0);
