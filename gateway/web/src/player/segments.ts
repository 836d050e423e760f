/** A segment of an HLS playlist, and its place in the video element's timeline. */
export interface Segment {
  /** Seconds. */
  start: number;
  duration: number;
  url: string;
  sn: number | 'initSegment'; // its number in the playlist
}

/** The media server names segments `{key}-{time in ms}-{number}.ts`; see hls_ts_file in srs.conf. */
const SEGMENT_NAME = /-(\d{13})-\d+\.ts(?:\?|$)/;

/**
 * When the media at `position` arrived at the media server, in milliseconds by the server's clock, or null if no segment
 * has it. The name has the time at which the server began the segment, which is when its first frame arrived.
 */
export function arrivalTime(segments: readonly Segment[], position: number): number | null {
  const segment = segments.find(({ start, duration }) => start <= position && position < start + duration);
  const time = SEGMENT_NAME.exec(segment?.url ?? '')?.[1];
  return segment && time ? Number(time) + (position - segment.start) * 1000 : null;
}

/**
 * True if a playlist is of another stream than the one before at the same address. SRS numbers segments from 0 again when the
 * publisher returns and when SRS restarts, so that a player would wait until the old number is reached.
 */
export function isRestarted(before: readonly Segment[], now: readonly Segment[]): boolean {
  const newest = before.at(-1);
  if (!newest || now.length === 0) return false;
  const same = now.find(({ sn }) => sn === newest.sn);
  return same ? same.url !== newest.url : Number(now.at(-1)?.sn) < Number(newest.sn);
}
