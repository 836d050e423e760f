import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeSocket } from '../testing/fake-socket';
import { RoomConnection, type RoomListener } from './room-connection';

const error = (errorCode: string, retryable = false) => ({
  event: 'error',
  data: { type: 'error', errorCode, message: errorCode, retryable, timestamp: '2026-11-30T12:00:00Z' },
});
const settle = () => vi.advanceTimersByTimeAsync(0);

describe('RoomConnection', () => {
  let calls: string[];
  let rooms: RoomConnection;
  const socket = () => FakeSocket.all.at(-1) as FakeSocket;

  beforeEach(() => {
    vi.useFakeTimers();
    FakeSocket.all.length = 0;
    vi.stubGlobal('WebSocket', FakeSocket);
    vi.stubGlobal('window', globalThis);
    vi.stubGlobal('location', { protocol: 'http:', host: 'localhost' });
    vi.stubGlobal('document', { addEventListener: () => {}, hidden: false });
    vi.stubGlobal('addEventListener', () => {});
    calls = [];
    const listener: RoomListener = {
      onState: (state) => calls.push(state),
      onFrame: () => {},
      onJoined: (room) => calls.push(`joined ${room}`),
      onJoinRejected: (room, { errorCode }) => calls.push(`rejected ${room} ${errorCode}`),
      onSignedOut: () => calls.push('signed out'),
    };
    rooms = new RoomConnection(['stream:KEY', 'chat:KEY'], listener);
    rooms.start();
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  test('guestsJoinAllRooms', async () => {
    socket().welcome();
    socket().acceptJoins();
    await settle();
    expect(calls).toEqual(['connecting', 'open', 'joined stream:KEY', 'joined chat:KEY']);
  });

  test('lostConnection_isReplacedAndJoinsAgain', async () => {
    socket().welcome();
    socket().acceptJoins();
    await settle();
    calls.length = 0;
    socket().onclose?.({ code: 1006 });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(FakeSocket.all).toHaveLength(2);
    socket().welcome();
    socket().acceptJoins();
    await settle();
    expect(calls).toEqual(['reconnecting', 'open', 'joined stream:KEY', 'joined chat:KEY']);
  });

  test('unansweredMessage_isSentAgainWithTheSameClientMessageId', async () => {
    socket().welcome('me');
    socket().acceptJoins();
    await settle();
    const accepted = rooms.send('chat:KEY', 'Hello', 'm-1');
    await settle();
    socket().onclose?.({ code: 1006 });
    await vi.advanceTimersByTimeAsync(10_000);
    socket().welcome('me');
    socket().acceptJoins();
    await settle();
    const [again] = socket().sent;
    expect(again).toMatchObject({ type: 'send', clientMessageId: 'm-1' });
    socket().receive({ event: 'chat:send-message:success', replyTo: again?.id, data: { messageId: 'a' } });
    await expect(accepted).resolves.toEqual({ messageId: 'a' });
  });

  test('revokedToken_joinsTheChatAgainAsGuest', async () => {
    socket().welcome('me');
    socket().acceptJoins();
    await settle();
    calls.length = 0;
    socket().receive(error('UNAUTHORIZED'));
    expect(socket().sent).toMatchObject([{ type: 'join', room: 'chat:KEY' }]);
    socket().acceptJoins();
    await settle();
    expect(calls).toEqual(['signed out', 'joined chat:KEY']);
  });

  test('refusedHello_isFinal', async () => {
    socket().onopen?.();
    socket().receive(error('UNAUTHORIZED'));
    socket().onclose?.({ code: 1008 });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(calls).toEqual(['connecting', 'refused']);
    expect(FakeSocket.all).toHaveLength(1);
  });

  test('rejectedJoin_isRetriedOnlyIfThatMayHelp', async () => {
    socket().welcome('me');
    const [, chat] = socket().sent.filter(({ type }) => type === 'join');
    socket().receive({ ...error('FORBIDDEN'), room: 'chat:KEY', replyTo: chat?.id });
    await settle();
    expect(calls).toContain('rejected chat:KEY FORBIDDEN');
    await vi.advanceTimersByTimeAsync(9_000);
    expect(socket().sent.filter(({ room }) => room === 'chat:KEY')).toHaveLength(1);
  });
});
