/** Counts of the browser since it began to send. */
export interface UplinkCounts {
  at: number; // milliseconds
  bytes: number;
  packets: number;
  /** Packets that the media server asked for again. */
  repeatedPackets: number;
  framesPerSecond: number;
  height: number;
  limitation: string; // of the video encoder: none, cpu, bandwidth, other
}

/** How well the picture leaves this device. */
export type UplinkQuality =
  | 'good'
  | 'weak-network' // the picture is blurred or loses parts
  | 'slow-device' // the encoder cannot keep up
  | 'nothing-sent';

export interface Uplink {
  quality: UplinkQuality;
  kbps: number;
  /** Share of the packets that did not arrive at the first attempt, from 0 to 1. */
  loss: number;
  framesPerSecond: number;
  height: number;
}

/** The picture of 720 × 1280 is blurred in motion below this. */
const WEAK_KBPS = 700;
/** Above this, repeated packets come too late for the players. */
const WEAK_LOSS = 0.05;
/** The bandwidth estimate of a browser begins at 300 kb/s and grows for some seconds. */
const RAMP_UP_MS = 10_000;

/** Judges the time between two counts. `startedAt` is the time of the first one. */
export function judgeUplink(before: UplinkCounts, after: UplinkCounts, startedAt: number): Uplink {
  const seconds = Math.max(0.001, (after.at - before.at) / 1000);
  const packets = Math.max(0, after.packets - before.packets);
  const kbps = Math.max(0, Math.round(((after.bytes - before.bytes) * 8) / 1000 / seconds));
  const loss = packets === 0 ? 0 : Math.min(1, Math.max(0, after.repeatedPackets - before.repeatedPackets) / packets);
  return {
    quality: qualityOf(kbps, loss, after.limitation, after.at - startedAt < RAMP_UP_MS),
    kbps,
    loss,
    framesPerSecond: Math.round(after.framesPerSecond),
    height: after.height,
  };
}

function qualityOf(kbps: number, loss: number, limitation: string, isRampingUp: boolean): UplinkQuality {
  if (kbps === 0) return 'nothing-sent';
  if (limitation === 'cpu') return 'slow-device';
  if (loss > WEAK_LOSS) return 'weak-network';
  return limitation === 'bandwidth' && kbps < WEAK_KBPS && !isRampingUp ? 'weak-network' : 'good';
}

/** Reads the counts of a connection's video; null before the first frame. */
export function countsOf(report: RTCStatsReport): UplinkCounts | null {
  for (const entry of report.values()) {
    if (entry.type !== 'outbound-rtp' || entry.kind !== 'video') continue;
    return {
      at: entry.timestamp,
      bytes: entry.bytesSent ?? 0,
      packets: entry.packetsSent ?? 0,
      repeatedPackets: entry.retransmittedPacketsSent ?? 0,
      framesPerSecond: entry.framesPerSecond ?? 0,
      height: Math.max(entry.frameHeight ?? 0, entry.frameWidth ?? 0),
      limitation: entry.qualityLimitationReason ?? 'none',
    };
  }
  return null;
}
