import { type ReadonlySignal, signal } from '@preact/signals';
import { newId } from '../api/client';
import type { EventData, ServerFrame } from '../rooms/frames';
import type { RequestError } from '../rooms/room-connection';
import { type ChatMessage, MessageList } from './message-list';
import { toRefusal } from './refusal';
import { NO_RULES, WriteAccess } from './write-access';

const MAX_PENDING_MESSAGES = 20; // sent and not yet accepted
const QUIET_AFTER_HISTORY_MS = 1000;

/** Sends a message to the room, and returns once the message is accepted. */
export type SendMessage = (
  message: string,
  clientMessageId: string,
) => Promise<Pick<EventData<'chat:send-message:success'>, 'messageId' | 'timestamp'>>;

/** The state of the messages: `open` once they have arrived, also if there are none, or `refused` by the server. */
export type Reading = 'loading' | 'open' | 'refused';

/** The chat of a room: applies its events, and sends the user's messages. */
export class Chat {
  readonly messages: MessageList;
  readonly access: WriteAccess;
  private readonly pinnedMessage = signal<ChatMessage | null>(null);
  private readonly showsHistory = signal(false);
  private readonly readingState = signal<Reading>('loading');
  private readonly host = signal('');
  private readonly currentUser = signal('');
  private readonly staffRole = signal<string | null>(null);
  private readonly moderator = signal(false);
  private pendingMessages = 0;
  private quietTimer: ReturnType<typeof setTimeout> | undefined;
  private hasPinnedEvent = false; // since the connection or the last join
  private hasRulesEvent = false;

  constructor(
    private readonly sendMessage: SendMessage,
    now: ReadonlySignal<number>,
    messages = new MessageList(),
  ) {
    this.messages = messages;
    this.access = new WriteAccess(now);
  }

  get pinned(): ReadonlySignal<ChatMessage | null> {
    return this.pinnedMessage;
  }

  /** A hundred old messages are no news: a screen reader must not read them out. */
  get isShowingHistory(): ReadonlySignal<boolean> {
    return this.showsHistory;
  }

  get reading(): ReadonlySignal<Reading> {
    return this.readingState;
  }

  get hostId(): ReadonlySignal<string> {
    return this.host;
  }

  /** The user's id; empty for a guest. */
  get userId(): ReadonlySignal<string> {
    return this.currentUser;
  }

  /** The user may moderate: the host, the staff of the show, and administrators. */
  get canModerate(): ReadonlySignal<boolean> {
    return this.moderator;
  }

  /** The user's role in the show; null for a viewer. */
  setRole(role: string | null): void {
    this.staffRole.value = role;
    this.updateModerator();
  }

  setHost(hostId: string): void {
    this.host.value = hostId;
    this.updateModerator();
  }

  /** Called with each new connection: empty for a guest. */
  setUser(userId: string): void {
    // The role of another user, or of one who has signed out, is not this user's.
    if (userId !== this.currentUser.value) this.staffRole.value = null;
    this.currentUser.value = userId;
    this.messages.userId = userId;
    this.access.setWriter(userId ? 'user' : 'guest');
    this.updateModerator();
    this.expectSnapshot();
  }

  /** The user's sign-in has ended. The room is joined again as a guest, or the gateway has refused the connection. */
  onSignedOut(): void {
    this.readingState.value = 'refused';
    this.setRole(null);
    this.access.setWriter('signed-out');
    this.expectSnapshot();
  }

  /** Called after each join. What the room did not tell since the connection is not set in it. */
  onJoined(): void {
    if (!this.hasPinnedEvent) this.pinnedMessage.value = null;
    if (!this.hasRulesEvent) this.access.setRules(NO_RULES);
    this.expectSnapshot();
    this.access.onJoined();
    this.readingState.value = 'open';
  }

  onJoinRefused(error: RequestError): void {
    this.readingState.value = 'refused';
    this.access.onJoinRefused(toRefusal(error.errorCode, error.message));
  }

  /** Applies an event of the room and ignores others. */
  receive(frame: ServerFrame): void {
    switch (frame.event) {
      case 'chat:join-room:success': {
        // Absent for viewers, and after a resumed connection, whose role is known.
        const { role } = frame.data;
        if (role) this.setRole(role);
        break;
      }
      case 'chat:history':
        this.showHistory(frame.data.messages);
        break;
      case 'chat:message':
        this.messages.add(frame.data);
        this.recordOwn(frame.data);
        break;
      case 'chat:message-deleted':
        this.messages.delete(frame.data.messageId);
        break;
      case 'chat:user-cleared':
        this.messages.clearUser(frame.data.userId, frame.data.timestamp);
        break;
      case 'chat:user-restricted':
        if (frame.data.userId === this.currentUser.value) this.access.restrict(frame.data);
        break;
      case 'chat:pinned':
        this.hasPinnedEvent = true;
        this.pinnedMessage.value = frame.data.message ?? null;
        break;
      case 'chat:mode':
        this.hasRulesEvent = true;
        this.access.setRules(frame.data);
        break;
    }
  }

  /** Sends a message. Returns false without doing so if too many earlier ones are on their way. */
  send(message: string): boolean {
    if (this.pendingMessages >= MAX_PENDING_MESSAGES) return false;
    void this.deliver(newId(), message);
    return true;
  }

  /** Sends a failed message again. The same clientMessageId: if it did arrive, the retry is still the same message. */
  retry(clientMessageId: string, message: string): void {
    if (this.pendingMessages < MAX_PENDING_MESSAGES) void this.deliver(clientMessageId, message);
  }

  private async deliver(clientMessageId: string, message: string): Promise<void> {
    this.messages.addPending(clientMessageId, message);
    this.pendingMessages++;
    try {
      const { messageId, timestamp } = await this.sendMessage(message, clientMessageId);
      this.messages.confirm(clientMessageId, messageId, timestamp);
      this.access.onOwnMessage(timestamp);
    } catch (error) {
      const { errorCode, message: reason, isRetryable } = error as RequestError;
      const refusal = toRefusal(errorCode, reason);
      // A pause ends by itself, and so does a time-out.
      const canRetry = isRetryable || errorCode === 'NOT_A_MEMBER' || 'seconds' in refusal;
      this.messages.fail(clientMessageId, refusal, canRetry);
      this.access.onRefused(refusal);
    } finally {
      this.pendingMessages--;
    }
  }

  private showHistory(messages: readonly ChatMessage[]): void {
    this.showsHistory.value = true;
    this.messages.merge(messages);
    for (const message of messages) this.recordOwn(message);
    clearTimeout(this.quietTimer);
    this.quietTimer = setTimeout(() => {
      this.showsHistory.value = false;
    }, QUIET_AFTER_HISTORY_MS);
  }

  private recordOwn(message: ChatMessage): void {
    if (this.currentUser.value && message.userId === this.currentUser.value) {
      this.access.onOwnMessage(message.timestamp);
    }
  }

  private updateModerator(): void {
    const isHost = this.currentUser.value !== '' && this.currentUser.value === this.host.value;
    this.moderator.value = isHost || this.staffRole.value !== null;
    this.access.setModerator(this.moderator.value);
  }

  private expectSnapshot(): void {
    this.hasPinnedEvent = false;
    this.hasRulesEvent = false;
  }
}
