import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeApi, Refusal, settle } from '../../testing/fake-api';
import { Moderation, wordsOf } from './moderation';
import { texts } from './texts';

const policy = { slowSeconds: 0, minutesInRoom: 0, closed: false, links: true, repeatSeconds: 0, words: [] };
let api: FakeApi;
let toasts: string[];
let moderation: Moderation;

beforeEach(() => {
  vi.useFakeTimers();
  toasts = [];
  api = new FakeApi()
    .on('GET', '/api/chat/show', () => ({ version: 1, ownerId: 'host', policy }))
    .on('GET', '/api/chat/show/restrictions?take=50', () => [])
    .on('GET', '/api/chat/show/audit?take=50', () => []);
  moderation = new Moderation('show', (text) => toasts.push(text));
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('timeOutIsSentInSeconds_andListsAreLoadedAgain', async () => {
  api.on('PUT', '/api/chat/show/users/a%2Fb/timeout', () => ({}));
  expect(await moderation.timeOut('a/b', 10)).toBe(true);
  await settle();
  expect(api.callsOf('PUT', '/api/chat/show/users/a%2Fb/timeout')[0]?.body).toEqual({ seconds: 600 });
  expect(moderation.restrictions.value).toEqual([]);
});

test('secondActionWhileOneIsOnItsWay_isNotSent', async () => {
  api.on('PUT', '/api/chat/show/pinned', () => ({}));
  const [first, second] = await Promise.all([moderation.announce('Hello'), moderation.announce('Hello')]);
  expect([first, second]).toEqual([true, false]);
  expect(api.callsOf('PUT', '/api/chat/show/pinned')).toHaveLength(1);
});

test('refusedAction_isTold_andTheNextOneIsSent', async () => {
  api.on('PUT', '/api/chat/show/users/helper/ban', () => new Refusal(403, 'FORBIDDEN'));
  expect(await moderation.ban('helper')).toBe(false);
  expect(toasts).toHaveLength(1);
  expect(moderation.isBusy.value).toBe(false);
});

test('restrictionOfTheStaff_isRefusedWithTheRemedy', async () => {
  api.on('PUT', '/api/chat/show/users/helper/timeout', () => new Refusal(409, 'CONFLICT'));
  expect(await moderation.timeOut('helper', 1)).toBe(false);
  expect(toasts).toEqual([texts.isProtected]);
});

test('savedWordsAreReported', async () => {
  api.on('PATCH', '/api/chat/show/policy', () => ({}));
  expect(await moderation.saveWords(['spam'])).toBe(true);
  expect(toasts).toEqual([texts.wordsSaved]);
});

test('failedLoad_showsItsError', async () => {
  api.on('GET', '/api/chat/show', () => new Refusal(403, 'FORBIDDEN'));
  await moderation.load();
  expect(moderation.error.value?.errorCode).toBe('FORBIDDEN');
});

test('wordsAreTrimmedAndUnique', () => expect(wordsOf(' spam \n\ncasino\nspam')).toEqual(['spam', 'casino']));
