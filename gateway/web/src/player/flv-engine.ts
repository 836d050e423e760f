import mpegts from 'mpegts.js';
import type { Engine, Failure, Latency } from './engine';
import { LiveEdgeChaser } from './live-edge';

const CONFIG = {
  isLive: true,
  // The stash holds data back until it is full: with the table's 512 KB a stream of 1 Mb/s would start after 4 s. The
  // video element's own buffer absorbs the jitter.
  enableStashBuffer: false,
  // The live edge is followed by LiveEdgeChaser, whose rules are ours to test: by rate first. The library's chasing only jumps.
  liveBufferLatencyChasing: false,
  // Never closes the connection because enough is buffered: a live stream has no more than the viewer's delay.
  lazyLoad: false,
  // A page that is opened in the background would otherwise wait, and count as stalled.
  deferLoadAfterSourceOpen: false,
  // Removes what is more than 20 s old, and leaves 7 s: with 3 Mb/s at most 20 s × 375 KB = 7.5 MB.
  autoCleanupSourceBuffer: true,
  autoCleanupMaxBackwardDuration: 20,
  autoCleanupMinBackwardDuration: 7,
};

const LIVE_EDGE = {
  // SRS writes every 350 ms. 0.8 s are two writes and a network delay.
  target: 0.8,
  maxTarget: 2, // the table's liveBufferLatencyMinRemain
  targetStep: 0.4,
  tolerance: 0.4,
  rate: 1.2,
  seekBeyond: 5, // the table's liveBufferLatencyMaxLatency
};

/** HTTP-FLV by mpegts.js: one response that lasts as long as the show. */
export class FlvEngine implements Engine {
  private readonly player: mpegts.Player;
  private readonly liveEdge = new LiveEdgeChaser(LIVE_EDGE);

  constructor(
    private readonly video: HTMLVideoElement,
    address: string,
    onFailure: (failure: Failure) => void,
  ) {
    mpegts.LoggingControl.applyConfig({ enableAll: false });
    // The library resolves addresses in a worker, where relative ones have no base.
    const url = new URL(address, location.href).href;
    this.player = mpegts.createPlayer({ type: 'flv', isLive: true, url }, CONFIG);
    this.player.on(mpegts.Events.ERROR, (type: string, detail: string, info?: { code?: number }) =>
      onFailure(failureOf(type, detail, info?.code)),
    );
    // The server has closed the response.
    this.player.on(mpegts.Events.LOADING_COMPLETE, () => onFailure('network'));
    this.player.attachMediaElement(video);
    this.player.load();
  }

  followLiveEdge(): void {
    const edge = this.edge();
    if (edge !== null) this.liveEdge.follow(this.video, edge);
  }

  seekToLiveEdge(): void {
    const edge = this.edge();
    if (edge !== null) this.liveEdge.seek(this.video, edge);
  }

  /** FLV has no clock, so that only the delay in the browser is known. */
  latency(): Latency | null {
    const edge = this.edge();
    return edge === null ? null : { milliseconds: (edge - this.video.currentTime) * 1000, source: 'buffer' };
  }

  destroy(): void {
    this.player.destroy();
    this.video.playbackRate = 1;
  }

  private edge(): number | null {
    const { buffered } = this.video;
    return buffered.length ? buffered.end(buffered.length - 1) : null;
  }
}

function failureOf(type: string, detail: string, status: number | undefined): Failure {
  if (
    detail === mpegts.ErrorDetails.MEDIA_CODEC_UNSUPPORTED ||
    detail === mpegts.ErrorDetails.MEDIA_FORMAT_UNSUPPORTED
  ) {
    return 'unsupported';
  }
  if (type !== mpegts.ErrorTypes.NETWORK_ERROR) return 'network';
  // SRS refuses a stream that is not live by closing the connection without a response, which proxies report as 502. HLS has
  // real statuses, which show if the server is down.
  if (status === 404 || status === 502) return 'not-found';
  return status === 401 || status === 403 ? 'forbidden' : 'network';
}
