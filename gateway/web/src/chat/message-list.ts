import { type ReadonlySignal, signal } from '@preact/signals';
import type { EventData } from '../rooms/frames';
import type { Refusal } from './refusal';

const MAX_ROWS = 300;
const MAX_DELETED_IDS = 200; // kept so that a late frame does not show a deleted message again

export type ChatMessage = EventData<'chat:message'>;

/**
 * A message in the list. `pending`: sent and not yet accepted; `failed`: refused, or without a reply; `removed`: a moderator
 * has deleted it, and its text is gone.
 */
export interface ChatRow {
  /** Identity of the row on the screen, which a typed message keeps when it is accepted. */
  readonly key: string;
  readonly id?: string;
  readonly clientMessageId?: string;
  readonly userId: string;
  readonly username: string;
  readonly text: string;
  /** Server time in milliseconds. */
  readonly time?: number;
  readonly state: 'sent' | 'pending' | 'failed' | 'removed';
  readonly refusal?: Refusal;
  readonly isRetryable?: boolean;
}

const REMOVED = { username: '', text: '', state: 'removed' } as const;

/** The messages of a chat and the user's own pending ones: order, confirmation, deletion and bounds. */
export class MessageList {
  private readonly shown = signal<readonly ChatRow[]>([]);
  private readonly unreadCount = signal(0);
  private readonly following = signal(true);
  private current: ChatRow[] = []; // oldest first
  private readonly deletedIds = new Set<string>();
  private isUpdateScheduled = false;

  /** The user's id; empty for a guest. */
  userId = '';

  /** @param schedule runs an update of the screen; one for a burst of messages, not one for each */
  constructor(private readonly schedule: (update: () => void) => void = (update) => requestAnimationFrame(update)) {}

  get rows(): ReadonlySignal<readonly ChatRow[]> {
    return this.shown;
  }

  /** The number of messages that have arrived since the reader scrolled up. */
  get unread(): ReadonlySignal<number> {
    return this.unreadCount;
  }

  /** The reader is at the end of the list, which follows new messages. */
  get isFollowing(): ReadonlySignal<boolean> {
    return this.following;
  }

  setFollowing(isFollowing: boolean): void {
    this.following.value = isFollowing;
    if (isFollowing) this.unreadCount.value = 0;
  }

  /** Takes over the last messages, after a join, and drops those that were deleted while the connection was down. */
  merge(messages: readonly ChatMessage[]): void {
    const [first, last] = [messages[0], messages.at(-1)];
    if (!first || !last) return;
    const known = new Set(messages.map((message) => message.id));
    const [from, to] = [Date.parse(first.timestamp), Date.parse(last.timestamp)];
    const isDeleted = ({ id, time, state }: ChatRow) =>
      state === 'sent' && time !== undefined && time >= from && time <= to && id !== undefined && !known.has(id);
    this.replaceAll(this.current.filter((row) => !isDeleted(row)));
    for (const message of messages) this.add(message, false);
  }

  add(message: ChatMessage, isNews = true): void {
    if (this.deletedIds.has(message.id) || this.current.some((row) => row.id === message.id)) return;
    // The room's order counts: a user's own message moves from where it was typed to where the room published it. Only
    // the user's own: others choose their clientMessageId freely, and must not remove another user's row with it.
    const isOwn = message.userId === this.userId;
    const typed = isOwn ? this.find(message.clientMessageId) : undefined;
    if (typed) this.remove(typed.key);
    this.append({
      key: typed?.key ?? message.id,
      id: message.id,
      userId: message.userId,
      username: message.username,
      text: message.message,
      time: Date.parse(message.timestamp),
      state: 'sent',
    });
    if (isNews && !typed && !this.following.value) this.unreadCount.value++;
  }

  /** Shows the user's own message at once, before the room publishes it. */
  addPending(clientMessageId: string, text: string): void {
    this.remove(clientMessageId);
    this.append({ key: clientMessageId, clientMessageId, userId: this.userId, username: '', text, state: 'pending' });
    this.setFollowing(true);
  }

  /** Marks a pending message as accepted. The room's own message may arrive later, or have arrived already. */
  confirm(clientMessageId: string, id: string, timestamp: string): void {
    const row = this.find(clientMessageId);
    if (!row) return;
    if (this.deletedIds.has(id) || this.current.some((other) => other.id === id)) {
      this.remove(row.key);
      return;
    }
    const { clientMessageId: _, refusal: __, ...accepted } = row;
    this.replace({ ...accepted, id, time: Date.parse(timestamp), state: 'sent' });
  }

  /** Marks a pending message as refused. */
  fail(clientMessageId: string, refusal: Refusal, isRetryable: boolean): void {
    const row = this.find(clientMessageId);
    if (row) this.replace({ ...row, state: 'failed', refusal, isRetryable });
  }

  /** Removes a message that was not sent. */
  discard(clientMessageId: string): void {
    this.remove(clientMessageId);
  }

  /** Replaces a deleted message by a mark, so that the rows around it do not jump. */
  delete(id: string): void {
    const row = this.current.find((row) => row.id === id);
    if (row) this.replace({ ...row, ...REMOVED });
    this.deletedIds.add(id);
    if (this.deletedIds.size > MAX_DELETED_IDS) this.deletedIds.delete(this.deletedIds.values().next().value ?? '');
  }

  /** Removes all messages of a user up to a time; a single mark remains, where the last of them was. */
  clearUser(userId: string, timestamp: string): void {
    const until = Date.parse(timestamp);
    const isCleared = (row: ChatRow) => row.userId === userId && row.time !== undefined && !(row.time > until);
    const last = this.current.filter(isCleared).at(-1);
    if (!last) return;
    const kept = this.current.filter((row) => row === last || !isCleared(row));
    this.replaceAll(kept.map((row) => (row === last ? { ...row, ...REMOVED } : row)));
  }

  private find(clientMessageId: string | undefined): ChatRow | undefined {
    return clientMessageId ? this.current.find((row) => row.clientMessageId === clientMessageId) : undefined;
  }

  private append(row: ChatRow): void {
    this.current.push(row);
    // A hidden page does not update its screen, but needs a bound, too.
    if (this.current.length > 2 * MAX_ROWS) this.trim();
    this.update();
  }

  private replace(row: ChatRow): void {
    this.replaceAll(this.current.map((other) => (other.key === row.key ? row : other)));
  }

  private remove(key: string): void {
    this.replaceAll(this.current.filter((row) => row.key !== key));
  }

  private replaceAll(rows: ChatRow[]): void {
    this.current = rows;
    this.update();
  }

  private trim(): void {
    this.current.splice(0, this.current.length - MAX_ROWS);
  }

  private update(): void {
    if (this.isUpdateScheduled) return;
    this.isUpdateScheduled = true;
    this.schedule(() => {
      this.isUpdateScheduled = false;
      if (this.current.length > MAX_ROWS) this.trim();
      this.shown.value = [...this.current];
    });
  }
}
