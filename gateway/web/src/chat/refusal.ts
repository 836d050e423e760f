/** Why the server did not accept a message. `seconds`: the time until the next message would be accepted. */
export type Refusal =
  | { reason: 'too-fast' | 'timed-out' | 'newcomer'; seconds?: number }
  | {
      reason:
        | 'closed'
        | 'banned'
        | 'link'
        | 'word'
        | 'repeated'
        | 'empty'
        | 'too-long'
        | 'overlong-character'
        | 'signed-out'
        | 'busy'
        | 'no-connection';
    }
  | { reason: 'other'; message: string };

/** The server's messages that tell more than their error code. */
const MESSAGES: Array<
  [RegExp, 'timed-out' | 'newcomer' | 'closed' | 'banned' | 'link' | 'word' | 'repeated' | 'empty']
> = [
  [/^You are timed out/, 'timed-out'],
  [/^Newcomers cannot post/, 'newcomer'],
  [/^The chat is closed/, 'closed'],
  [/^You are banned/, 'banned'],
  [/^Links are not allowed/, 'link'],
  [/banned word/, 'word'],
  [/^Repeated message/, 'repeated'],
  [/^The message is empty/, 'empty'],
];

/** Returns the reason of a refused message or join. An unknown one keeps the server's message. */
export function toRefusal(errorCode: string, message: string): Refusal {
  const waiting = message.match(/message in (\d+) s/);
  const seconds = waiting ? { seconds: Number(waiting[1]) } : {};
  switch (errorCode) {
    case 'RATE_LIMIT_EXCEEDED':
      return { reason: 'too-fast', ...seconds };
    case 'MESSAGE_TOO_LONG':
      return { reason: 'too-long' };
    case 'UNAUTHORIZED':
      return { reason: 'signed-out' };
    case 'BUSY':
      return { reason: 'busy' };
    case 'NO_CONNECTION':
    case 'NOT_A_MEMBER':
      return { reason: 'no-connection' };
  }
  const reason = MESSAGES.find(([pattern]) => pattern.test(message))?.[1];
  if (reason === 'timed-out' || reason === 'newcomer') return { reason, ...seconds };
  if (reason) return { reason };
  if (/code points/.test(message)) return { reason: 'overlong-character' };
  return { reason: 'other', message };
}
