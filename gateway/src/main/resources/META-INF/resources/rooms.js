// The JSON WebSocket protocol, version 1: one connection that stays in its rooms whatever happens to the network.
import { backOff } from '/rest.js';

const ANSWER_WITHIN = 10_000; // A request without an answer for so long: the connection is dead and does not know it.
const SEND_WITHIN = 30_000;
const STEADY = 10_000; // A connection that held so long was a good one: the next back-off starts from the beginning.

/** Why a request failed. `lost`: nobody knows whether it was carried out. */
class Refusal extends Error {
  constructor({ errorCode, message, retryable }, lost = false) {
    super(message);
    this.errorCode = errorCode;
    this.retryable = retryable ?? false;
    this.lost = lost;
  }
}

const noConnection = () => new Refusal({ errorCode: 'NO_CONNECTION', message: 'No connection', retryable: true }, true);

export class Rooms {
  #rooms; // name → {joined, waiting}: waiting holds what to call once joined
  #on;
  #socket = null;
  #asked = new Map(); // request id → {resolve, reject, timer}
  #nextId = 1;
  #attempt = 0;
  #timer = 0;
  #openSince = 0;
  #refusal = null;
  #state = '';

  /**
   * @param rooms names of rooms; `chat:` rooms are joined only when signed in
   * @param on `state(name, message)` with connecting, open, reconnecting or refused (the last one for good); `event(frame)`
   *     for everything the gateway says; `joined(room)`, also after each reconnect; `joinRefused(room, refusal)`
   */
  constructor(rooms, on) {
    this.#rooms = new Map(rooms.map((room) => [room, { joined: false, waiting: [] }]));
    this.#on = on;
    addEventListener('online', () => {
      if (this.#state === 'reconnecting' && !this.#socket) this.#connectIn(Math.random() * 1000);
    });
    this.#connect();
  }

  /**
   * Sends a chat message and returns once it is accepted. A connection that breaks meanwhile does not matter: the
   * message goes again, and its `clientMessageId` keeps it from being two.
   */
  async send(room, message, clientMessageId) {
    const deadline = Date.now() + SEND_WITHIN;
    for (;;) {
      await this.#joined(room, deadline);
      try {
        return await this.#ask({ type: 'send', room, message, clientMessageId });
      } catch (refusal) {
        if (refusal.errorCode === 'NOT_A_MEMBER') this.#join(room);
        if (!refusal.lost) throw refusal;
      }
    }
  }

  /** Finds out whether the connection still works, as after a sleep. Joining twice is harmless, so that is the question. */
  check() {
    if (this.#state === 'open') this.#join(this.#rooms.keys().next().value);
  }

  #connect() {
    this.#say(this.#attempt === 0 && !this.#openSince ? 'connecting' : 'reconnecting');
    this.#refusal = null;
    const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`);
    this.#socket = socket;
    this.#timer = setTimeout(() => this.#lost(), 2 * ANSWER_WITHIN);
    // A socket given up may still speak; it is no longer ours.
    const ours = (handler) => (event) => socket === this.#socket && handler(event);
    socket.onopen = ours(() => socket.send(JSON.stringify({ type: 'hello', version: 1 })));
    socket.onmessage = ours((event) => this.#receive(event.data));
    socket.onclose = ours((event) => this.#lost(event.code));
  }

  #connectIn(delay) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#connect(), delay);
  }

  #lost(code) {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    socket.close();
    for (const room of this.#rooms.values()) room.joined = false;
    for (const asked of this.#asked.values()) {
      clearTimeout(asked.timer);
      asked.reject(noConnection());
    }
    this.#asked.clear();

    const steady = this.#state === 'open' && Date.now() - this.#openSince > STEADY;
    if (steady) this.#attempt = 0;
    if (code === 1002 || code === 1009 || (code === 1008 && this.#refusal)) {
      this.#say('refused', this.#refusal ?? new Refusal({ message: 'This page is out of date. Load it again.' }));
      return;
    }
    this.#say('reconnecting');
    this.#connectIn(code === 1012 && steady ? Math.random() * 1000 : backOff(this.#attempt));
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
      this.#say('open');
      this.#on.event(frame);
      for (const room of this.#rooms.keys()) {
        if (frame.data.authenticated || !room.startsWith('chat:')) this.#join(room);
      }
      return;
    }
    if (frame.event === 'error' && !this.#answered(frame)) this.#refusal = new Refusal(frame.data ?? {});
    this.#on.event(frame);
    // After the page has heard it: what waits for the answer may rely on what the page then shows.
    this.#answer(frame);
  }

  #answered(frame) {
    return this.#asked.has(frame.replyTo);
  }

  #answer(frame) {
    const asked = this.#asked.get(frame.replyTo);
    // History answers a join as well, but the answer that ends it is the success.
    if (!asked || !(frame.event === 'error' || frame.event.endsWith(':success'))) return;
    this.#asked.delete(frame.replyTo);
    clearTimeout(asked.timer);
    if (frame.event === 'error') asked.reject(new Refusal(frame.data));
    else asked.resolve(frame.data);
  }

  #ask(request) {
    if (this.#state !== 'open') return Promise.reject(noConnection());
    const id = String(this.#nextId++);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#lost(), ANSWER_WITHIN);
      this.#asked.set(id, { resolve, reject, timer });
      this.#socket.send(JSON.stringify({ ...request, id }));
    });
  }

  async #join(name) {
    const room = this.#rooms.get(name);
    const socket = this.#socket;
    for (let attempt = 0; socket === this.#socket; attempt++) {
      try {
        await this.#ask({ type: 'join', room: name });
        const again = room.joined;
        room.joined = true;
        for (const proceed of room.waiting.splice(0)) proceed();
        if (!again) this.#on.joined(name);
        return;
      } catch (refusal) {
        if (refusal.lost) return; // The next welcome joins again.
        if (!refusal.retryable) return this.#on.joinRefused(name, refusal);
        await new Promise((done) => setTimeout(done, backOff(attempt)));
      }
    }
  }

  #joined(name, deadline) {
    const room = this.#rooms.get(name);
    const left = deadline - Date.now();
    if (left <= 0 || this.#state === 'refused') return Promise.reject(noConnection());
    if (room.joined) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        room.waiting = room.waiting.filter((other) => other !== proceed);
        reject(noConnection());
      }, left);
      const proceed = () => {
        clearTimeout(timer);
        resolve();
      };
      room.waiting.push(proceed);
    });
  }

  #say(state, refusal) {
    if (state === this.#state) return;
    this.#state = state;
    this.#on.state(state, refusal);
  }
}
