import type { Latency, Mode } from './engine';
import { type PlaybackStatus, STALL_VISIBLE_MS } from './playback';

/** The quality of one viewer's playback. */
export interface PlaybackKpis {
  mode: Mode | null;
  /** From the start to the first frame. Null before it, and if the viewer had to wait for the host or for a tap. */
  firstFrameMs: number | null;
  /** Interruptions after the first frame, whether the stream was loaded again or not. Waiting for the host is none. */
  rebuffers: number;
  /** Duration of all interruptions. */
  stallMs: number;
  playedMs: number;
  /** Automatic reloads, apart from those that wait for the host or for the first picture. */
  reconnects: number;
  latencyMs: number | null;
  latencySource: Latency['source'] | null;
}

export interface PlaybackObservation {
  status: PlaybackStatus;
  mode: Mode | null;
  hasPicture: boolean;
  reconnects: number;
  latency: Latency | null;
}

/** A page that slept for an hour has neither played nor stalled for an hour. */
const MAX_STEP_MS = 1_500;

/** Computes the KPIs of playback from observations, several a second. */
export class PlaybackMeter {
  private status: PlaybackStatus = 'idle';
  private observedAt = 0;
  private startedAt: number | null = null;
  private firstFrameMs: number | null = null;
  private isStalled = false;
  private rebuffers = 0;
  private stallMs = 0;
  private playedMs = 0;

  observe(now: number, { status, mode, hasPicture, reconnects, latency }: PlaybackObservation): PlaybackKpis {
    const elapsed = Math.min(Math.max(0, now - this.observedAt), MAX_STEP_MS);
    if (this.status === 'playing') this.playedMs += elapsed;
    if (this.isStalled) this.stallMs += elapsed;
    const isStall = this.status === 'playing' && isInterrupted(status);
    this.isStalled = isStall || (this.isStalled && isInterrupted(status));
    if (isStall) {
      this.rebuffers++;
      if (status === 'buffering') {
        // The picture has stood still for this long when the status changes.
        this.stallMs += STALL_VISIBLE_MS;
        this.playedMs = Math.max(0, this.playedMs - STALL_VISIBLE_MS);
      }
    }
    this.observeStart(now, status, hasPicture);
    this.status = status;
    this.observedAt = now;
    return {
      mode,
      firstFrameMs: this.firstFrameMs,
      rebuffers: this.rebuffers,
      stallMs: Math.round(this.stallMs),
      playedMs: Math.round(this.playedMs),
      reconnects,
      latencyMs: latency && Math.round(latency.milliseconds),
      latencySource: latency?.source ?? null,
    };
  }

  private observeStart(now: number, status: PlaybackStatus, hasPicture: boolean): void {
    if (this.firstFrameMs !== null) return;
    if (this.status === 'idle' && status !== 'idle') this.startedAt = now;
    if (status === 'no-picture' || status === 'host-away' || status === 'paused') this.startedAt = null;
    if (hasPicture && this.startedAt !== null) this.firstFrameMs = Math.round(now - this.startedAt);
  }
}

/** Other states without a picture have their reason at the host or the viewer. */
const isInterrupted = (status: PlaybackStatus): boolean => status === 'buffering' || status === 'reconnecting';
