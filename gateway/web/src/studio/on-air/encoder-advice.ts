import type { EncoderState } from '../wire';

/** Problems of the encoder's connection, the worst first. */
export type EncoderProblem =
  | 'server-unreachable'
  | 'not-connected'
  | 'no-video'
  | 'no-data'
  | 'wrong-video-codec'
  | 'no-audio'
  | 'wrong-audio-codec'
  | 'low-bitrate'
  | 'high-bitrate';

/** Below this, a picture of 720 lines with 30 frames per second has 0.02 bits per pixel and turns to blocks. */
export const MIN_KBPS = 500;
/** Above this, many phones cannot follow: a viewer needs about half as much again as the stream has, thus 12 Mbit/s. */
export const MAX_KBPS = 8_000;

/** The codecs that all players have. From a browser's camera, Opus comes instead of AAC and is converted for the viewers. */
const VIDEO_CODECS = /^(h\.?264|avc)/i;
const AUDIO_CODECS = /^(aac|opus)/i;

/** Finds what to improve. Nothing without a media server, whose state is then unknown. */
export function encoderProblems({ srs, connected, bitrateKbps, video, audio }: EncoderState): EncoderProblem[] {
  if (srs === 'NOT_CONFIGURED') return [];
  if (srs === 'UNREACHABLE') return ['server-unreachable'];
  if (!connected) return ['not-connected'];
  const problems: EncoderProblem[] = [];
  if (bitrateKbps === 0) problems.push('no-data');
  if (!video) problems.push('no-video');
  else if (!VIDEO_CODECS.test(video.codec)) problems.push('wrong-video-codec');
  if (!audio) problems.push('no-audio');
  else if (!AUDIO_CODECS.test(audio.codec)) problems.push('wrong-audio-codec');
  if (bitrateKbps && bitrateKbps < MIN_KBPS) problems.push('low-bitrate');
  if (bitrateKbps && bitrateKbps > MAX_KBPS) problems.push('high-bitrate');
  return problems;
}
