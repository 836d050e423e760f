import { textsOf } from '../i18n/language';
import type { BroadcastEnd, BroadcastState } from './broadcast';
import type { CameraProblem } from './camera';
import type { UplinkQuality } from './uplink';

interface BroadcastTexts {
  camera: string;
  preview: string;
  open: string;
  openHint: string;
  start: string;
  stop: string;
  stopQuestion: string;
  stopDetails: string;
  mute: string;
  switchCamera: string;
  tryAgain: string;
  states: Record<BroadcastState, string>;
  problems: Record<CameraProblem, string>;
  ends: Record<BroadcastEnd, string>;
  qualities: Record<UplinkQuality, string>;
  advice: Record<UplinkQuality, string>;
  uplink(mbps: string, frames: number, lossPercent: string): string;
}

export const texts = textsOf<BroadcastTexts>({
  en: {
    camera: 'Camera of this device',
    preview: 'Your picture',
    open: 'Turn on the camera',
    openHint: 'Your browser asks for the camera and the microphone. Nobody sees you before you go live.',
    start: 'Go live',
    stop: 'Stop',
    stopQuestion: 'Stop the camera?',
    stopDetails: 'The show ends if no picture comes back within 45 seconds.',
    mute: 'Mute the microphone',
    switchCamera: 'Switch the camera',
    tryAgain: 'Try again',
    states: {
      off: '',
      opening: 'Turning on the camera…',
      'no-camera': '',
      ready: 'Only you see this picture.',
      connecting: 'Connecting…',
      sending: 'You are live.',
      reconnecting: 'The connection was lost. Reconnecting…',
    },
    problems: {
      insecure: 'Browsers give the camera only to pages with https. Please open the studio with https.',
      denied: 'The camera or the microphone is not permitted. Allow both in the settings of the browser for this page.',
      missing: 'This device has no camera or no microphone.',
      busy: 'The camera does not answer. Close other apps that use it.',
    },
    ends: {
      refused: 'The key of the show is no longer valid. Load the page again.',
      lost: 'No connection for 45 seconds. Check the network, and whether another device sends to this show.',
    },
    qualities: {
      good: 'Good picture',
      'weak-network': 'Weak network',
      'slow-device': 'Device too slow',
      'nothing-sent': 'Nothing is sent',
    },
    advice: {
      good: '',
      'weak-network': 'Viewers may see a blurred picture. Go nearer to the Wi-Fi, or use mobile data.',
      'slow-device': 'Viewers may see a jerky picture. Close other apps, and let the device cool down.',
      'nothing-sent': 'Viewers see no picture at the moment. Check the network.',
    },
    uplink: (mbps, frames, lossPercent) => `${mbps} Mb/s · ${frames} frames/s · ${lossPercent}% lost`,
  },
  ko: {
    camera: '이 기기의 카메라',
    preview: '내 화면',
    open: '카메라 켜기',
    openHint: '브라우저가 카메라와 마이크 사용 허용을 물어봐요. 방송을 시작하기 전에는 아무에게도 보이지 않아요.',
    start: '방송 시작',
    stop: '중지',
    stopQuestion: '카메라를 중지할까요?',
    stopDetails: '45초 안에 영상이 다시 오지 않으면 방송이 끝나요.',
    mute: '마이크 끄기',
    switchCamera: '카메라 전환',
    tryAgain: '다시 시도',
    states: {
      off: '',
      opening: '카메라를 켜고 있어요…',
      'no-camera': '',
      ready: '아직 나에게만 보이는 화면이에요.',
      connecting: '연결하고 있어요…',
      sending: '방송 중이에요.',
      reconnecting: '연결이 끊어졌어요. 다시 연결하고 있어요…',
    },
    problems: {
      insecure: '카메라는 https 페이지에서만 쓸 수 있어요. 스튜디오를 https로 열어 주세요.',
      denied: '카메라나 마이크가 허용되지 않았어요. 브라우저의 이 페이지 설정에서 둘 다 허용해 주세요.',
      missing: '이 기기에 카메라나 마이크가 없어요.',
      busy: '카메라가 응답하지 않아요. 카메라를 쓰는 다른 앱을 닫아 주세요.',
    },
    ends: {
      refused: '방송 키가 더 이상 유효하지 않아요. 페이지를 새로고침해 주세요.',
      lost: '45초 동안 연결되지 않았어요. 네트워크를 확인하고, 다른 기기에서 방송 중인지도 확인해 주세요.',
    },
    qualities: {
      good: '화질 좋음',
      'weak-network': '네트워크 약함',
      'slow-device': '기기가 느림',
      'nothing-sent': '전송 안 됨',
    },
    advice: {
      good: '',
      'weak-network': '시청자 화면이 흐릴 수 있어요. Wi-Fi에 더 가까이 가거나 모바일 데이터를 사용해 주세요.',
      'slow-device': '시청자 화면이 끊길 수 있어요. 다른 앱을 닫고 기기를 식혀 주세요.',
      'nothing-sent': '지금 시청자에게 영상이 보이지 않아요. 네트워크를 확인해 주세요.',
    },
    uplink: (mbps, frames, lossPercent) => `${mbps} Mb/s · 초당 ${frames}프레임 · 손실 ${lossPercent}%`,
  },
});
