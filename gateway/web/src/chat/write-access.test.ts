import { signal } from '@preact/signals';
import { beforeEach, describe, expect, test } from 'vitest';
import { NO_RULES, WriteAccess } from './write-access';

const START = Date.UTC(2026, 10, 30, 12);
const iso = (seconds: number) => new Date(START + seconds * 1000).toISOString();

describe('WriteAccess', () => {
  const now = signal(START);
  let access: WriteAccess;
  const stateAt = (seconds: number) => {
    now.value = START + seconds * 1000;
    return access.state.value;
  };

  beforeEach(() => {
    now.value = START;
    access = new WriteAccess(now);
    access.setWriter('user');
  });

  test('onlyUsersWrite', () => {
    expect(access.state.value).toEqual({ kind: 'open' });
    for (const kind of ['guest', 'signed-out'] as const) {
      access.setWriter(kind);
      expect(access.state.value).toEqual({ kind });
    }
  });

  test('slowMode_countsFromTheLastOwnMessage', () => {
    access.setRules({ ...NO_RULES, slowSeconds: 10 });
    expect(access.state.value).toEqual({ kind: 'open' });
    access.onOwnMessage(iso(0));
    expect(stateAt(1)).toEqual({ kind: 'waiting', until: START + 10_000 });
    expect(stateAt(10)).toEqual({ kind: 'open' });
  });

  test('slowModeThatBegins_countsFromEarlierMessage', () => {
    access.onOwnMessage(iso(0));
    access.onOwnMessage(iso(-60)); // of the history
    access.setRules({ ...NO_RULES, slowSeconds: 30 });
    expect(stateAt(5)).toEqual({ kind: 'waiting', until: START + 30_000 });
    access.setRules({ ...NO_RULES, slowSeconds: 3 });
    expect(access.state.value).toEqual({ kind: 'open' });
  });

  test('rateLimit_waitsForTheSecondsOfTheRefusal', () => {
    access.onRefused({ reason: 'too-fast', seconds: 7 });
    expect(stateAt(6)).toEqual({ kind: 'waiting', until: START + 7000 });
    expect(stateAt(7)).toEqual({ kind: 'open' });
  });

  test('timeout_endsByTimeOrByEvent', () => {
    access.restrict({ kind: 'TIMEOUT', until: iso(60) });
    expect(stateAt(59)).toEqual({ kind: 'timed-out', until: START + 60_000 });
    expect(stateAt(60)).toEqual({ kind: 'open' });
    access.restrict({ kind: 'TIMEOUT', until: iso(120) });
    access.restrict({ kind: 'NONE' });
    expect(access.state.value).toEqual({ kind: 'open' });
  });

  test('timeoutOfEarlierConnection_isLearntFromRefusal', () => {
    access.onRefused({ reason: 'timed-out', seconds: 60 });
    expect(stateAt(1)).toEqual({ kind: 'timed-out', until: START + 60_000 });
  });

  test('ban_staysUntilAJoinSucceeds', () => {
    access.restrict({ kind: 'BAN' });
    expect(access.state.value).toEqual({ kind: 'banned' });
    access.onJoinRefused({ reason: 'banned' });
    expect(stateAt(3600)).toEqual({ kind: 'banned' });
    access.onJoined();
    expect(access.state.value).toEqual({ kind: 'open' });
  });

  test('closedChat_isOpenForItsModerator', () => {
    access.setRules({ ...NO_RULES, closed: true, slowSeconds: 60 });
    access.onOwnMessage(iso(0));
    expect(access.state.value).toEqual({ kind: 'closed' });
    access.setModerator(true);
    expect(access.state.value).toEqual({ kind: 'open' });
  });

  test('newcomer_waitsWhileTheRuleHolds', () => {
    access.setRules({ ...NO_RULES, minutesInRoom: 5 });
    expect(access.state.value).toEqual({ kind: 'open' });
    access.onRefused({ reason: 'newcomer', seconds: 200 });
    expect(stateAt(100)).toEqual({ kind: 'newcomer', until: START + 200_000 });
    access.setRules(NO_RULES);
    expect(access.state.value).toEqual({ kind: 'open' });
  });

  test('refusedJoin_isTheGuestsReasonToSignIn', () => {
    access.setWriter('guest');
    access.onJoinRefused({ reason: 'signed-out' });
    expect(access.state.value).toEqual({ kind: 'guest' });
    access.setWriter('user');
    access.onJoinRefused({ reason: 'other', message: 'No such stream' });
    expect(access.state.value).toEqual({
      kind: 'unavailable',
      refusal: { reason: 'other', message: 'No such stream' },
    });
  });
});
