import { settings } from '../api/settings';

/** The ways to play a stream. */
export type Mode = 'webrtc' | 'flv' | 'hls' | 'native-hls';

/** Why an engine cannot go on. The rules in playback.ts decide what follows. */
export type Failure =
  /** The connection was refused, broke, timed out, or was closed by the server. It may work again in a moment. */
  | 'network'
  /** The server has no live picture at this address. */
  | 'not-found'
  /** The server began the stream again: what the engine knows is of the one before. */
  | 'restarted'
  /** The viewer may not see this stream. */
  | 'forbidden'
  /** The browser cannot play the stream in this mode. */
  | 'unsupported';

/** The delay of the picture, with its source, because the sources do not measure the same. */
export interface Latency {
  milliseconds: number;
  source:
    | 'program-date-time' // from the playlist's clock to the screen
    | 'segment-time' // from the arrival at the media server, which is in the names of the segments, to the screen
    | 'webrtc' // from the media server to the screen, by the browser's statistics
    | 'buffer'; // from the newest media in the browser to the screen: without encoder, server and network
}

/** Plays one stream in one mode in a video element, from its construction until `destroy`. Reports at most one failure. */
export interface Engine {
  /** Keeps the picture near the live edge. Called four times a second. */
  followLiveEdge(): void;
  /** Jumps to the live edge after the page was in the background. */
  seekToLiveEdge(): void;
  latency(): Latency | null;
  destroy(): void;
}

export type EngineConstructor = new (
  video: HTMLVideoElement,
  address: string,
  onFailure: (failure: Failure) => void,
) => Engine;

/** Loads the code of a mode only when the mode is used: the libraries are larger than the rest of the page. */
export async function loadEngine(mode: Mode): Promise<EngineConstructor> {
  switch (mode) {
    case 'webrtc':
      return (await import('./whep-engine')).WhepEngine;
    case 'flv':
      return (await import('./flv-engine')).FlvEngine;
    case 'hls':
      return (await import('./hls-engine')).HlsEngine;
    case 'native-hls':
      return (await import('./native-hls-engine')).NativeHlsEngine;
  }
}

/** Returns true if platform and browser can play with the lowest delay. */
export const isLowestDelaySupported = (): boolean => settings.webrtc && 'RTCPeerConnection' in window;

/**
 * The modes of this browser, best first. iPhones before iOS 17.1 have no media source and play HLS natively. WebRTC has the
 * lowest delay and, with no buffer, the least smooth picture, so the viewer chooses it.
 */
export function supportedModes(video: HTMLVideoElement, wantsLowestDelay: boolean): Mode[] {
  const modes: Mode[] = wantsLowestDelay && isLowestDelaySupported() ? ['webrtc'] : [];
  if ('MediaSource' in window || 'ManagedMediaSource' in window) modes.push('flv', 'hls');
  else if (video.canPlayType('application/vnd.apple.mpegurl')) modes.push('native-hls');
  return modes;
}

/** The address of a stream. A private stream's invitation is a parameter, which the media server and Nginx check. */
export function addressOf(mode: Mode, streamKey: string, token?: string): string {
  const invitation = token ? `token=${encodeURIComponent(token)}` : '';
  if (mode === 'webrtc') return `/rtc/v1/whep/?app=live&stream=${streamKey}${invitation && `&${invitation}`}`;
  const path = mode === 'flv' ? `/live/live/${streamKey}.flv` : `/hls/${streamKey}.m3u8`;
  return invitation ? `${path}?${invitation}` : path;
}
