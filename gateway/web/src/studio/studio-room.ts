import { computed, signal } from '@preact/signals';
import { type ApiError, Loader } from '../api/client';
import { Chat } from '../chat/chat';
import type { EventData, ServerFrame } from '../rooms/frames';
import { type ConnectionState, type RequestError, RoomConnection, type RoomListener } from '../rooms/room-connection';
import type { Connection } from '../show/connection-note';
import { LiveShow } from '../show/live-show';
import { Toasts } from '../show/toasts';
import { now } from '../ui/now';
import { canSell, type StudioShow } from './studio-show';
import type { CallerRole } from './wire';

/** `none`: the user has no role in this show. */
export type Access = 'loading' | 'granted' | 'none' | 'signed-out';

export type RoomKind = 'stream' | 'shop' | 'chat';

/** A part of the studio that follows the rooms of the show. */
export interface StudioListener {
  receive?(frame: ServerFrame): void;
  /** Called after each join, and for a room that is joined already. */
  onJoined?(room: RoomKind): void;
  onJoinRejected?(room: RoomKind, error: RequestError): void;
  onSignedOut?(): void;
}

/** The show that the studio runs: the user's role, the show's state, and one connection to its rooms for all parts. */
export class StudioRoom implements RoomListener {
  readonly live: LiveShow;
  readonly toasts = new Toasts();
  /** Follows the chat from the first frame on, because the history comes with the join alone. */
  readonly chat: Chat;
  readonly access = signal<Access>('loading');
  /** Why the role is not known; undefined if it is. */
  readonly error = signal<ApiError | undefined>(undefined);
  readonly userId = signal('');
  readonly connection = signal<Connection>({ state: 'connecting', isOnline: navigator.onLine });
  /** Undefined until role and state are known, and without a role. */
  readonly show = computed(() => this.combine());

  private readonly answer = signal<CallerRole>({ role: null, streamId: null });
  private readonly role: Loader<CallerRole>;
  private readonly rooms: RoomConnection;
  private readonly kinds: ReadonlyMap<string, RoomKind>;
  private readonly joined = new Set<RoomKind>();
  private readonly listeners = new Set<StudioListener>();
  private isConnected = false;

  constructor(readonly streamKey: string) {
    this.live = new LiveShow(streamKey);
    this.chat = new Chat((message, id) => this.send(message, id), now);
    this.live.about.subscribe(({ host }) => this.chat.setHost(host?.id ?? ''));
    this.kinds = new Map((['stream', 'shop', 'chat'] as const).map((kind) => [`${kind}:${streamKey}`, kind]));
    this.rooms = new RoomConnection([...this.kinds.keys()], this);
    this.role = new Loader(
      `/api/streaming/key/${streamKey}/role`,
      (answer) => this.onRole(answer),
      (error) => this.onRoleFailed(error),
    );
  }

  /** Loads the role, then the rest, for the life of the page. */
  start(): void {
    for (const event of ['online', 'offline']) {
      addEventListener(event, () => this.updateConnection({ isOnline: navigator.onLine }));
    }
    this.load();
  }

  /** Loads what may have changed without an event. */
  load(): void {
    this.error.value = undefined;
    void this.role.load();
    this.live.load();
  }

  /** Adds a listener, and returns the function that removes it. */
  addListener(listener: StudioListener): () => void {
    this.listeners.add(listener);
    for (const room of this.joined) listener.onJoined?.(room);
    return () => this.listeners.delete(listener);
  }

  /** Sends a message to the chat. */
  send(message: string, id: string): Promise<EventData<'chat:send-message:success'>> {
    return this.rooms.send(`chat:${this.streamKey}`, message, id);
  }

  /** Shows a short message. */
  readonly toast = (text: string): void => this.toasts.show(text);

  onState(state: ConnectionState, error?: RequestError): void {
    this.updateConnection({ state, error });
    if (state !== 'open') this.joined.clear();
  }

  onFrame(frame: ServerFrame): void {
    if (frame.event === 'welcome') {
      this.userId.value = frame.data.userId ?? '';
      this.chat.setUser(this.userId.peek());
      this.chat.setRole(this.answer.peek().role);
    }
    if (frame.event === 'stream:role-changed' && frame.data.streamKey === this.streamKey) {
      void this.role.load();
    }
    this.live.receive(frame);
    this.chat.receive(frame);
    for (const listener of this.listeners) listener.receive?.(frame);
  }

  onJoined(room: string): void {
    const kind = this.kinds.get(room);
    if (!kind) return;
    this.joined.add(kind);
    if (kind === 'chat') this.chat.onJoined();
    if (kind === 'stream') this.load(); // an event may have been missed
    for (const listener of this.listeners) listener.onJoined?.(kind);
  }

  onJoinRejected(room: string, error: RequestError): void {
    const kind = this.kinds.get(room);
    if (kind === 'chat') this.chat.onJoinRefused(error);
    if (kind) for (const listener of this.listeners) listener.onJoinRejected?.(kind, error);
  }

  onSignedOut(): void {
    this.access.value = 'signed-out';
    this.chat.onSignedOut();
    for (const listener of this.listeners) listener.onSignedOut?.();
  }

  private onRole(answer: CallerRole): void {
    this.error.value = undefined;
    const { role } = answer;
    const before = this.answer.peek().role;
    this.answer.value = answer;
    this.chat.setRole(role);
    this.access.value = role ? 'granted' : 'none';
    if (role !== before) this.live.setHost(role !== null && canSell({ role }));
    if (role && !this.isConnected) {
      this.isConnected = true;
      this.rooms.start();
    }
  }

  private onRoleFailed(error: ApiError): void {
    if (error.errorCode === 'UNAUTHORIZED') this.access.value = 'signed-out';
    else this.error.value = error;
  }

  private combine(): StudioShow | undefined {
    const { role, streamId } = this.answer.value;
    const state = this.live.state.value;
    if (!role || !streamId || state === 'loading') return undefined;
    const { title, host, thumbnailUrl, scheduledAt } = this.live.about.value;
    const startedAt = this.live.startedAt.value;
    return {
      id: streamId,
      streamKey: this.streamKey,
      title,
      status: state === 'live' ? 'LIVE' : state === 'soon' ? 'PENDING' : 'OFFLINE',
      reconnecting: this.live.isHostAway.value,
      role,
      host,
      thumbnailUrl,
      scheduledAt,
      startedAt: startedAt === null ? undefined : new Date(startedAt).toISOString(),
    };
  }

  private updateConnection(change: Partial<Connection>): void {
    this.connection.value = { ...this.connection.peek(), ...change };
  }
}
