import { effect, type ReadonlySignal, signal } from '@preact/signals';
import { addressOf, type Engine, type Failure, isLowestDelaySupported, loadEngine, supportedModes } from './engine';
import { type PlaybackKpis, PlaybackMeter } from './kpis';
import { Playback, type PlaybackStatus } from './playback';

/** Fine enough for the shortest retry delay, 1 s, and cheap. */
const TICK_INTERVAL_MS = 250;

export interface PlayerOptions {
  streamKey: string;
  /** The invitation to a private stream. */
  token?: string | undefined;
  /** While it is false, nothing is loaded. */
  isLive: ReadonlySignal<boolean>;
  /** The encoder is disconnected and may come back. */
  isHostAway: ReadonlySignal<boolean>;
}

/** Plays a live stream in its video element: connects the rules of `Playback` to the engines, the clock and the page. */
export class Player {
  readonly video = document.createElement('video');
  readonly status: ReadonlySignal<PlaybackStatus>;
  readonly kpis: ReadonlySignal<PlaybackKpis>;
  readonly isMuted: ReadonlySignal<boolean>;
  /** The viewer prefers the lowest delay to the smoothest picture. */
  readonly wantsLowestDelay: ReadonlySignal<boolean>;
  /** Platform and browser can play with the lowest delay. */
  readonly canLowerDelay = isLowestDelaySupported();

  private readonly currentStatus = signal<PlaybackStatus>('idle');
  private readonly currentKpis;
  private readonly currentMuted = signal(true);
  private readonly currentLowestDelay = signal(isLowestDelayStored());
  private readonly playback = new Playback(supportedModes(this.video, this.currentLowestDelay.value));
  private readonly meter = new PlaybackMeter();
  private readonly disposals: (() => void)[] = [];
  private engine: Engine | null = null;
  private engineId = 0; // the loadId of the engine, or of the engine whose code is loading
  private isEngineLoading = false;

  constructor(private readonly options: PlayerOptions) {
    const { video } = this;
    video.muted = true; // browsers start a picture by itself only without sound
    video.playsInline = true;
    video.disableRemotePlayback = true; // Safari's media source requires it
    this.currentKpis = signal(this.observe());
    this.status = this.currentStatus;
    this.kpis = this.currentKpis;
    this.isMuted = this.currentMuted;
    this.wantsLowestDelay = this.currentLowestDelay;

    this.listen(video, 'volumechange', () => {
      this.currentMuted.value = video.muted;
    });
    for (const type of ['loadeddata', 'play', 'pause', 'playing']) this.listen(video, type, () => this.update());
    this.listen(document, 'visibilitychange', () => document.hidden || this.onReturn());
    this.listen(document, 'resume', () => this.onReturn()); // a frozen page
    this.listen(window, 'pageshow', (event) => (event as PageTransitionEvent).persisted && this.onReturn());
    this.listen(window, 'online', () => this.onReturn());
    const timer = setInterval(() => this.tick(), TICK_INTERVAL_MS);
    this.disposals.push(
      () => clearInterval(timer),
      effect(() => {
        if (options.isLive.value) this.playback.start(performance.now());
        else this.playback.stop();
        this.update();
      }),
      effect(() => {
        this.playback.setHostAway(options.isHostAway.value, performance.now());
        this.update();
      }),
    );
  }

  /** Ends play for good. */
  dispose(): void {
    for (const dispose of this.disposals.splice(0)) dispose();
    this.playback.stop();
    this.update();
  }

  /** Switches the sound. Called by a tap, without which browsers refuse sound. */
  setMuted(isMuted: boolean): void {
    this.video.muted = isMuted;
  }

  /** Changes the viewer's choice, which this browser keeps, and loads the stream again. */
  setLowestDelay(isWanted: boolean): void {
    this.currentLowestDelay.value = isWanted;
    storeLowestDelay(isWanted);
    this.playback.changeModes(supportedModes(this.video, isWanted), performance.now());
    this.update();
  }

  /** Starts the picture that the browser did not start by itself, or that the system has paused. Called by a tap. */
  play(): void {
    // Within the tap, because some browsers accept a later call only then.
    this.startPicture();
    if (this.engine) this.engine.seekToLiveEdge();
    else this.retry();
  }

  /** Tries again after the connection was lost. */
  retry(): void {
    this.playback.retry(performance.now());
    this.update();
  }

  private tick(): void {
    this.engine?.followLiveEdge();
    const position = this.isEngineLoading ? null : this.video.currentTime;
    this.playback.tick(performance.now(), position, this.isPaused());
    this.update();
  }

  private onReturn(): void {
    this.playback.returned(performance.now());
    if (this.isPaused()) {
      this.engine?.seekToLiveEdge();
      this.startPicture();
    }
    this.update();
  }

  private onFailure(engineId: number, failure: Failure): void {
    if (engineId !== this.playback.loadId) return; // of an engine that has been replaced
    this.playback.failed(failure, performance.now());
    this.update();
  }

  /** Brings engine and signals to the state of the rules. */
  private update(): void {
    if (this.engineId !== this.playback.loadId) void this.replaceEngine();
    if (this.engine && this.video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) this.playback.frameShown();
    this.currentStatus.value = this.visibleStatus();
    this.currentKpis.value = this.observe();
  }

  private async replaceEngine(): Promise<void> {
    const id = this.playback.loadId;
    const { mode } = this.playback;
    this.engineId = id;
    this.engine?.destroy();
    this.engine = null;
    this.isEngineLoading = mode !== null;
    if (!mode) return;
    try {
      const EngineOfMode = await loadEngine(mode);
      if (id !== this.engineId) return;
      const address = addressOf(mode, this.options.streamKey, this.options.token);
      this.isEngineLoading = false;
      this.engine = new EngineOfMode(this.video, address, (failure) => this.onFailure(id, failure));
      this.startPicture();
    } catch {
      if (id !== this.engineId) return;
      this.isEngineLoading = false;
      this.onFailure(id, 'network');
    }
  }

  private startPicture(): void {
    this.video.play().catch((error: DOMException) => {
      // Other errors mean that the engine was replaced meanwhile. A muted picture that is refused shows a play button.
      if (error.name !== 'NotAllowedError' || this.video.muted) return;
      this.video.muted = true;
      this.startPicture();
    });
  }

  private isPaused(): boolean {
    return this.engine !== null && this.video.paused;
  }

  private visibleStatus(): PlaybackStatus {
    const { status } = this.playback;
    return this.isPaused() && (status === 'loading' || status === 'playing') ? 'paused' : status;
  }

  private observe(): PlaybackKpis {
    const { mode, hasPicture, totalReconnects } = this.playback;
    return this.meter.observe(performance.now(), {
      status: this.visibleStatus(),
      mode,
      hasPicture,
      reconnects: totalReconnects,
      latency: this.engine?.latency() ?? null,
    });
  }

  private listen(target: EventTarget, type: string, listener: (event: Event) => void): void {
    target.addEventListener(type, listener);
    this.disposals.push(() => target.removeEventListener(type, listener));
  }
}

const STORAGE_KEY = 'lowest-delay';

function isLowestDelayStored(): boolean {
  try {
    return localStorage.getItem(STORAGE_KEY) === 'true';
  } catch {
    return false; // storage is switched off
  }
}

function storeLowestDelay(isWanted: boolean): void {
  try {
    localStorage.setItem(STORAGE_KEY, String(isWanted));
  } catch {
    // the choice is kept for this page
  }
}
