import { expect, test } from 'vitest';
import { type Refusal, toRefusal } from './refusal';

// The messages of chat-service (ChatRules and MessageWriter) and of the gateway.
const CASES: Array<[string, string, Refusal]> = [
  ['RATE_LIMIT_EXCEEDED', 'Too many messages; next message in 3 s', { reason: 'too-fast', seconds: 3 }],
  ['RATE_LIMIT_EXCEEDED', 'Maximum 20 in 10 s; retry later', { reason: 'too-fast' }],
  ['FORBIDDEN', 'You are timed out; next message in 60 s', { reason: 'timed-out', seconds: 60 }],
  ['FORBIDDEN', 'Newcomers cannot post yet; first message in 120 s', { reason: 'newcomer', seconds: 120 }],
  ['FORBIDDEN', 'The chat is closed; only its moderators can post', { reason: 'closed' }],
  ['FORBIDDEN', 'You are banned from this chat', { reason: 'banned' }],
  ['INVALID_MESSAGE', 'The message is empty', { reason: 'empty' }],
  ['INVALID_MESSAGE', 'Links are not allowed in this chat', { reason: 'link' }],
  ['INVALID_MESSAGE', 'The message contains a banned word', { reason: 'word' }],
  ['INVALID_MESSAGE', 'Repeated message; post a different text or wait', { reason: 'repeated' }],
  ['INVALID_MESSAGE', 'A character of the message has too many code points', { reason: 'overlong-character' }],
  ['MESSAGE_TOO_LONG', 'The message has more than 500 characters', { reason: 'too-long' }],
  ['UNAUTHORIZED', 'no token provided: sign in to chat', { reason: 'signed-out' }],
  ['BUSY', 'Room history not loaded in time; join again', { reason: 'busy' }],
  ['NO_CONNECTION', 'No connection', { reason: 'no-connection' }],
  ['STREAM_NOT_FOUND', 'No such stream', { reason: 'other', message: 'No such stream' }],
];

test.each(CASES)('%s: %s', (errorCode, message, refusal) => {
  expect(toRefusal(errorCode, message)).toEqual(refusal);
});
