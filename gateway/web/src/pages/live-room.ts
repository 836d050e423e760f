import { type ReadonlySignal, signal } from '@preact/signals';
import { setServerTime } from '../api/clock';
import { Chat } from '../chat/chat';
import { Player } from '../player/player';
import type { ServerFrame } from '../rooms/frames';
import { type ConnectionState, type RequestError, RoomConnection, type RoomListener } from '../rooms/room-connection';
import { Shop } from '../shop/shop';
import type { Connection } from '../show/connection-note';
import { LiveShow } from '../show/live-show';
import { NextShows } from '../show/next-shows';
import { NoticeLine } from '../show/notice-line';
import { Toasts } from '../show/toasts';
import { now } from '../ui/now';
import { signInAddress } from '../ui/page-header';

const LOAD_WITHOUT_CONNECTION_MS = 2_000;

/** All parts of a show's page, connected to the gateway's rooms. */
export class LiveRoom implements RoomListener {
  readonly show: LiveShow;
  readonly next: NextShows;
  readonly notice = new NoticeLine();
  readonly toasts = new Toasts();
  readonly chat: Chat;
  readonly shop: Shop;
  readonly player: Player;
  /** The address that leads back to this page after the sign-in. */
  readonly signInAddress = signInAddress(location.pathname + location.search);

  private readonly connectionSignal = signal<Connection>({ state: 'connecting', isOnline: navigator.onLine });
  private readonly user = signal('');
  private readonly rooms: RoomConnection;
  private readonly streamRoom: string;
  private readonly shopRoom: string;
  private readonly chatRoom: string;
  private loadTimer: ReturnType<typeof setTimeout> | undefined;
  private isHost = false;

  constructor(streamKey: string) {
    [this.streamRoom, this.shopRoom, this.chatRoom] = [`stream:${streamKey}`, `shop:${streamKey}`, `chat:${streamKey}`];
    this.rooms = new RoomConnection([this.streamRoom, this.shopRoom, this.chatRoom], this);
    this.show = new LiveShow(streamKey);
    this.next = new NextShows(streamKey);
    this.chat = new Chat((message, id) => this.rooms.send(this.chatRoom, message, id), now);
    this.shop = new Shop(streamKey, {
      toast: this.toasts.show,
      requestSignIn: () => location.assign(this.signInAddress),
    });
    this.player = new Player({
      streamKey,
      token: new URLSearchParams(location.search).get('token') ?? undefined,
      isLive: this.show.isLive,
      isHostAway: this.show.isHostAway,
    });
    this.show.about.subscribe(() => this.updateHost());
  }

  get connection(): ReadonlySignal<Connection> {
    return this.connectionSignal;
  }

  /** The user's id; empty for a guest. */
  get userId(): ReadonlySignal<string> {
    return this.user;
  }

  /** Connects, for the life of the page. */
  start(): void {
    for (const event of ['online', 'offline']) {
      addEventListener(event, () => this.updateConnection({ isOnline: navigator.onLine }));
    }
    // Loads the page's data even if the connection is slow to open.
    this.loadTimer = setTimeout(() => this.load(), LOAD_WITHOUT_CONNECTION_MS);
    this.shop.start();
    this.rooms.start();
  }

  onState(state: ConnectionState, error?: RequestError): void {
    this.updateConnection({ state, error });
    if (state === 'refused' && error?.errorCode === 'UNAUTHORIZED') this.setUser('', true);
  }

  onFrame(frame: ServerFrame): void {
    if (frame.event === 'welcome') this.setUser(frame.data.authenticated ? (frame.data.userId ?? '') : '');
    else if (frame.event === 'stream:viewer:join:success') setServerTime(frame.data.timestamp);
    this.show.receive(frame);
    this.next.receive(frame);
    this.notice.receive(frame);
    this.chat.receive(frame);
    this.receiveRole(frame);
    this.shop.receive(frame);
  }

  onJoined(room: string): void {
    if (room === this.streamRoom) this.load();
    else if (room === this.shopRoom) this.shop.load();
    else if (room === this.chatRoom) this.chat.onJoined();
  }

  onJoinRejected(room: string, error: RequestError): void {
    if (room === this.chatRoom) this.chat.onJoinRefused(error);
  }

  onSignedOut(): void {
    this.setUser('', true);
  }

  /** A role that was given or taken away counts at once, without a new join. */
  private receiveRole(frame: ServerFrame): void {
    if (frame.event !== 'stream:role-changed' || frame.data.streamKey !== this.show.streamKey) return;
    this.chat.setRole(frame.data.role ?? null);
  }

  /** Loads what may have changed without an event. */
  private load(): void {
    clearTimeout(this.loadTimer);
    this.show.load();
    this.notice.load();
  }

  private setUser(userId: string, hasBeenSignedOut = false): void {
    this.user.value = userId;
    if (hasBeenSignedOut) this.chat.onSignedOut();
    else this.chat.setUser(userId);
    this.shop.setSignedIn(userId !== '');
    this.updateHost();
  }

  private updateHost(): void {
    const hostId = this.show.about.value.host?.id ?? '';
    this.chat.setHost(hostId);
    const isHost = this.user.value !== '' && this.user.value === hostId;
    if (isHost === this.isHost) return;
    this.isHost = isHost;
    this.show.setHost(isHost);
    this.shop.setHost(isHost);
  }

  private updateConnection(change: Partial<Connection>): void {
    this.connectionSignal.value = { ...this.connectionSignal.value, ...change };
  }
}
