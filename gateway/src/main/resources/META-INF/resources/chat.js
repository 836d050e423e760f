// The chat list: what was said, and what this visitor is saying.
import { count, el, tone } from '/ui.js';

const MOST = 300; // rows in the page
const NEAR = 48; // px from the bottom that still count as reading along
const FORGET = 200; // deleted ids kept, so that a straggler does not bring a message back
const clock = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

export class Chat {
  me = ''; // the visitor's user id, once known
  #log;
  #newer;
  #rows = new Map(); // key → row, oldest first; the key is the message's id, or the client's for one under way
  #arriving = document.createDocumentFragment(); // rows that the next frame shows: one layout for a burst, not one each
  #deleted = new Set();
  #scheduled = false;
  #following = true;
  #unread = 0;

  constructor(log, newer) {
    this.#log = log;
    this.#newer = newer;
    log.addEventListener('scroll', () => {
      this.#following = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR;
      if (this.#following) this.#read();
    }, { passive: true });
    newer.addEventListener('click', () => {
      this.follow();
      log.focus({ preventScroll: true });
    });
    // The keyboard of a phone, or a turned phone: who read along still does.
    new ResizeObserver(() => this.#following && this.#toBottom()).observe(log);
  }

  /** The last messages, after a join. Also tells what was deleted while the connection was away. */
  history(messages) {
    if (messages.length === 0) return;
    const known = new Set(messages.map((message) => message.id));
    const first = Date.parse(messages[0].timestamp);
    const last = Date.parse(messages.at(-1).timestamp);
    for (const [key, row] of this.#rows) {
      if (row.time && row.time >= first && row.time <= last && !known.has(key)) this.#drop(key);
    }
    // A hundred old messages are not news: no screen reader should read them out.
    this.#log.ariaLive = 'off';
    for (const message of messages) this.add(message, false);
    setTimeout(() => (this.#log.ariaLive = 'polite'), 1000);
  }

  add(message, news = true) {
    if (this.#rows.has(message.id) || this.#deleted.has(message.id)) return;
    const mine = message.userId === this.me;
    // The room's order counts: a message of one's own moves from where it was typed to where it was heard. Only of one's
    // own: others choose their clientMessageId freely, and must not push anybody's row out with it.
    const confirms = mine && this.#rows.has(message.clientMessageId);
    if (confirms) this.#drop(message.clientMessageId);
    const row = this.#row(message, mine ? 'mine' : '');
    row.time = Date.parse(message.timestamp);
    this.#put(message.id, row, news && !confirms);
  }

  delete(id) {
    this.#drop(id);
    this.#deleted.add(id);
    if (this.#deleted.size > FORGET) this.#deleted.delete(this.#deleted.values().next().value);
  }

  /** Shows a message at once, before anybody else has it. */
  pending(clientMessageId, message) {
    const row = this.#row({ userId: this.me, message }, 'mine pending');
    this.#drop(clientMessageId);
    this.#put(clientMessageId, row, false);
    this.follow();
  }

  /** Accepted under this id, though the room's own message may not have come (or has come already). */
  confirm(clientMessageId, id, timestamp) {
    const row = this.#rows.get(clientMessageId);
    if (!row) return;
    this.#rows.delete(clientMessageId);
    if (this.#rows.has(id)) return row.remove();
    row.classList.remove('pending');
    row.time = Date.parse(timestamp);
    this.#rows.set(id, row);
  }

  /** Not accepted. `retry` is what the button does; without one there is only the reason. */
  fail(clientMessageId, reason, retry) {
    const row = this.#rows.get(clientMessageId);
    if (!row) return;
    row.classList.replace('pending', 'failed');
    const note = el('span', 'failure', reason, ' ');
    note.setAttribute('role', 'alert');
    const button = el('button', 'text-button', retry ? 'Try again' : 'Remove');
    button.type = 'button';
    button.addEventListener('click', () => (retry ? retry() : this.#drop(clientMessageId)));
    note.append(button);
    row.append(note);
    if (this.#following) this.#toBottom();
  }

  /** Reads along again. */
  follow() {
    this.#following = true;
    this.#read();
    this.#toBottom();
  }

  #row({ userId, username, message, timestamp }, className) {
    const name = el('span', 'name', className ? 'You' : username);
    name.dataset.tone = tone(userId);
    const row = el('p', `message ${className}`, name, ' ', el('span', 'said', message));
    if (timestamp) row.title = clock.format(new Date(timestamp));
    return row;
  }

  #put(key, row, news) {
    this.#rows.set(key, row);
    this.#arriving.append(row);
    this.#trim(2 * MOST); // A hidden page has no frames, and yet a bound.
    if (news) this.#unread++;
    if (this.#scheduled) return;
    this.#scheduled = true;
    requestAnimationFrame(() => {
      this.#scheduled = false;
      this.#trim(MOST);
      this.#log.append(this.#arriving);
      if (this.#following) this.follow();
      else this.#showUnread();
    });
  }

  #trim(most) {
    while (this.#rows.size > most) this.#drop(this.#rows.keys().next().value);
  }

  #drop(key) {
    this.#rows.get(key)?.remove();
    this.#rows.delete(key);
  }

  #showUnread() {
    if (this.#unread === 0) return;
    const shown = this.#unread > 99 ? '99+' : count(this.#unread);
    this.#newer.textContent = this.#unread === 1 ? '1 new message' : `${shown} new messages`;
    this.#newer.hidden = false;
  }

  #read() {
    this.#unread = 0;
    this.#newer.hidden = true;
  }

  #toBottom() {
    this.#log.scrollTop = this.#log.scrollHeight;
  }
}
