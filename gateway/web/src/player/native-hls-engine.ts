import { serverNow } from '../api/clock';
import type { Engine, Failure, Latency } from './engine';
import { LiveEdgeChaser } from './live-edge';

/** The browser starts three segments behind the live edge: 6 s with key frames every 2 s. */
const LIVE_EDGE = { target: 6, maxTarget: 8, targetStep: 1, tolerance: 2, rate: 1.1, seekBeyond: 11 };

/** HLS by the browser itself: Safari on iPhones without a media source. */
export class NativeHlsEngine implements Engine {
  private readonly liveEdge = new LiveEdgeChaser(LIVE_EDGE);

  constructor(
    private readonly video: HTMLVideoElement & { getStartDate?: () => Date },
    private readonly address: string,
    private readonly onFailure: (failure: Failure) => void,
  ) {
    video.addEventListener('error', this.onError);
    video.addEventListener('ended', this.onEnded);
    video.addEventListener('loadedmetadata', this.onMetadata);
    video.src = address;
    video.load();
  }

  followLiveEdge(): void {
    const edge = this.edge();
    if (edge !== null) this.liveEdge.follow(this.video, edge);
  }

  seekToLiveEdge(): void {
    const edge = this.edge();
    if (edge !== null) this.liveEdge.seek(this.video, edge);
  }

  latency(): Latency | null {
    const start = this.video.getStartDate?.().getTime() ?? Number.NaN;
    if (Number.isFinite(start)) {
      return { milliseconds: serverNow() - (start + this.video.currentTime * 1000), source: 'program-date-time' };
    }
    const edge = this.edge();
    return edge === null ? null : { milliseconds: (edge - this.video.currentTime) * 1000, source: 'buffer' };
  }

  destroy(): void {
    this.video.removeEventListener('error', this.onError);
    this.video.removeEventListener('ended', this.onEnded);
    this.video.removeEventListener('loadedmetadata', this.onMetadata);
    this.video.removeAttribute('src');
    this.video.load();
    this.video.playbackRate = 1;
  }

  private onEnded = (): void => this.onFailure('not-found');

  private onMetadata = (): void => {
    if (Number.isFinite(this.video.duration)) this.onFailure('not-found'); // what is left of an earlier show
  };

  /** The element does not report the status of the response, so the playlist is requested again for it. */
  private onError = async (): Promise<void> => {
    const status = await fetch(this.address).then(
      (response) => response.status,
      () => 0,
    );
    if (status === 404) this.onFailure('not-found');
    else if (status === 401 || status === 403) this.onFailure('forbidden');
    else this.onFailure('network');
  };

  private edge(): number | null {
    const { seekable } = this.video;
    return seekable.length ? seekable.end(seekable.length - 1) : null;
  }
}
