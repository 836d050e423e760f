import { backOff } from '../api/back-off';
import type { Failure, Mode } from './engine';

/** Time without progress after which the stream is loaded again. HLS may wait for a whole segment and its retries. */
const STALL_LIMIT_MS: Record<Mode, number> = {
  webrtc: 5_000,
  flv: 5_000,
  hls: 12_000,
  'native-hls': 12_000,
};
/** A shorter standstill is not visible, and is not counted as a rebuffering. */
export const STALL_VISIBLE_MS = 500;
/** A smaller step of the position is no progress. */
const MIN_PROGRESS_S = 0.01;
/** For modes with one connection, WebRTC and HTTP-FLV, before the next mode is tried. */
const CONNECTION_RETRY_DELAYS_MS = [1_000, 2_000, 4_000];
const MAX_RECONNECTS = 5;
/** Counters are reset after this time of play without a visible stall. */
const STABLE_PLAY_MS = 30_000;
/**
 * Delays between quiet retries. 500 viewers at the longest delay, with two requests each (FLV, then HLS), are 100 requests
 * a second.
 */
const QUIET_RETRY_DELAY_MS = { first: 3_000, step: 1_000, longest: 10_000 };
/** Spreads the viewers that all learn at once that the host is back, and lets the encoder's first data arrive. */
const HOST_BACK_DELAY_MS = { shortest: 300, spread: 700 };
/** After a return from the background, the picture must move within this time. */
const RETURN_LIMIT_MS = 3_000;
/** A picture that is paused longer is unloaded: its buffer would grow, and it would be far behind. */
const PAUSE_LIMIT_MS = 10_000;
/** A longer time between two ticks means that the page slept. Timers of a hidden page run once a second or a minute. */
const SLEEP_MS = 5_000;
/** A tick counts at most this much towards the limits, so that the time asleep does not. */
const MAX_TICK_MS = 1_500;

type Phase =
  | { name: 'idle' }
  | { name: 'loading' }
  | { name: 'playing' }
  | { name: 'stalled' }
  | { name: 'waiting'; until: number; isReconnect: boolean }
  | { name: 'suspended' }
  | { name: 'lost' }
  | { name: 'refused' }
  | { name: 'unsupported' };

/** The state of playback for the viewer. */
export type PlaybackStatus =
  | 'idle' // the stream is not live
  | 'loading'
  | 'playing'
  | 'buffering'
  | 'reconnecting'
  | 'no-picture' // the stream is live, but has no media yet
  | 'host-away'
  | 'paused'
  | 'lost' // only the viewer's retry or return continues
  | 'refused'
  | 'unsupported';

/**
 * The rules of playback: which mode is loaded, when it is loaded again, and when not. Has no timers and no I/O: `Player`
 * reports events and ticks with the time in milliseconds, and loads the engine whenever `loadId` has changed.
 *
 *     idle ──start──▶ loading ──▶ playing ◀──▶ stalled
 *                        ▲           │ failure    │ limit
 *                        └─ waiting ◀┴────────────┴──▶ lost, refused, unsupported
 */
export class Playback {
  private phase: Phase = { name: 'idle' };
  /** Changes whenever another engine is needed. */
  loadId = 0;
  /** The mode of the needed engine. Without one, the present engine is destroyed. */
  mode: Mode | null = null;
  /** The needed engine has shown a frame. */
  hasPicture = false;
  /** Automatic reloads since the first picture, apart from those that wait for the host. */
  totalReconnects = 0;

  private isHostAway = false;
  private hasPlayed = false;
  private usableModes: readonly Mode[];
  private nextMode: Mode | null = null;
  private reconnects = 0;
  private connectionFailures = 0;
  private quietRetries = 0;
  private position = 0;
  private tickedAt = 0;
  private stillMs = 0;
  private stableMs = 0;
  private pausedMs = 0;
  private returnedAt: number | null = null;

  /** `modes` are those of the browser, best first. `random` returns numbers from 0 to 1. */
  constructor(
    private modes: readonly Mode[],
    private readonly random: () => number = Math.random,
  ) {
    this.usableModes = modes;
  }

