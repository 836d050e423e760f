import { type ReadonlySignal, signal } from '@preact/signals';
import { Loader } from '../api/client';
import type { components as StreamService } from '../generated/srs-hook-service';
import type { components as ViewerService } from '../generated/viewer-service';
import type { ServerFrame } from '../rooms/frames';

type Stream = StreamService['schemas'];
type Audience = ViewerService['schemas']['Audience'];

const PLAYERS_REFRESH_MS = 5_000; // interval of the host's player count

/**
 * `soon`: scheduled or announced; `off`: the stream exists and was not seen live here; `unknown`: there is no such stream;
 * `loading`: not known yet.
 */
export type ShowState = 'loading' | 'live' | 'soon' | 'ended' | 'off' | 'unknown';

/** The answer of `GET /api/streaming/key/KEY/status`. */
export type KeyStatus = Stream['KeyStatus'];
/** Title, host, picture and planned start. */
type About = Pick<KeyStatus, 'title' | 'host' | 'thumbnailUrl' | 'scheduledAt'>;

/** The state of the show, by its status and by the events of its room, which are newer than a status that loads. */
export class LiveShow {
  private readonly currentState = signal<ShowState>('loading');
  private readonly live = signal(false);
  private readonly hostAway = signal(false);
  private readonly loadingFailed = signal(false);
  private readonly details = signal<About>({
    title: '',
  });
  private readonly startTime = signal<number | null>(null);
  private readonly viewers = signal<number | null>(null);
  private readonly mediaPlayers = signal<number | null>(null);
  private readonly status: Loader<KeyStatus>;
  private readonly players: Loader<Audience>;
  private playersTimer: ReturnType<typeof setInterval> | undefined;
  private hasRoomState = false; // a state from the room while the status loads is newer
  private hasRoomCount = false; // a count from the room is always newer

  constructor(readonly streamKey: string) {
    this.status = new Loader(
      `/api/streaming/key/${streamKey}/status`,
      (status) => this.applyStatus(status),
      (error) => this.onStatusFailed(error.isFinal),
    );
    this.players = new Loader(`/api/viewers/${streamKey}`, ({ media = 0 }) => {
      this.mediaPlayers.value = media;
    });
  }

  get state(): ReadonlySignal<ShowState> {
    return this.currentState;
  }

  get isLive(): ReadonlySignal<boolean> {
    return this.live;
  }

  /** The show is live and its encoder is gone; the platform waits some time for it. */
  get isHostAway(): ReadonlySignal<boolean> {
    return this.hostAway;
  }

  /** The status could not be loaded yet. Loading goes on. */
  get hasFailed(): ReadonlySignal<boolean> {
    return this.loadingFailed;
  }

  /** Title, host, picture and planned start. */
  get about(): ReadonlySignal<About> {
    return this.details;
  }

  /** The time at which the show went live, in milliseconds by the server's clock. */
  get startedAt(): ReadonlySignal<number | null> {
    return this.startTime;
  }

  get viewerCount(): ReadonlySignal<number | null> {
    return this.viewers;
  }

  /** The number of connections that play the picture, which only the host sees; null for everybody else. */
  get playerCount(): ReadonlySignal<number | null> {
    return this.mediaPlayers;
  }

  /** Loads the status, after each join: every later change arrives as an event. */
  load(): void {
    this.hasRoomState = false;
    void this.status.load();
  }

  applyStatus(status: KeyStatus): void {
    this.loadingFailed.value = false;
    const title = status.title || this.details.value.title || this.streamKey;
    this.details.value = { ...status, title };
    if (!this.hasRoomCount) this.viewers.value = status.viewerCount;
    if (this.hasRoomState) return;
    const startedAt = Date.parse(status.startedAt ?? '');
    this.startTime.value = Number.isNaN(startedAt) ? null : startedAt;
    this.show(this.stateOf(status), status.reconnecting);
  }

  /** The server knows no stream of this name; an address that is no stream key gets the same answer. */
  onUnknown(): void {
    this.show('unknown');
  }

  /** Applies an event of the room and ignores others. */
  receive(frame: ServerFrame): void {
    switch (frame.event) {
      case 'stream:viewer:update': // sent on a join, too; the join's success may carry an older count
        this.hasRoomCount = true;
        this.viewers.value = frame.data.viewerCount;
        break;
      case 'stream:started':
        this.hasRoomState = true;
        this.startTime.value = Date.parse(frame.data.timestamp);
        this.details.value = { ...this.details.value, title: frame.data.title };
        this.show('live');
        break;
      case 'stream:interrupted':
        this.hasRoomState = true;
        this.show('live', true);
        break;
      case 'stream:resumed':
        this.hasRoomState = true;
        this.show('live');
        break;
      case 'stream:ended':
        this.hasRoomState = true;
        this.show('ended');
        break;
    }
  }

  /** Loads the player count, now and regularly, or stops doing so. */
  setHost(isHost: boolean): void {
    clearInterval(this.playersTimer);
    this.players.stop();
    this.mediaPlayers.value = null;
    if (!isHost) return;
    void this.players.load();
    this.playersTimer = setInterval(() => document.hidden || void this.players.load(), PLAYERS_REFRESH_MS);
  }

  private stateOf({ status, endedAt, host }: KeyStatus): ShowState {
    switch (status) {
      case 'LIVE':
        return 'live';
      case 'PENDING':
        return 'soon';
      case 'OFFLINE': {
        const wasSeen = this.currentState.value === 'live' || this.currentState.value === 'ended';
        if (wasSeen || endedAt) return 'ended';
        return host ? 'off' : 'unknown';
      }
    }
  }

  private onStatusFailed(isFinal: boolean): void {
    if (this.currentState.value !== 'loading') return; // what is shown is better than nothing
    if (isFinal) this.onUnknown();
    else this.loadingFailed.value = true;
  }

  private show(state: ShowState, isHostAway = false): void {
    this.currentState.value = state;
    this.live.value = state === 'live';
    this.hostAway.value = state === 'live' && isHostAway;
  }
}
