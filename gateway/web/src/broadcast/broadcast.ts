import { type ReadonlySignal, signal } from '@preact/signals';
import { OfferRefused } from '../api/webrtc';
import { CameraError, type CameraProblem, countCameras, type Facing, openCamera } from './camera';
import { judgeUplink, type Uplink, type UplinkCounts } from './uplink';
import { type ConnectionChange, WhipConnection } from './whip-connection';

/**
 *     off ──open──▶ opening ──▶ ready ──start──▶ connecting ──▶ sending ◀──▶ reconnecting
 *                      │          ▲                  │ refused                    │ 45 s
 *                      ▼          └──────stop────────┴────────────────────────────┘
 *                   no-camera
 */
export type BroadcastState = 'off' | 'opening' | 'no-camera' | 'ready' | 'connecting' | 'sending' | 'reconnecting';

/** The reason for which sending ended although the seller did not stop it. */
export type BroadcastEnd =
  | 'refused' // the key was revoked or has expired
  | 'lost'; // no connection for so long that the platform has ended the show

/** The connection to the media server, which tests replace. */
export type Connection = Pick<WhipConnection, 'open' | 'close' | 'replaceVideo' | 'counts'>;

export interface BroadcastDevices {
  openCamera: typeof openCamera;
  countCameras: typeof countCameras;
  connect(stream: MediaStream, onChange: (change: ConnectionChange) => void): Connection;
}

/** The platform ends a show whose encoder is away for longer (dorami.stream.grace). A later attempt would begin another show. */
const GRACE_PERIOD_MS = 45_000;
/** A connection that is lost may recover by itself in this time. With the browser's own 5 s it is 8 s of the grace period. */
const RECOVERY_MS = 3_000;
/** A connection that does not begin after its answer: the network passes no UDP, or the phone has left its Wi-Fi. */
const CONNECT_TIMEOUT_MS = 10_000;
/** The only publisher of a show need not be spread as its viewers are, and comes back soon. */
const RETRY_DELAYS_MS = [500, 1_000, 2_000, 4_000];
const UPLINK_INTERVAL_MS = 2_000;

/** Sends the picture of this device's camera. Reconnects by itself as long as the platform keeps the show. */
export class Broadcast {
  private readonly currentState = signal<BroadcastState>('off');
  private readonly currentStream = signal<MediaStream | null>(null);
  private readonly currentProblem = signal<CameraProblem | null>(null);
  private readonly currentEnd = signal<BroadcastEnd | null>(null);
  private readonly currentFacing = signal<Facing>('user');
  private readonly muted = signal(false);
  private readonly cameras = signal(0);
  private readonly currentUplink = signal<Uplink | null>(null);

  private connection: Connection | null = null;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private uplinkTimer: ReturnType<typeof setInterval> | undefined;
  private lostAt: number | null = null;
  private attempts = 0;
  private firstCounts: UplinkCounts | null = null;
  private lastCounts: UplinkCounts | null = null;

  constructor(private readonly devices: BroadcastDevices) {}

  get state(): ReadonlySignal<BroadcastState> {
    return this.currentState;
  }

  /** The picture and the sound of this device, for the preview. */
  get stream(): ReadonlySignal<MediaStream | null> {
    return this.currentStream;
  }

  get cameraProblem(): ReadonlySignal<CameraProblem | null> {
    return this.currentProblem;
  }

  get end(): ReadonlySignal<BroadcastEnd | null> {
    return this.currentEnd;
  }

  get facing(): ReadonlySignal<Facing> {
    return this.currentFacing;
  }

  get isMuted(): ReadonlySignal<boolean> {
    return this.muted;
  }

  get hasSeveralCameras(): boolean {
    return this.cameras.value > 1;
  }

  /** The last measurement; null before the first one. */
  get uplink(): ReadonlySignal<Uplink | null> {
    return this.currentUplink;
  }

  get isOnAir(): boolean {
    return ['connecting', 'sending', 'reconnecting'].includes(this.currentState.value);
  }

  /** Opens camera and microphone for the preview. */
  async open(): Promise<void> {
    const { value: state } = this.currentState;
    if (state !== 'off' && state !== 'no-camera') return;
    this.currentState.value = 'opening';
    this.currentProblem.value = null;
    try {
      const stream = await this.devices.openCamera(this.currentFacing.value, false);
      if (this.state.peek() !== 'opening') return stopTracks(stream);
      this.useStream(stream);
      this.currentState.value = 'ready';
      this.cameras.value = await this.devices.countCameras();
    } catch (error) {
      this.currentState.value = 'no-camera';
      this.currentProblem.value = error instanceof CameraError ? error.problem : 'busy';
    }
  }

  /** Begins to send. */
  start(): void {
    if (this.currentState.value !== 'ready') return;
    this.currentEnd.value = null;
    this.lostAt = null;
    this.attempts = 0;
    this.currentState.value = 'connecting';
    void this.connect();
  }

  /** Ends sending and keeps the preview. */
  stop(): void {
    if (!this.isOnAir) return;
    this.currentState.value = 'ready';
    this.disconnect();
  }

  /** Ends sending and gives the camera back. */
  close(): void {
    this.disconnect();
    if (this.currentStream.value) stopTracks(this.currentStream.value);
    this.currentStream.value = null;
    this.currentState.value = 'off';
  }

  setMuted(isMuted: boolean): void {
    this.muted.value = isMuted;
    this.applyMuted();
  }

