import { endSession, exchangeOffer, preferH264 } from '../api/webrtc';
import { countsOf, type UplinkCounts } from './uplink';

/** 720 × 1280 at 30 frames/s in H.264, as encoders send it; the browser sends less if the network takes less. */
const MAX_VIDEO_BITRATE = 2_500_000;
const MAX_FRAME_RATE = 30;

/** The typings lack this parameter, which browsers have. */
type SendParameters = RTCRtpSendParameters & { degradationPreference?: string };

export type ConnectionChange = 'connected' | 'lost';

/** One connection that sends a stream to the media server, until `close`. */
export class WhipConnection {
  private readonly connection = new RTCPeerConnection();
  private session: string | null = null;

  constructor(
    private readonly path: string,
    stream: MediaStream,
    onChange: (change: ConnectionChange) => void,
  ) {
    const { connection } = this;
    for (const track of stream.getTracks()) {
      const transceiver = connection.addTransceiver(track, { direction: 'sendonly', streams: [stream] });
      if (track.kind === 'video') preferH264(transceiver, RTCRtpSender.getCapabilities?.('video')?.codecs);
    }
    connection.addEventListener('connectionstatechange', () => {
      const state = connection.connectionState;
      if (state === 'connected') onChange('connected');
      // Browsers report "disconnected" after about 5 s without a reply, and it may recover; the caller waits for that.
      else if (state === 'disconnected' || state === 'failed') onChange('lost');
    });
  }

  /** Begins to send. Fails with `OfferRefused`, or with another error if the server cannot be reached. */
  async open(): Promise<void> {
    this.session = await exchangeOffer(this.connection, this.path);
    await this.limitBitrate();
  }

  async replaceVideo(track: MediaStreamTrack): Promise<void> {
    await this.sender('video')?.replaceTrack(track);
  }

  async counts(): Promise<UplinkCounts | null> {
    return countsOf(await this.connection.getStats());
  }

  /** Ends the session. Returns false if the media server was not reached, and refuses a next offer for the same key. */
  async close(): Promise<boolean> {
    this.connection.close();
    if (this.session === null) return true;
    const hasEnded = await endSession(this.session);
    if (hasEnded) this.session = null;
    return hasEnded;
  }

  private async limitBitrate(): Promise<void> {
    const sender = this.sender('video');
    if (!sender) return;
    const parameters: SendParameters = sender.getParameters();
    for (const encoding of parameters.encodings) {
      encoding.maxBitrate = MAX_VIDEO_BITRATE;
      encoding.maxFramerate = MAX_FRAME_RATE;
    }
    // A blurred picture is better than one that changes its size, which players over HLS show with a pause.
    parameters.degradationPreference = 'maintain-resolution';
    await sender.setParameters(parameters).catch(() => {}); // the browser's own limits are good enough
  }

  private sender(kind: string): RTCRtpSender | undefined {
    return this.connection.getSenders().find(({ track }) => track?.kind === kind);
  }
}
