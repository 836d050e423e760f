import { expect, test } from 'vitest';
import { addressOf } from './engine';

test('addresses_areThoseOfTheContract', () => {
  expect(addressOf('webrtc', 'k1')).toBe('/rtc/v1/whep/?app=live&stream=k1');
  expect(addressOf('flv', 'k1')).toBe('/live/live/k1.flv');
  expect(addressOf('hls', 'k1')).toBe('/hls/k1.m3u8');
  expect(addressOf('native-hls', 'k1')).toBe('/hls/k1.m3u8');
});

test('invitation_isAParameter', () => {
  expect(addressOf('hls', 'private-k1', 'a+b/c=')).toBe('/hls/private-k1.m3u8?token=a%2Bb%2Fc%3D');
  expect(addressOf('webrtc', 'private-k1', 't')).toBe('/rtc/v1/whep/?app=live&stream=private-k1&token=t');
});
