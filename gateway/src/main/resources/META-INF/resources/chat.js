// The chat list: the room's messages and the user's own pending ones.
import { count, el, tone } from '/ui.js';

const MAX_ROWS = 300;
const FOLLOW_DISTANCE_PX = 48; // from the bottom; a nearer reader follows new messages
const MAX_DELETED_IDS = 200; // kept so that a late frame does not show a deleted message again
const clock = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

export class Chat {
  userId = ''; // the user's id, once known
  #log;
  #newer;
  #rows = new Map(); // key → row, oldest first; the key is the message's id, or its clientMessageId while pending
  #newRows = document.createDocumentFragment(); // shown by the next frame: one layout for a burst, not one each
  #deleted = new Set();
  #isFrameScheduled = false;
  #isFollowing = true;
  #unread = 0;

  constructor(log, newer) {
    this.#log = log;
    this.#newer = newer;
    log.addEventListener('scroll', () => {
      this.#isFollowing = log.scrollHeight - log.scrollTop - log.clientHeight < FOLLOW_DISTANCE_PX;
      if (this.#isFollowing) this.#markRead();
    }, { passive: true });
    newer.addEventListener('click', () => {
      this.follow();
      log.focus({ preventScroll: true });
    });
    // A phone's keyboard or a rotation changes the height: a following reader still follows.
    new ResizeObserver(() => this.#isFollowing && this.#scrollToBottom()).observe(log);
  }

  /** Shows the last messages, after a join, and removes those that were deleted while the connection was down. */
  history(messages) {
    if (messages.length === 0) return;
    const known = new Set(messages.map((message) => message.id));
    const first = Date.parse(messages[0].timestamp);
    const last = Date.parse(messages.at(-1).timestamp);
    for (const [key, row] of this.#rows) {
      if (row.time && row.time >= first && row.time <= last && !known.has(key)) this.#drop(key);
    }
    // A hundred old messages are not news: a screen reader must not read them out.
    this.#log.ariaLive = 'off';
    for (const message of messages) this.add(message, false);
    setTimeout(() => (this.#log.ariaLive = 'polite'), 1000);
  }

  add(message, isNews = true) {
    if (this.#rows.has(message.id) || this.#deleted.has(message.id)) return;
    const isOwn = message.userId === this.userId;
    // The room's order counts: a user's own message moves from where it was typed to where the room published it. Only
    // the user's own: others choose their clientMessageId freely, and must not remove another user's row with it.
    const isConfirmation = isOwn && this.#rows.has(message.clientMessageId);
    if (isConfirmation) this.#drop(message.clientMessageId);
    const row = this.#row(message, isOwn ? 'mine' : '');
    row.time = Date.parse(message.timestamp);
    this.#put(message.id, row, isNews && !isConfirmation);
  }

  delete(id) {
    this.#drop(id);
    this.#deleted.add(id);
    if (this.#deleted.size > MAX_DELETED_IDS) this.#deleted.delete(this.#deleted.values().next().value);
  }

  /** Shows the user's own message at once, before the room publishes it. */
  pending(clientMessageId, message) {
    const row = this.#row({ userId: this.userId, message }, 'mine pending');
    this.#drop(clientMessageId);
    this.#put(clientMessageId, row, false);
    this.follow();
  }

  /**
   * Marks a pending message as accepted under this id. The room's own message may arrive later, or have arrived
   * already.
   */
  confirm(clientMessageId, id, timestamp) {
    const row = this.#rows.get(clientMessageId);
    if (!row) return;
    this.#rows.delete(clientMessageId);
    if (this.#rows.has(id)) return row.remove();
    row.classList.remove('pending');
    row.time = Date.parse(timestamp);
    this.#rows.set(id, row);
  }

  /** Marks a pending message as rejected. The button calls `retry`; without it, the button removes the message. */
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
    if (this.#isFollowing) this.#scrollToBottom();
  }

  /** Scrolls to the newest message and follows again. */
  follow() {
    this.#isFollowing = true;
    this.#markRead();
    this.#scrollToBottom();
  }

  #row({ userId, username, message, timestamp }, className) {
    const name = el('span', 'name', className ? 'You' : username);
    name.dataset.tone = tone(userId);
    const row = el('p', `message ${className}`, name, ' ', el('span', 'message-text', message));
    if (timestamp) row.title = clock.format(new Date(timestamp));
    return row;
  }

  #put(key, row, isNews) {
    this.#rows.set(key, row);
    this.#newRows.append(row);
    this.#trim(2 * MAX_ROWS); // A hidden page has no frames, but needs a bound too.
    if (isNews) this.#unread++;
    if (this.#isFrameScheduled) return;
    this.#isFrameScheduled = true;
    requestAnimationFrame(() => {
      this.#isFrameScheduled = false;
      this.#trim(MAX_ROWS);
      this.#log.append(this.#newRows);
      if (this.#isFollowing) this.follow();
      else this.#showUnread();
    });
  }

  #trim(maxRows) {
    while (this.#rows.size > maxRows) this.#drop(this.#rows.keys().next().value);
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

  #markRead() {
    this.#unread = 0;
    this.#newer.hidden = true;
  }

  #scrollToBottom() {
    this.#log.scrollTop = this.#log.scrollHeight;
  }
}
