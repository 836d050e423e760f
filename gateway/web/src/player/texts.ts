import { textsOf } from '../i18n/language';
import type { Latency, Mode } from './engine';

interface PlayerTexts {
  video: string;
  loading: string;
  buffering: string;
  reconnecting: string;
  noPicture: string;
  noPictureHint: string;
  hostAway: string;
  hostAwayHint: string;
  lost: string;
  lostHint: string;
  refused: string;
  refusedHint: string;
  unsupported: string;
  unsupportedHint: string;
  retry: string;
  play: string;
  unmute: string;
  mute: string;
  lowestDelay: string;
  kpis: string;
  mode: string;
  modes: Record<Mode, string>;
  firstFrame: string;
  rebuffers: string;
  stall: string;
  reconnects: string;
  latency: Record<Latency['source'], string>;
  unknownLatency: string;
}

export const texts = textsOf<PlayerTexts>({
  en: {
    video: 'Live video',
    loading: 'Loading the video…',
    buffering: 'Buffering…',
    reconnecting: 'Reconnecting…',
    noPicture: 'No picture yet',
    noPictureHint: 'It appears here as soon as the host sends it.',
    hostAway: 'The host is reconnecting',
    hostAwayHint: 'Stay here: the show goes on in a moment.',
    lost: 'Connection lost',
    lostHint: 'The video cannot be loaded at the moment.',
    refused: 'You cannot watch this show',
    refusedHint: 'It is private. Open it with your invitation link.',
    unsupported: 'This browser cannot play the video',
    unsupportedHint: 'Please open the page in a current Chrome, Safari, Edge or Firefox.',
    retry: 'Try again',
    play: 'Play',
    unmute: 'Tap for sound',
    mute: 'Turn off the sound',
    lowestDelay: 'Lowest delay',
    kpis: 'Playback statistics',
    mode: 'Mode',
    modes: { webrtc: 'WebRTC', flv: 'HTTP-FLV', hls: 'HLS', 'native-hls': 'HLS (native)' },
    firstFrame: 'First frame',
    rebuffers: 'Rebuffers',
    stall: 'Stalled',
    reconnects: 'Reconnects',
    latency: {
      'program-date-time': 'Latency by the playlist’s clock',
      'segment-time': 'Latency since the media server',
      webrtc: 'Latency since the media server',
      buffer: 'Behind the newest data',
    },
    unknownLatency: 'Latency',
  },
  ko: {
    video: '라이브 영상',
    loading: '영상을 불러오고 있어요…',
    buffering: '버퍼링 중이에요…',
    reconnecting: '다시 연결하고 있어요…',
    noPicture: '아직 영상이 없어요',
    noPictureHint: '진행자가 영상을 보내면 바로 보여 드릴게요.',
    hostAway: '진행자가 다시 연결하고 있어요',
    hostAwayHint: '잠시만 기다려 주세요. 방송이 곧 이어져요.',
    lost: '연결이 끊어졌어요',
    lostHint: '지금은 영상을 불러올 수 없어요.',
    refused: '이 방송은 볼 수 없어요',
    refusedHint: '비공개 방송이에요. 초대 링크로 열어 주세요.',
    unsupported: '이 브라우저에서는 영상을 재생할 수 없어요',
    unsupportedHint: '최신 Chrome, Safari, Edge 또는 Firefox에서 열어 주세요.',
    retry: '다시 시도',
    play: '재생',
    unmute: '눌러서 소리 켜기',
    mute: '소리 끄기',
    lowestDelay: '지연 최소화',
    kpis: '재생 통계',
    mode: '방식',
    modes: { webrtc: 'WebRTC', flv: 'HTTP-FLV', hls: 'HLS', 'native-hls': 'HLS(기본 재생기)' },
    firstFrame: '첫 화면',
    rebuffers: '버퍼링 횟수',
    stall: '멈춘 시간',
    reconnects: '재연결',
    latency: {
      'program-date-time': '지연 시간(재생 목록 시각 기준)',
      'segment-time': '지연 시간(미디어 서버 기준)',
      webrtc: '지연 시간(미디어 서버 기준)',
      buffer: '최신 데이터와의 차이',
    },
    unknownLatency: '지연 시간',
  },
});
