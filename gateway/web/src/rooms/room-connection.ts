import { backOff, sleep } from '../api/back-off';
import type { ClientFrame, EventData, ServerFrame } from './frames';

const REPLY_TIMEOUT_MS = 10_000; // without a reply for this time, the connection counts as dead
const SEND_TIMEOUT_MS = 30_000;
const STABLE_CONNECTION_MS = 10_000; // after a connection of this duration, the back-off starts again
const CHECK_AFTER_HIDDEN_MS = 30_000; // a page that was hidden for longer checks its connection

const CLOSED_PROTOCOL_ERROR = 1002;
const CLOSED_POLICY_VIOLATION = 1008;
const CLOSED_TOO_BIG = 1009;
const CLOSED_SERVICE_RESTART = 1012;

/** `refused` is final: the gateway does not accept this page or its token. */
export type ConnectionState = 'connecting' | 'open' | 'reconnecting' | 'refused';

/** A request that failed. */
export class RequestError extends Error {
  constructor(
    message: string,
    readonly errorCode: string,
    readonly isRetryable: boolean,
    /** The request may have been carried out. */
    readonly isOutcomeUnknown = false,
  ) {
    super(message);
  }
}

export interface RoomListener {
  onState(state: ConnectionState, error?: RequestError): void;
  onFrame(frame: ServerFrame): void;
  /** Called after each join of a room, thus after each reconnect, too. */
  onJoined(room: string): void;
  onJoinRejected(room: string, error: RequestError): void;
  /** The user's token was revoked. The connection goes on as a guest's. */
  onSignedOut(): void;
}

interface Room {
  isJoined: boolean;
  /** Continuations of calls that wait for the join. */
  waiting: Array<() => void>;
}

interface PendingRequest {
  resolve(data: unknown): void;
  reject(error: RequestError): void;
  timer: number;
}

type Request = ClientFrame extends infer F ? (F extends { type: string } ? Omit<F, 'id'> : never) : never;

const noConnection = () => new RequestError('No connection', 'NO_CONNECTION', true, true);

const toError = (data: EventData<'error'>) => new RequestError(data.message, data.errorCode, data.retryable ?? false);

/** The JSON WebSocket protocol, version 1: one connection that joins its rooms again after every network failure. */
export class RoomConnection {
  private readonly rooms: Map<string, Room>;
  private readonly pendingRequests = new Map<string, PendingRequest>();
  private socket: WebSocket | null = null;
  private nextId = 1;
  private attempt = 0;
  private timer = 0;
  private openSince = 0;
  private lastError: RequestError | null = null;
  private state: ConnectionState | '' = '';

  constructor(
    rooms: string[],
    private readonly listener: RoomListener,
  ) {
    this.rooms = new Map(rooms.map((room) => [room, { isJoined: false, waiting: [] }]));
  }

