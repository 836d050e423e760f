import Hls, { type ErrorData } from 'hls.js/light';
import { serverNow } from '../api/clock';
import type { Engine, Failure, Latency } from './engine';
import { arrivalTime, isRestarted, type Segment } from './segments';

/** Segments between the live edge and the picture. With one, each late segment would stop the picture. */
const SYNC_SEGMENTS = 2;
/** A picture that is further behind jumps to the live edge. */
const MAX_LATENCY_SEGMENTS = 5;

const CONFIG = {
  // Memory: 10 s behind and 20 s ahead of the picture, with 3 Mb/s at most 30 s × 375 KB = 11 MB.
  backBufferLength: 10,
  maxBufferLength: 20,
  // Seconds, for key frames every 2 s, until the playlist has the real segments (followSegments). The table counts target
  // durations, and three of them; a single segment of 2.06 s makes the target duration 3 s, and the delay 9 s instead of 4.
  liveSyncDuration: SYNC_SEGMENTS * 2,
  liveMaxLatencyDuration: MAX_LATENCY_SEGMENTS * 2,
  // Each stall moves the picture back by this many seconds, up to one target duration, until the page is left. With the
  // default of one second, a delay of 5 s would pass 8 s after three stalls.
  liveSyncOnStallIncrease: 0.5,
  // Catches up by 25 % instead of 10 %: a delay of 2 s is caught up in 8 s.
  maxLiveSyncPlaybackRate: 1.25,
  // The server has no partial segments, so that this only enables the playback rate above: without it, hls.js ignores the
  // rate. The table has false.
  lowLatencyMode: true,
  enableWorker: false, // remuxing 3 Mb/s is little work, and the light build has no worker
};

/** HLS by hls.js. It follows the live edge by itself. */
export class HlsEngine implements Engine {
  private readonly hls = new Hls(CONFIG);
  private hasRecovered = false;
  private segments: readonly Segment[] = []; // of the newest playlist

  constructor(
    private readonly video: HTMLVideoElement,
    address: string,
    private readonly onFailure: (failure: Failure) => void,
  ) {
    this.hls.on(Hls.Events.ERROR, (_, error) => this.onError(error));
    this.hls.on(Hls.Events.LEVEL_UPDATED, (_, { details }) => this.followSegments(details.fragments));
    this.hls.on(Hls.Events.LEVEL_LOADED, (_, { details }) => {
      if (isRestarted(this.segments, details.fragments)) onFailure('restarted');
      this.segments = details.fragments;
      // A playlist with an end is what is left of an earlier show. An end during play is reported when it is reached.
      if (!details.live && video.currentTime === 0) onFailure('not-found');
    });
    video.addEventListener('ended', this.onEnded);
    this.hls.loadSource(address);
    this.hls.attachMedia(video);
  }

  followLiveEdge(): void {}

  seekToLiveEdge(): void {
    const position = this.hls.liveSyncPosition;
    if (position !== null && position > this.video.currentTime) this.video.currentTime = position;
  }

  latency(): Latency | null {
    const { currentTime } = this.video;
    if (!currentTime) return null;
    const date = this.hls.playingDate;
    if (date) return { milliseconds: serverNow() - date.getTime(), source: 'program-date-time' };
    const arrival = arrivalTime(this.segments, currentTime);
    return arrival === null ? null : { milliseconds: serverNow() - arrival, source: 'segment-time' };
  }

  destroy(): void {
    this.video.removeEventListener('ended', this.onEnded);
    this.hls.destroy();
    this.video.playbackRate = 1;
  }

  /** Sets the delay to the length of the newest segments, because the encoder chooses it. */
  private followSegments(segments: readonly Segment[]): void {
    const longest = Math.max(...segments.slice(-SYNC_SEGMENTS).map(({ duration }) => duration));
    const delay = SYNC_SEGMENTS * longest;
    // A changed delay makes hls.js forget that the network needs a larger one.
    if (!Number.isFinite(delay) || Math.abs(delay - (this.hls.config.liveSyncDuration ?? 0)) < 0.2) return;
    this.hls.config.liveMaxLatencyDuration = MAX_LATENCY_SEGMENTS * longest;
    this.hls.targetLatency = delay;
  }

  private onEnded = (): void => this.onFailure('not-found');

  private onError({ fatal, type, details, response }: ErrorData): void {
    if (!fatal) return;
    if (type === Hls.ErrorTypes.MEDIA_ERROR && !this.hasRecovered && details !== CODEC_ERROR) {
      this.hasRecovered = true;
      this.hls.recoverMediaError();
      return;
    }
    const isPlaylist =
      details === Hls.ErrorDetails.MANIFEST_LOAD_ERROR || details === Hls.ErrorDetails.LEVEL_LOAD_ERROR;
    const status = response?.code;
    if (details === CODEC_ERROR) this.onFailure('unsupported');
    else if (details === Hls.ErrorDetails.LEVEL_EMPTY_ERROR || (isPlaylist && status === 404))
      this.onFailure('not-found');
    else if (isPlaylist && (status === 401 || status === 403)) this.onFailure('forbidden');
    else this.onFailure('network');
  }
}

const CODEC_ERROR = Hls.ErrorDetails.MANIFEST_INCOMPATIBLE_CODECS_ERROR;
