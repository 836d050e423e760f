import { signal } from '@preact/signals';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { EventData } from '../rooms/frames';
import { RequestError } from '../rooms/room-connection';
import { Chat } from './chat';
import { type ChatMessage, MessageList } from './message-list';

const START = Date.UTC(2026, 10, 30, 12);
const timestamp = new Date(START).toISOString();

const message = (id: string, userId = 'kim', clientMessageId?: string): ChatMessage => ({
  id,
  liveId: 'KEY',
  userId,
  username: 'Kim',
  message: `text of ${id}`,
  timestamp,
  ...(clientMessageId ? { clientMessageId } : {}),
});

/** Requests that were sent; the test replies to them. */
class Requests {
  readonly sent: Array<{
    message: string;
    id: string;
    accept(messageId: string): void;
    refuse(error: RequestError): void;
  }> = [];
  readonly send = (message: string, id: string) =>
    new Promise<Pick<EventData<'chat:send-message:success'>, 'messageId' | 'timestamp'>>((resolve, reject) => {
      this.sent.push({ message, id, accept: (messageId) => resolve({ messageId, timestamp }), refuse: reject });
    });
}

describe('Chat', () => {
  let requests: Requests;
  let chat: Chat;
  const pin = (id?: string) =>
    chat.receive({
      event: 'chat:pinned',
      room: 'chat:KEY',
      data: { liveId: 'KEY', by: 'host', timestamp, ...(id ? { message: message(id) } : {}) },
    });
  const rules = (slowSeconds: number) =>
    chat.receive({
      event: 'chat:mode',
      room: 'chat:KEY',
      data: { liveId: 'KEY', slowSeconds, minutesInRoom: 0, closed: false, links: true, timestamp },
    });

  beforeEach(() => {
    vi.useFakeTimers({ now: START });
    requests = new Requests();
    chat = new Chat(requests.send, signal(START), new MessageList((update) => update()));
    chat.setUser('me');
  });
  afterEach(() => vi.useRealTimers());

  const joined = (role?: EventData<'chat:join-room:success'>['role']) =>
    chat.receive({
      event: 'chat:join-room:success',
      room: 'chat:KEY',
      data: { roomName: 'live:KEY', timestamp, role },
    });

  test('administratorWritesInAClosedChat_alsoAfterAResumedJoin', () => {
    chat.access.setRules({ slowSeconds: 0, minutesInRoom: 0, closed: true, links: true });
    expect(chat.access.state.value.kind).toBe('closed');
    joined('ADMIN');
    joined();
    expect(chat.access.state.value.kind).toBe('open');
    expect(chat.canModerate.value).toBe(true);
  });

  test('roleIsNotKeptForAnotherUser', () => {
    joined('MODERATOR');
    chat.setUser('kim');
    expect(chat.canModerate.value).toBe(false);
  });

  test('retry_sendsTheSameClientMessageId', async () => {
    chat.send('Hello');
    const [first] = requests.sent;
    first?.refuse(new RequestError('busy', 'BUSY', true));
    await vi.waitFor(() => expect(chat.messages.rows.value[0]).toMatchObject({ state: 'failed', isRetryable: true }));
    chat.retry(first?.id ?? '', 'Hello');
    expect(requests.sent.map(({ id }) => id)).toEqual([first?.id, first?.id]);
    requests.sent[1]?.accept('a');
    await vi.waitFor(() => expect(chat.messages.rows.value).toMatchObject([{ state: 'sent', id: 'a', text: 'Hello' }]));
  });

  test('refusedLink_cannotBeRetried', async () => {
    chat.send('naver.com');
    requests.sent[0]?.refuse(new RequestError('Links are not allowed in this chat', 'INVALID_MESSAGE', false));
    await vi.waitFor(() =>
      expect(chat.messages.rows.value[0]).toMatchObject({ refusal: { reason: 'link' }, isRetryable: false }),
    );
  });

  test('pendingMessagesAreBounded', async () => {
    for (let i = 0; i < 20; i++) expect(chat.send(`m${i}`)).toBe(true);
    expect(chat.send('one more')).toBe(false);
    requests.sent[0]?.accept('a');
    await vi.waitFor(() => expect(chat.send('one more')).toBe(true));
  });

  test('acceptedMessage_startsThePauseOfSlowMode', async () => {
    rules(5);
    chat.send('Hello');
    requests.sent[0]?.accept('a');
    await vi.waitFor(() => expect(chat.access.state.value).toEqual({ kind: 'waiting', until: START + 5000 }));
  });

  test('ownMessageOfHistory_startsThePauseToo', () => {
    rules(5);
    chat.receive({ event: 'chat:history', room: 'chat:KEY', data: { liveId: 'KEY', messages: [message('a', 'me')] } });
    expect(chat.access.state.value).toEqual({ kind: 'waiting', until: START + 5000 });
  });

  test('host_isExemptFromRules', () => {
    rules(5);
    chat.setHost('me');
    chat.receive({ event: 'chat:message', room: 'chat:KEY', data: message('a', 'me') });
    expect(chat.access.state.value).toEqual({ kind: 'open' });
  });

  test('restrictionOfAnotherUser_isIgnored', () => {
    chat.receive({
      event: 'chat:user-restricted',
      room: 'chat:KEY',
      data: { userId: 'kim', liveId: 'KEY', kind: 'BAN', by: 'host', timestamp },
    });
    expect(chat.access.state.value).toEqual({ kind: 'open' });
  });

  test('joinWithoutPinAndRules_resetsThem', () => {
    pin('a');
    rules(5);
    chat.onJoined();
    expect(chat.pinned.value?.id).toBe('a');
    expect(chat.access.rules.value.slowSeconds).toBe(5);

    chat.setUser('me'); // a new connection
    chat.onJoined();
    expect(chat.pinned.value).toBeNull();
    expect(chat.access.rules.value.slowSeconds).toBe(0);
  });

  test('pinnedMessageIsUnpinned', () => {
    pin('a');
    pin();
    expect(chat.pinned.value).toBeNull();
  });

  test('historyIsQuiet_laterMessagesAreRead', () => {
    chat.receive({ event: 'chat:history', room: 'chat:KEY', data: { liveId: 'KEY', messages: [message('a')] } });
    expect(chat.isShowingHistory.value).toBe(true);
    vi.advanceTimersByTime(1000);
    expect(chat.isShowingHistory.value).toBe(false);
  });

  test('endOfSignIn_asksToSignInAgain', () => {
    chat.onSignedOut();
    chat.onJoined();
    expect(chat.access.state.value).toEqual({ kind: 'signed-out' });
  });
});