  /** Connects, and stays connected for the life of the page. */
  start(): void {
    addEventListener('online', () => {
      if (this.state === 'reconnecting' && !this.socket) this.connectIn(Math.random() * 1000);
    });
    let hiddenSince = 0;
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) hiddenSince = Date.now();
      else if (Date.now() - hiddenSince > CHECK_AFTER_HIDDEN_MS) this.check();
    });
    this.connect();
  }

  /**
   * Sends a chat message and returns once it is accepted. If the connection breaks, the message is sent again, and its
   * `clientMessageId` keeps it a single message.
   */
  async send(room: string, message: string, clientMessageId: string): Promise<EventData<'chat:send-message:success'>> {
    const deadline = Date.now() + SEND_TIMEOUT_MS;
    for (;;) {
      await this.awaitJoined(room, deadline);
      try {
        return (await this.request({ type: 'send', room, message, clientMessageId })) as never;
      } catch (error) {
        const failure = error as RequestError;
        if (failure.errorCode === 'NOT_A_MEMBER') void this.join(room);
        if (!failure.isOutcomeUnknown) throw failure;
      }
    }
  }

  /** Checks the connection by a join, because a repeated join is harmless. */
  private check(): void {
    const room = this.rooms.keys().next().value;
    if (this.state === 'open' && room) void this.join(room);
  }

  private connect(): void {
    this.setState(this.attempt === 0 && !this.openSince ? 'connecting' : 'reconnecting');
    this.lastError = null;
    const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`);
    this.socket = socket;
    this.timer = window.setTimeout(() => this.onConnectionLost(), 2 * REPLY_TIMEOUT_MS);
    // An abandoned socket may still receive frames, which are ignored.
    socket.onopen = () => {
      if (socket === this.socket) socket.send(JSON.stringify({ type: 'hello', version: 1 }));
    };
    socket.onmessage = (event) => {
      if (socket === this.socket) this.receive(event.data);
    };
    socket.onclose = (event) => {
      if (socket === this.socket) this.onConnectionLost(event.code);
    };
  }

  private connectIn(delayMs: number): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.connect(), delayMs);
  }

  private onConnectionLost(code?: number): void {
    clearTimeout(this.timer);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
    for (const room of this.rooms.values()) room.isJoined = false;
    for (const pending of this.pendingRequests.values()) {
      clearTimeout(pending.timer);
      pending.reject(noConnection());
    }
    this.pendingRequests.clear();

    const isStable = this.state === 'open' && Date.now() - this.openSince > STABLE_CONNECTION_MS;
    if (isStable) this.attempt = 0;
    const isPageOutdated = code === CLOSED_PROTOCOL_ERROR || code === CLOSED_TOO_BIG;
    if (isPageOutdated || (code === CLOSED_POLICY_VIOLATION && this.lastError)) {
      this.setState('refused', this.lastError ?? new RequestError('Load the page again', 'OUTDATED', false));
      return;
    }
    this.setState('reconnecting');
    this.connectIn(code === CLOSED_SERVICE_RESTART && isStable ? Math.random() * 1000 : backOff(this.attempt));
    this.attempt++;
  }

  private receive(text: string): void {
    let frame: ServerFrame & { replyTo?: string };
    try {
      frame = JSON.parse(text);
    } catch {
      return;
    }
    if (frame.event === 'welcome') {
      clearTimeout(this.timer);
      this.openSince = Date.now();
      this.setState('open');
      this.listener.onFrame(frame);
      for (const room of this.rooms.keys()) void this.join(room);
      return;
    }
    const error = frame.event === 'error' && !this.isReply(frame.replyTo) ? toError(frame.data) : null;
    if (error) this.lastError = error;
    this.listener.onFrame(frame);
    if (error?.errorCode === 'UNAUTHORIZED' && this.state === 'open' && !frame.replyTo && !frame.room)
      this.onSignedOut();
    // Completed after the page has handled the frame, because the caller may rely on what the page then shows.
    this.completeRequest(frame);
  }

  /** The gateway has made a guest of this connection and taken it out of its chat rooms, which a guest joins again to read. */
  private onSignedOut(): void {
    this.lastError = null; // it does not explain a later close
    this.listener.onSignedOut();
    for (const [name, room] of this.rooms) {
      if (!name.startsWith('chat:')) continue;
      room.isJoined = false;
      void this.join(name);
    }
  }

  private isReply(id: string | undefined): boolean {
    return id !== undefined && this.pendingRequests.has(id);
  }

  private completeRequest(frame: ServerFrame & { replyTo?: string }): void {
    const pending = this.pendingRequests.get(frame.replyTo ?? '');
    // History is a reply to the join too, but its success completes the join.
    if (!pending || !(frame.event === 'error' || frame.event.endsWith(':success'))) return;
    this.pendingRequests.delete(frame.replyTo ?? '');
    clearTimeout(pending.timer);
    if (frame.event === 'error') pending.reject(toError(frame.data));
    else pending.resolve(frame.data);
  }

  private request(request: Request): Promise<unknown> {
    const socket = this.socket;
    if (this.state !== 'open' || !socket) return Promise.reject(noConnection());
    const id = String(this.nextId++);
    return new Promise((resolve, reject) => {
      const timer = window.setTimeout(() => this.onConnectionLost(), REPLY_TIMEOUT_MS);
      this.pendingRequests.set(id, { resolve, reject, timer });
      socket.send(JSON.stringify({ ...request, id }));
    });
  }

  private async join(name: string): Promise<void> {
    const room = this.rooms.get(name);
    const socket = this.socket;
    if (!room) return;
    for (let attempt = 0; socket === this.socket; attempt++) {
      try {
        await this.request({ type: 'join', room: name });
        const wasJoined = room.isJoined;
        room.isJoined = true;
        for (const proceed of room.waiting.splice(0)) proceed();
        if (!wasJoined) this.listener.onJoined(name);
        return;
      } catch (error) {
        const failure = error as RequestError;
        if (failure.isOutcomeUnknown) return; // the next welcome joins again
        if (!failure.isRetryable) return this.listener.onJoinRejected(name, failure);
        await sleep(backOff(attempt));
      }
    }
  }

  private awaitJoined(name: string, deadline: number): Promise<void> {
    const room = this.rooms.get(name);
    const remainingMs = deadline - Date.now();
    if (!room || remainingMs <= 0 || this.state === 'refused') return Promise.reject(noConnection());
    if (room.isJoined) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        room.waiting = room.waiting.filter((other) => other !== proceed);
        reject(noConnection());
      }, remainingMs);
      const proceed = () => {
        clearTimeout(timer);
        resolve();
      };
      room.waiting.push(proceed);
    });
  }

  private setState(state: ConnectionState, error?: RequestError): void {
    if (state === this.state) return;
    this.state = state;
    this.listener.onState(state, error);
  }
}