  get status(): PlaybackStatus {
    const { name } = this.phase;
    if (name === 'suspended') return 'paused';
    if (name === 'stalled') return this.isHostAway ? 'host-away' : 'buffering';
    if (name !== 'loading' && name !== 'waiting') return name;
    // A retry does not change what the viewer reads; only its success does.
    if (this.isHostAway) return 'host-away';
    if (this.quietRetries > 0) return 'no-picture';
    return this.reconnects + this.connectionFailures > 0 ? 'reconnecting' : 'loading';
  }

  start(now: number): void {
    if (this.phase.name !== 'idle') return;
    this.startOver(now);
  }

  stop(): void {
    this.unload({ name: 'idle' });
  }

  /** The viewer has chosen other modes. */
  changeModes(modes: readonly Mode[], now: number): void {
    this.modes = modes;
    this.retry(now);
  }

  /** The viewer wants the picture: by the retry button, or by the play button after a pause. */
  retry(now: number): void {
    if (this.phase.name !== 'idle') this.startOver(now);
  }

  /** The page is visible again, or the network is back. */
  returned(now: number): void {
    const { name } = this.phase;
    if (name === 'suspended' || name === 'lost') this.startOver(now);
    else if (this.status === 'reconnecting' && this.phase.name === 'waiting') this.phase.until = now;
    else if (this.isEngineActive) this.returnedAt = now;
  }

  setHostAway(isHostAway: boolean, now: number): void {
    if (isHostAway === this.isHostAway) return;
    this.isHostAway = isHostAway;
    // Failures shortly before had the same cause.
    this.resetCounters();
    const { name } = this.phase;
    if (isHostAway) {
      if (name === 'lost' || name === 'waiting') this.waitQuietly(now);
    } else if (name === 'stalled' && !this.isConnection) {
      // The playlist is still the old one, and a reload would show its end again. The engine reports the new playlist.
      this.stillMs = 0;
    } else if (name === 'lost' || name === 'waiting' || name === 'loading' || name === 'stalled') this.loadSoon(now);
  }

  /** The engine has shown its first frame, even if the picture does not move yet. */
  frameShown(): void {
    if (!this.isEngineActive) return; // the last frame of an engine that will be replaced
    this.hasPicture = true;
    this.hasPlayed = true;
    this.quietRetries = 0;
  }

  /** `position` is the video's, in seconds, or null while the engine's code is loading. */
  tick(now: number, position: number | null, isPaused: boolean): void {
    const elapsed = Math.max(0, now - this.tickedAt);
    const counted = Math.min(elapsed, MAX_TICK_MS);
    this.tickedAt = now;

    if (this.phase.name === 'waiting') {
      if (now < this.phase.until) return;
      if (this.phase.isReconnect && this.hasPlayed) this.totalReconnects++;
      this.load(this.nextMode);
      return;
    }
    if (!this.isEngineActive || position === null) return;

    if (elapsed > SLEEP_MS) this.returnedAt = now;
    const step = position - this.position;
    this.position = position;
    if (isPaused) {
      this.pausedMs += counted;
      if (this.pausedMs >= PAUSE_LIMIT_MS) this.unload({ name: 'suspended' });
      return;
    }
    this.pausedMs = 0;
    // A larger step is a jump, and a stalled picture that jumps does not play.
    const isProgress = step >= MIN_PROGRESS_S && step <= (2 * elapsed) / 1000 + 0.1;
    if (isProgress) this.onProgress(counted);
    else this.onStandstill(now, counted);
  }

  failed(failure: Failure, now: number): void {
    if (!this.isEngineActive) return;
    switch (failure) {
      case 'network':
        this.onNetworkFailure(now);
        break;
      case 'not-found':
        // While the host is away there is no other mode either, and HLS would show its last segments again.
        if (this.fallback && !this.isHostAway) this.load(this.fallback);
        else this.waitQuietly(now);
        break;
      case 'restarted':
        this.load(this.usableModes[0] ?? null);
        break;
      case 'forbidden':
        if (this.fallback) this.load(this.fallback);
        else this.unload({ name: 'refused' });
        break;
      case 'unsupported':
        if (this.fallback) this.giveUpMode();
        else this.unload({ name: 'unsupported' });
    }
  }

  /** The mode is one connection that ends with the publisher's; HLS is a request for each segment. */
  private get isConnection(): boolean {
    return this.mode === 'webrtc' || this.mode === 'flv';
  }

  private get isEngineActive(): boolean {
    return this.phase.name === 'loading' || this.phase.name === 'playing' || this.phase.name === 'stalled';
  }

