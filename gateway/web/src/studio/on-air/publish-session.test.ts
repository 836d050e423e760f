import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeApi, Refusal, settle } from '../../testing/fake-api';
import { PublishSession } from './publish-session';

const PATH = '/api/streaming/s1/session';
const session = (token: string) => ({ rtmpUrl: 'rtmp://h/live', publishKey: `k?token=${token}`, title: 'Cups' });
let api: FakeApi;

beforeEach(() => {
  vi.useFakeTimers();
  api = new FakeApi().on('GET', PATH, () => session('old'));
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('newKeyIsShownAfterItsRotation', async () => {
  const publish = new PublishSession('s1');
  publish.load();
  await settle();
  expect(publish.addresses.value?.key).toBe('k?token=old');
  api.on('POST', '/api/streaming/s1/rotate-key', () => session('new')).on('GET', PATH, () => session('new'));
  await publish.rotate();
  await settle();
  expect(publish.addresses.value?.key).toBe('k?token=new');
  expect(publish.isRotating.value).toBe(false);
});

test('refusedRotation_keepsTheKeyAndThrows', async () => {
  const publish = new PublishSession('s1');
  api.on('POST', '/api/streaming/s1/rotate-key', () => new Refusal(403, 'FORBIDDEN'));
  await expect(publish.rotate()).rejects.toMatchObject({ errorCode: 'FORBIDDEN' });
  await settle();
  expect(publish.addresses.value?.key).toBe('k?token=old');
});
