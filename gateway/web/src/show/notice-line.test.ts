import { expect, test } from 'vitest';
import type { ServerFrame } from '../rooms/frames';
import { NoticeLine } from './notice-line';

const notice = (text: string): ServerFrame => ({
  event: 'notice:updated',
  room: 'platform:all',
  data: { text, fontSize: 14, fontFamily: 'Pretendard' },
});

test('closedNotice_comesBackOnlyWithAnotherText', () => {
  const line = new NoticeLine();
  line.receive(notice('Late delivery'));
  expect(line.text.value).toBe('Late delivery');
  line.close();
  line.receive(notice('Late delivery'));
  expect(line.text.value).toBe('');
  line.receive(notice('Holiday'));
  expect(line.text.value).toBe('Holiday');
});

test('emptyNotice_isNoNotice', () => {
  const line = new NoticeLine();
  line.receive(notice('Late delivery'));
  line.receive(notice(' '));
  expect(line.text.value).toBe('');
});