  private onProgress(counted: number): void {
    this.phase = { name: 'playing' };
    this.frameShown();
    this.stillMs = 0;
    this.returnedAt = null;
    this.stableMs += counted;
    if (this.stableMs >= STABLE_PLAY_MS) this.resetCounters();
  }

  private onStandstill(now: number, counted: number): void {
    this.stillMs += counted;
    if (this.stillMs >= STALL_VISIBLE_MS) {
      this.stableMs = 0;
      if (this.phase.name === 'playing') this.phase = { name: 'stalled' };
    }
    // A connection that lasts while the host is away continues by itself, and HLS polls its playlist.
    if (this.isHostAway) return;
    if (this.returnedAt !== null && now - this.returnedAt >= RETURN_LIMIT_MS) this.load(this.mode);
    else if (this.mode && this.stillMs >= STALL_LIMIT_MS[this.mode]) this.onStallLimit(now);
  }

  private onStallLimit(now: number): void {
    const hasFallback = this.isConnection && this.fallback !== undefined;
    // Some networks pass no UDP, and some proxies hold back a response that never ends. HLS needs neither.
    if (hasFallback && !this.hasPicture) this.giveUpMode();
    else if (hasFallback && ++this.connectionFailures > CONNECTION_RETRY_DELAYS_MS.length)
      this.reconnectAt(now, this.fallback);
    else this.reconnect(now);
  }

  private onNetworkFailure(now: number): void {
    const delay = this.isConnection ? CONNECTION_RETRY_DELAYS_MS[this.connectionFailures] : undefined;
    if (this.isHostAway) this.waitQuietly(now);
    else if (delay !== undefined) {
      this.connectionFailures++;
      // Up to a quarter longer, so that the viewers of a server that restarts do not return at once.
      this.reconnectAt(now + delay * (1 + this.random() / 4), this.mode);
    } else if (this.fallback) this.reconnectAt(now, this.fallback);
    else this.reconnect(now);
  }

  /** Reloads the mode after a random delay, or gives up after the fifth time. */
  private reconnect(now: number): void {
    if (this.reconnects >= MAX_RECONNECTS) this.unload({ name: 'lost' });
    else this.reconnectAt(now + backOff(this.reconnects++, this.random), this.mode);
  }

  private reconnectAt(time: number, mode: Mode | null | undefined): void {
    this.wait(time, mode, this.quietRetries === 0);
  }

  private waitQuietly(now: number): void {
    const { first, step, longest } = QUIET_RETRY_DELAY_MS;
    const delay = Math.min(longest, first + step * this.quietRetries++);
    this.wait(now + delay * (0.75 + this.random() / 2), this.usableModes[0], false);
  }

  private loadSoon(now: number): void {
    const { shortest, spread } = HOST_BACK_DELAY_MS;
    this.wait(now + shortest + spread * this.random(), this.usableModes[0], false);
  }

  /** The engine stays until the next load, because its last frame is better than none. */
  private wait(until: number, mode: Mode | null | undefined, isReconnect: boolean): void {
    this.phase = { name: 'waiting', until, isReconnect };
    this.nextMode = mode ?? null;
  }

  private get fallback(): Mode | undefined {
    return this.usableModes[this.usableModes.indexOf(this.mode as Mode) + 1];
  }

  /** Changes to the next mode, and does not use the present one again before the viewer asks for it. */
  private giveUpMode(): void {
    const mode = this.fallback ?? null;
    this.usableModes = this.usableModes.filter((other) => other !== this.mode);
    this.load(mode);
  }

  private startOver(now: number): void {
    this.usableModes = this.modes;
    this.resetCounters();
    this.tickedAt = now;
    const mode = this.modes[0];
    if (mode) this.load(mode);
    else this.unload({ name: 'unsupported' });
  }

  private resetCounters(): void {
    this.reconnects = 0;
    this.connectionFailures = 0;
    this.quietRetries = 0;
  }

  private load(mode: Mode | null): void {
    this.phase = { name: 'loading' };
    this.request(mode);
  }

  private unload(phase: Phase): void {
    this.phase = phase;
    this.request(null);
  }

  private request(mode: Mode | null): void {
    this.mode = mode;
    this.loadId++;
    this.hasPicture = false;
    this.stillMs = 0;
    this.stableMs = 0;
    this.pausedMs = 0;
    this.returnedAt = null;
  }
}
