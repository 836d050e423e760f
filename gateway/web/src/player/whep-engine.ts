import { endSession, exchangeOffer, OfferRefused } from '../api/webrtc';
import type { Engine, Failure, Latency } from './engine';

const STATISTICS_INTERVAL_MS = 1_000;

/** WebRTC by WHEP: media over UDP, shown as it arrives. */
export class WhepEngine implements Engine {
  private readonly connection = new RTCPeerConnection();
  private readonly stream = new MediaStream();
  private readonly timer = setInterval(() => void this.measure(), STATISTICS_INTERVAL_MS);
  private session: string | null = null;
  private delay: number | null = null; // milliseconds
  private counted = { jitterBufferDelay: 0, frames: 0 };

  constructor(
    private readonly video: HTMLVideoElement,
    address: string,
    private readonly onFailure: (failure: Failure) => void,
  ) {
    const { connection, stream } = this;
    for (const kind of ['audio', 'video']) connection.addTransceiver(kind, { direction: 'recvonly' });
    connection.addEventListener('track', ({ track }) => stream.addTrack(track));
    connection.addEventListener('connectionstatechange', () => {
      const state = connection.connectionState;
      if (state === 'disconnected' || state === 'failed') onFailure('network');
    });
    addEventListener('pagehide', this.onPageHide);
    video.srcObject = stream;
    void this.open(address);
  }

  followLiveEdge(): void {}

  seekToLiveEdge(): void {}

  latency(): Latency | null {
    return this.delay === null ? null : { milliseconds: this.delay, source: 'webrtc' };
  }

  destroy(): void {
    clearInterval(this.timer);
    removeEventListener('pagehide', this.onPageHide);
    this.connection.close();
    if (this.session) void endSession(this.session);
    this.session = null;
    this.video.srcObject = null;
  }

  /** The media server would count the viewer for 10 to 15 s more. */
  private onPageHide = (): void => {
    if (this.session) void endSession(this.session);
  };

  private async open(address: string): Promise<void> {
    try {
      this.session = await exchangeOffer(this.connection, address);
    } catch (error) {
      if (this.connection.signalingState !== 'closed') this.onFailure(failureOf(error));
    }
  }

  /** Half of the way to the server and back, and the time that frames waited and were decoded. */
  private async measure(): Promise<void> {
    let delay = 0;
    let hasFrames = false;
    for (const entry of (await this.connection.getStats()).values()) {
      if (entry.type === 'candidate-pair' && entry.nominated) delay += ((entry.currentRoundTripTime ?? 0) * 1000) / 2;
      if (entry.type !== 'inbound-rtp' || entry.kind !== 'video') continue;
      const counted = { jitterBufferDelay: entry.jitterBufferDelay ?? 0, frames: entry.jitterBufferEmittedCount ?? 0 };
      const frames = counted.frames - this.counted.frames;
      hasFrames = frames > 0;
      if (hasFrames) delay += ((counted.jitterBufferDelay - this.counted.jitterBufferDelay) * 1000) / frames;
      if (entry.framesDecoded) delay += ((entry.totalDecodeTime ?? 0) * 1000) / entry.framesDecoded;
      this.counted = counted;
    }
    if (hasFrames) this.delay = delay;
  }
}

function failureOf(error: unknown): Failure {
  if (!(error instanceof OfferRefused)) return 'network';
  // SRS refuses a stream that is not live, and an invitation that is not valid, by closing the connection: proxies report 502.
  // HTTP-FLV and HLS, which follow, distinguish them.
  return error.status === 404 || error.status === 502 ? 'not-found' : 'network';
}