  /** Changes between the front camera and the one on the back, also on air. */
  async switchCamera(): Promise<void> {
    const next: Facing = this.currentFacing.value === 'user' ? 'environment' : 'user';
    await this.reopenVideo(next);
  }

  /** Opens the camera again if the system has taken it away, for example for a call. */
  async restoreCamera(): Promise<void> {
    const track = this.currentStream.value?.getVideoTracks()[0];
    if (track?.readyState === 'ended') await this.reopenVideo(this.currentFacing.value);
  }

  /** The network is back, or has changed: an attempt that waits is made now. */
  retryNow(): void {
    if (this.currentState.value !== 'reconnecting' || this.retryTimer === undefined) return;
    void this.retry();
  }

  private async reopenVideo(facing: Facing): Promise<void> {
    const stream = this.currentStream.value;
    if (!stream) return;
    const [former] = stream.getVideoTracks();
    former?.stop(); // phones open one camera at a time
    try {
      const [track] = (await this.devices.openCamera(facing, true)).getVideoTracks();
      if (!track) return;
      this.useStream(new MediaStream([track, ...stream.getAudioTracks()]));
      this.currentFacing.value = facing;
      await this.connection?.replaceVideo(track);
    } catch (error) {
      if (facing !== this.currentFacing.value) await this.reopenVideo(this.currentFacing.value);
      else this.currentProblem.value = error instanceof CameraError ? error.problem : 'busy';
    }
  }

  private useStream(stream: MediaStream): void {
    this.currentStream.value = stream;
    this.currentProblem.value = null;
    this.applyMuted();
  }

  private applyMuted(): void {
    for (const track of this.currentStream.value?.getAudioTracks() ?? []) track.enabled = !this.muted.value;
  }

  private async connect(): Promise<void> {
    const stream = this.currentStream.value;
    if (!stream) return;
    const connection = this.devices.connect(stream, (change) => this.onChange(connection, change));
    this.connection = connection;
    this.wait(CONNECT_TIMEOUT_MS, () => this.reconnect());
    try {
      await connection.open();
    } catch (error) {
      if (connection !== this.connection) return;
      // The gate before the media server has this status; the media server closes the connection.
      if (error instanceof OfferRefused && error.status === 403) this.finish('refused');
      else this.reconnect();
    }
  }

  private onChange(connection: Connection, change: ConnectionChange): void {
    if (connection !== this.connection || !this.isOnAir) return;
    clearTimeout(this.retryTimer);
    this.retryTimer = undefined;
    if (change === 'connected') {
      this.lostAt = null;
      this.attempts = 0;
      this.currentState.value = 'sending';
      this.watchUplink();
    } else {
      this.currentState.value = 'reconnecting';
      this.lostAt ??= Date.now();
      this.wait(RECOVERY_MS, () => this.reconnect());
    }
  }

  /** Ends the connection and plans the next attempt, or gives up after the grace period. */
  private reconnect(): void {
    this.currentState.value = 'reconnecting';
    this.lostAt ??= Date.now();
    const delay = RETRY_DELAYS_MS[Math.min(this.attempts++, RETRY_DELAYS_MS.length - 1)] ?? 0;
    if (Date.now() + delay - this.lostAt > GRACE_PERIOD_MS) this.finish('lost');
    else this.wait(delay, () => void this.retry());
  }

  private async retry(): Promise<void> {
    this.stopWatching();
    const { connection } = this;
    const hasEnded = await (connection?.close() ?? true);
    if (this.currentState.value !== 'reconnecting' || connection !== this.connection) return;
    // The next offer would find the key busy, or the server away, as this call has.
    if (hasEnded) void this.connect();
    else this.reconnect();
  }

  private finish(end: BroadcastEnd): void {
    this.stop();
    this.currentEnd.value = end;
  }

  private disconnect(): void {
    this.stopWatching();
    const { connection } = this;
    this.connection = null;
    void connection?.close();
  }

  private stopWatching(): void {
    clearTimeout(this.retryTimer);
    clearInterval(this.uplinkTimer);
    this.retryTimer = undefined;
    this.currentUplink.value = null;
  }

  private wait(milliseconds: number, then: () => void): void {
    clearTimeout(this.retryTimer);
    this.retryTimer = setTimeout(() => {
      this.retryTimer = undefined;
      then();
    }, milliseconds);
  }

  private watchUplink(): void {
    clearInterval(this.uplinkTimer);
    this.firstCounts = null;
    this.lastCounts = null;
    this.uplinkTimer = setInterval(() => void this.measureUplink(), UPLINK_INTERVAL_MS);
  }

  private async measureUplink(): Promise<void> {
    const { connection } = this;
    const counts = await connection?.counts().catch(() => null);
    if (!counts || connection !== this.connection || this.currentState.value !== 'sending') return;
    this.firstCounts ??= counts;
    if (this.lastCounts) this.currentUplink.value = judgeUplink(this.lastCounts, counts, this.firstCounts.at);
    this.lastCounts = counts;
  }
}

const stopTracks = (stream: MediaStream): void => {
  for (const track of stream.getTracks()) track.stop();
};

/** A broadcast to the newest path that the platform gave to the owner of a show. */
export const broadcastTo = (whipUrl: () => string): Broadcast =>
  new Broadcast({
    openCamera,
    countCameras,
    connect: (stream, onChange) => new WhipConnection(whipUrl(), stream, onChange),
  });
