import { expect, test } from 'vitest';
import type { EncoderState } from '../wire';
import { encoderProblems, MAX_KBPS, MIN_KBPS } from './encoder-advice';

const GOOD: EncoderState = {
  srs: 'UP',
  connected: true,
  bitrateKbps: 2500,
  video: { codec: 'H264', width: 720, height: 1280 },
  audio: { codec: 'AAC' },
  checkedAt: '2026-12-01T12:00:00Z',
};

test.each<[string, Partial<EncoderState>, string[]]>([
  ['good encoder', {}, []],
  ['camera of a browser', { audio: { codec: 'Opus' }, protocol: 'WEBRTC' }, []],
  ['bitrate that is not known yet', { bitrateKbps: undefined }, []],
  ['least good bitrate', { bitrateKbps: MIN_KBPS }, []],
  ['greatest good bitrate', { bitrateKbps: MAX_KBPS }, []],
  ['slow network', { bitrateKbps: MIN_KBPS - 1 }, ['low-bitrate']],
  ['wasteful encoder', { bitrateKbps: MAX_KBPS + 1 }, ['high-bitrate']],
  ['encoder that stalls', { bitrateKbps: 0 }, ['no-data']],
  ['HEVC', { video: { codec: 'HEVC' } }, ['wrong-video-codec']],
  ['MP3', { audio: { codec: 'MP3' } }, ['wrong-audio-codec']],
  ['sound alone', { video: undefined }, ['no-video']],
  ['picture alone', { audio: undefined }, ['no-audio']],
  ['no encoder', { connected: false, video: undefined, audio: undefined, bitrateKbps: undefined }, ['not-connected']],
  ['server that is down', { srs: 'UNREACHABLE', connected: false }, ['server-unreachable']],
  ['platform without a media server', { srs: 'NOT_CONFIGURED', connected: false }, []],
])('%s', (_, state, problems) => {
  expect(encoderProblems({ ...GOOD, ...state })).toEqual(problems);
});
