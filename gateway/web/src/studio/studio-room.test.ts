import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeApi, Refusal, settle } from '../testing/fake-api';
import { FakeSocket } from '../testing/fake-socket';
import { StudioRoom } from './studio-room';

const ROLE = '/api/streaming/key/show/role';
const STATUS = '/api/streaming/key/show/status';

let api: FakeApi;
let room: StudioRoom;
const socket = () => FakeSocket.all.at(-1) as FakeSocket;

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.all.length = 0;
  api = new FakeApi()
    .on('GET', ROLE, () => ({ role: 'OWNER', streamId: 's1' }))
    .on('GET', STATUS, () => ({ status: 'PENDING', reconnecting: false, viewerCount: 0, title: 'Cups', host: {} }))
    .on('GET', '/api/viewers/show', () => ({ media: 0 }));
  vi.stubGlobal('WebSocket', FakeSocket);
  vi.stubGlobal('window', globalThis);
  vi.stubGlobal('navigator', { onLine: true });
  vi.stubGlobal('location', { protocol: 'http:', host: 'localhost' });
  vi.stubGlobal('addEventListener', () => {});
  room = new StudioRoom('show');
});

afterEach(() => {
  room.live.setHost(false);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function open(): Promise<void> {
  room.start();
  await settle();
  socket().welcome('u1');
  socket().acceptJoins();
  await settle();
}

test('ownerSeesTheShow_andConnects', async () => {
  await open();
  expect(room.access.value).toBe('granted');
  expect(room.show.value).toMatchObject({ id: 's1', title: 'Cups', status: 'PENDING', role: 'OWNER' });
  expect(room.userId.value).toBe('u1');
});

test('personWithoutRole_hasNoShowAndNoConnection', async () => {
  api.on('GET', ROLE, () => ({ role: null, streamId: null }));
  room.start();
  await settle();
  expect([room.access.value, room.show.value, FakeSocket.all.length]).toEqual(['none', undefined, 0]);
});

test('guestIsSignedOut', async () => {
  api.on('GET', ROLE, () => new Refusal(401, 'UNAUTHORIZED'));
  room.start();
  await settle();
  expect(room.access.value).toBe('signed-out');
});

test('roleThatIsTaken_endsTheAccess', async () => {
  await open();
  api.on('GET', ROLE, () => ({ role: null, streamId: null }));
  socket().receive({ event: 'stream:role-changed', data: { userId: 'u1', streamKey: 'other' } });
  await settle();
  expect(room.access.value).toBe('granted');
  socket().receive({ event: 'stream:role-changed', data: { userId: 'u1', streamKey: 'show' } });
  await settle();
  expect([room.access.value, room.show.value]).toEqual(['none', undefined]);
});

test('eventsOfTheRoom_changeTheShow', async () => {
  await open();
  socket().receive({
    event: 'stream:started',
    room: 'stream:show',
    data: { streamKey: 'show', title: 'Cups', timestamp: '2026-12-01T12:00:00Z' },
  });
  expect(room.show.value).toMatchObject({ status: 'LIVE', startedAt: '2026-12-01T12:00:00.000Z' });
  socket().receive({ event: 'stream:interrupted', room: 'stream:show', data: {} });
  expect(room.show.value?.reconnecting).toBe(true);
  socket().receive({ event: 'stream:ended', room: 'stream:show', data: { streamKey: 'show' } });
  expect(room.show.value).toMatchObject({ status: 'OFFLINE', reconnecting: false });
});

test('laterListener_isToldOfTheJoinedRooms', async () => {
  await open();
  const joined: string[] = [];
  const remove = room.addListener({ onJoined: (kind) => joined.push(kind) });
  expect(joined).toEqual(['stream', 'shop', 'chat']);
  remove();
  socket().onclose?.({ code: 1006 });
  await vi.advanceTimersByTimeAsync(10_000);
  socket().welcome('u1');
  socket().acceptJoins();
  await settle();
  expect(joined).toHaveLength(3);
});

test('revokedToken_endsTheAccess', async () => {
  await open();
  socket().receive({ event: 'error', data: { errorCode: 'UNAUTHORIZED', message: '', retryable: false } });
  await settle();
  expect(room.access.value).toBe('signed-out');
});
