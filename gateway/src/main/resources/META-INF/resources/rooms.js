// The JSON WebSocket protocol, version 1: one connection that rejoins its rooms after every network failure.
import { backOff } from '/rest.js';

const REPLY_TIMEOUT_MS = 10_000; // without a reply for this time, the connection counts as dead
const SEND_TIMEOUT_MS = 30_000;
const STABLE_CONNECTION_MS = 10_000; // after a connection of this duration, the back-off starts again

/** The reason of a failed request. `isOutcomeUnknown`: the request may have been carried out. */
class RequestError extends Error {
  constructor({ errorCode, message, retryable }, isOutcomeUnknown = false) {
    super(message);
    this.errorCode = errorCode;
    this.retryable = retryable ?? false;
    this.isOutcomeUnknown = isOutcomeUnknown;
  }
}

const noConnection = () => new RequestError({ errorCode: 'NO_CONNECTION', message: 'No connection', retryable: true }, true);

export class Rooms {
  #rooms; // name → {joined, waiting}: waiting has the callbacks of a join
  #callbacks;
  #socket = null;
  #pendingRequests = new Map(); // request id → {resolve, reject, timer}
  #nextId = 1;
  #attempt = 0;
  #timer = 0;
  #openSince = 0;
  #lastError = null;
  #state = '';

  /**
   * @param rooms names of rooms; `chat:` rooms are joined only when signed in
   * @param callbacks `state(name, error)` with connecting, open, reconnecting or refused (the last is final);
   *     `event(frame)` for each frame of the gateway; `joined(room)`, also after each reconnect;
   *     `joinRejected(room, error)`
   */
  constructor(rooms, callbacks) {
    this.#rooms = new Map(rooms.map((room) => [room, { joined: false, waiting: [] }]));
    this.#callbacks = callbacks;
    addEventListener('online', () => {
      if (this.#state === 'reconnecting' && !this.#socket) this.#connectIn(Math.random() * 1000);
    });
    this.#connect();
  }

  /**
   * Sends a chat message and returns once it is accepted. If the connection breaks, the message is sent again, and its
   * `clientMessageId` keeps it a single message.
   */
  async send(room, message, clientMessageId) {
    const deadline = Date.now() + SEND_TIMEOUT_MS;
    for (;;) {
      await this.#awaitJoined(room, deadline);
      try {
        return await this.#request({ type: 'send', room, message, clientMessageId });
      } catch (error) {
        if (error.errorCode === 'NOT_A_MEMBER') this.#join(room);
        if (!error.isOutcomeUnknown) throw error;
      }
    }
  }

  /** Checks the connection, for example after a sleep, by a join, because a repeated join is harmless. */
  check() {
    if (this.#state === 'open') this.#join(this.#rooms.keys().next().value);
  }

  #connect() {
    this.#setState(this.#attempt === 0 && !this.#openSince ? 'connecting' : 'reconnecting');
    this.#lastError = null;
    const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`);
    this.#socket = socket;
    this.#timer = setTimeout(() => this.#onConnectionLost(), 2 * REPLY_TIMEOUT_MS);
    // An abandoned socket may still receive frames; ignore them.
    const ifCurrent = (handler) => (event) => socket === this.#socket && handler(event);
    socket.onopen = ifCurrent(() => socket.send(JSON.stringify({ type: 'hello', version: 1 })));
    socket.onmessage = ifCurrent((event) => this.#receive(event.data));
    socket.onclose = ifCurrent((event) => this.#onConnectionLost(event.code));
  }

  #connectIn(delay) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#connect(), delay);
  }

  #onConnectionLost(code) {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    socket.close();
    for (const room of this.#rooms.values()) room.joined = false;
    for (const pending of this.#pendingRequests.values()) {
      clearTimeout(pending.timer);
      pending.reject(noConnection());
    }
    this.#pendingRequests.clear();

    const isStable = this.#state === 'open' && Date.now() - this.#openSince > STABLE_CONNECTION_MS;
    if (isStable) this.#attempt = 0;
    if (code === 1002 || code === 1009 || (code === 1008 && this.#lastError)) {
      const outdated = new RequestError({ message: 'This page is out of date. Load it again.' });
      this.#setState('refused', this.#lastError ?? outdated);
      return;
    }
    this.#setState('reconnecting');
    this.#connectIn(code === 1012 && isStable ? Math.random() * 1000 : backOff(this.#attempt));
    this.#attempt++;
  }

  #receive(text) {
    let frame;
    try {
      frame = JSON.parse(text);
    } catch {
      return;
    }
    if (frame.event === 'welcome') {
      clearTimeout(this.#timer);
      this.#openSince = Date.now();
      this.#setState('open');
      this.#callbacks.event(frame);
      for (const room of this.#rooms.keys()) {
        if (frame.data.authenticated || !room.startsWith('chat:')) this.#join(room);
      }
      return;
    }
    if (frame.event === 'error' && !this.#isReply(frame)) this.#lastError = new RequestError(frame.data ?? {});
    this.#callbacks.event(frame);
    // Completed after the page has handled the frame, because the caller may rely on what the page then shows.
    this.#completeRequest(frame);
  }

  #isReply(frame) {
    return this.#pendingRequests.has(frame.replyTo);
  }

  #completeRequest(frame) {
    const pending = this.#pendingRequests.get(frame.replyTo);
    // History is a reply to the join too, but its success completes the join.
    if (!pending || !(frame.event === 'error' || frame.event.endsWith(':success'))) return;
    this.#pendingRequests.delete(frame.replyTo);
    clearTimeout(pending.timer);
    if (frame.event === 'error') pending.reject(new RequestError(frame.data));
    else pending.resolve(frame.data);
  }

  #request(request) {
    if (this.#state !== 'open') return Promise.reject(noConnection());
    const id = String(this.#nextId++);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#onConnectionLost(), REPLY_TIMEOUT_MS);
      this.#pendingRequests.set(id, { resolve, reject, timer });
      this.#socket.send(JSON.stringify({ ...request, id }));
    });
  }

  async #join(name) {
    const room = this.#rooms.get(name);
    const socket = this.#socket;
    for (let attempt = 0; socket === this.#socket; attempt++) {
      try {
        await this.#request({ type: 'join', room: name });
        const wasJoined = room.joined;
        room.joined = true;
        for (const proceed of room.waiting.splice(0)) proceed();
        if (!wasJoined) this.#callbacks.joined(name);
        return;
      } catch (error) {
        if (error.isOutcomeUnknown) return; // the next welcome joins again
        if (!error.retryable) return this.#callbacks.joinRejected(name, error);
        await new Promise((done) => setTimeout(done, backOff(attempt)));
      }
    }
  }

  #awaitJoined(name, deadline) {
    const room = this.#rooms.get(name);
    const remainingMs = deadline - Date.now();
    if (remainingMs <= 0 || this.#state === 'refused') return Promise.reject(noConnection());
    if (room.joined) return Promise.resolve();
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

  #setState(state, error) {
    if (state === this.#state) return;
    this.#state = state;
    this.#callbacks.state(state, error);
  }
}
