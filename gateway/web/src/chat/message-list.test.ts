import { beforeEach, describe, expect, test } from 'vitest';
import { type ChatMessage, MessageList } from './message-list';

const at = (second: number) => new Date(Date.UTC(2026, 10, 30, 12, 0, second)).toISOString();

function message(id: string, second: number, more: Partial<ChatMessage> = {}): ChatMessage {
  return {
    id,
    liveId: 'KEY',
    userId: 'kim',
    username: 'Kim',
    message: `text of ${id}`,
    timestamp: at(second),
    ...more,
  };
}

describe('MessageList', () => {
  let list: MessageList;
  const texts = () => list.rows.value.map((row) => row.text);
  const states = () => list.rows.value.map((row) => row.state);

  beforeEach(() => {
    list = new MessageList((update) => update());
    list.userId = 'me';
  });

  test('messageIsShownOnce', () => {
    list.add(message('a', 1));
    list.add(message('a', 1));
    expect(texts()).toEqual(['text of a']);
  });

  test('burstUpdatesTheScreenOnce', () => {
    const updates: Array<() => void> = [];
    list = new MessageList((update) => updates.push(update));
    for (let i = 0; i < 100; i++) list.add(message(`m${i}`, i));
    expect(updates).toHaveLength(1);
    updates[0]?.();
    expect(list.rows.value).toHaveLength(100);
  });

  test('ownMessage_movesToThePlaceThatTheRoomGivesIt', () => {
    list.addPending('c-1', 'mine');
    list.add(message('a', 1));
    list.add(message('b', 2, { userId: 'me', clientMessageId: 'c-1', message: 'mine' }));
    expect(texts()).toEqual(['text of a', 'mine']);
    expect(states()).toEqual(['sent', 'sent']);
    expect(list.rows.value[1]?.key).toBe('c-1');
  });

  test('confirmedMessage_staysAndIsNotShownAgain', () => {
    list.addPending('c-1', 'mine');
    list.add(message('a', 1));
    list.confirm('c-1', 'b', at(2));
    list.add(message('b', 2, { userId: 'me', clientMessageId: 'c-1', message: 'mine' }));
    expect(texts()).toEqual(['mine', 'text of a']);
    expect(states()).toEqual(['sent', 'sent']);
  });

  test('confirmationAfterTheRoomsMessage_changesNothing', () => {
    list.addPending('c-1', 'mine');
    list.add(message('b', 2, { userId: 'me', clientMessageId: 'c-1', message: 'mine' }));
    list.confirm('c-1', 'b', at(2));
    expect(texts()).toEqual(['mine']);
  });

  test('confirmationOfDeletedMessage_doesNotShowIt', () => {
    list.addPending('c-1', 'mine');
    list.delete('b');
    list.confirm('c-1', 'b', at(2));
    expect(texts()).toEqual([]);
  });

  test('otherUser_cannotRemoveRowByItsClientMessageId', () => {
    list.addPending('c-1', 'mine');
    list.add(message('a', 1, { clientMessageId: 'c-1' }));
    expect(texts()).toEqual(['mine', 'text of a']);
  });

  test('failedMessage_becomesPendingByRetryAtTheEnd', () => {
    list.addPending('c-1', 'mine');
    list.fail('c-1', { reason: 'busy' }, true);
    expect(list.rows.value[0]).toMatchObject({ state: 'failed', refusal: { reason: 'busy' }, isRetryable: true });
    list.add(message('a', 1));
    list.addPending('c-1', 'mine');
    expect(texts()).toEqual(['text of a', 'mine']);
    expect(states()).toEqual(['sent', 'pending']);
  });

  test('failedMessageThatDidArrive_isTakenOver', () => {
    list.addPending('c-1', 'mine');
    list.fail('c-1', { reason: 'no-connection' }, true);
    list.merge([message('b', 2, { userId: 'me', clientMessageId: 'c-1', message: 'mine' })]);
    expect(states()).toEqual(['sent']);
  });

  test('history_addsMissedMessagesAndDropsDeletedOnes', () => {
    list.add(message('before', 0));
    for (const id of ['a', 'b', 'c']) list.add(message(id, { a: 1, b: 2, c: 3 }[id] ?? 0));
    list.addPending('c-1', 'mine');
    list.merge([message('a', 1), message('c', 3), message('d', 4)]);
    expect(texts()).toEqual(['text of before', 'text of a', 'text of c', 'mine', 'text of d']);
  });

  test('historyIsNoNews', () => {
    list.setFollowing(false);
    list.merge([message('a', 1), message('b', 2)]);
    expect(list.unread.value).toBe(0);
    list.add(message('c', 3));
    expect(list.unread.value).toBe(1);
    list.setFollowing(true);
    expect(list.unread.value).toBe(0);
  });

  test('ownMessage_makesTheListFollow', () => {
    list.setFollowing(false);
    list.add(message('a', 1));
    list.addPending('c-1', 'mine');
    expect(list.isFollowing.value).toBe(true);
    expect(list.unread.value).toBe(0);
  });

  test('deletedMessage_leavesMarkWithoutText', () => {
    list.add(message('a', 1));
    list.add(message('b', 2));
    list.delete('a');
    expect(list.rows.value[0]).toMatchObject({ state: 'removed', text: '', username: '' });
    expect(texts()).toEqual(['', 'text of b']);
  });

  test('deletedMessage_isNotShownByLaterFrame', () => {
    list.delete('a');
    list.add(message('a', 1));
    list.merge([message('a', 1)]);
    expect(texts()).toEqual([]);
  });

  test('clearedUser_leavesOneMarkAndLaterMessages', () => {
    list.add(message('a', 1));
    list.add(message('b', 2, { userId: 'lee' }));
    list.add(message('c', 3));
    list.add(message('late', 9));
    list.clearUser('kim', at(5));
    expect(texts()).toEqual(['text of b', '', 'text of late']);
    expect(states()).toEqual(['sent', 'removed', 'sent']);
  });

  test('clearedUser_leavesOneMark_afterSingleDeletions', () => {
    for (const [id, second] of [
      ['a', 1],
      ['b', 2],
    ] as const) {
      list.add(message(id, second));
      list.delete(id);
    }
    list.clearUser('kim', at(5));
    expect(states()).toEqual(['removed']);
  });

  test('clearedUser_withoutMessages_changesNothing', () => {
    list.add(message('a', 1));
    list.clearUser('lee', at(5));
    expect(texts()).toEqual(['text of a']);
  });

  test('rowsAreBounded_oldestAreDropped', () => {
    for (let i = 0; i < 350; i++) list.add(message(`m${i}`, i));
    expect(list.rows.value).toHaveLength(300);
    expect(list.rows.value.at(-1)?.id).toBe('m349');
  });

  test('rowsOfHiddenPage_areBounded', () => {
    let update = () => {};
    list = new MessageList((next) => {
      update = next;
    });
    for (let i = 0; i < 10_000; i++) list.add(message(`m${i}`, i));
    update();
    expect(list.rows.value).toHaveLength(300);
    expect(list.rows.value.at(-1)?.id).toBe('m9999');
  });

  test('deletedIdsAreBounded', () => {
    for (let i = 0; i <= 200; i++) list.delete(`m${i}`);
    list.add(message('m0', 1));
    list.add(message('m1', 1));
    expect(texts()).toEqual(['text of m0']);
  });
});
