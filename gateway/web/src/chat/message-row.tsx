import { timeOfDay } from '../i18n/format';
import { tone } from '../ui/tone';
import type { Chat } from './chat';
import type { ChatRow } from './message-list';
import { refusalText, texts } from './texts';

interface MessageRowProps {
  row: ChatRow;
  chat: Chat;
  isOwn: boolean;
  onModerate?: ((row: ChatRow) => void) | undefined;
}

/**
 * A message. Each new message draws the list, but a component that reads a signal is drawn again only if its properties or
 * the signal change.
 */
export function MessageRow({ row, chat, isOwn, onModerate }: MessageRowProps) {
  if (row.state === 'removed') return <p class="message removed">{texts.removed}</p>;
  const time = row.time ? timeOfDay(new Date(row.time).toISOString()) : undefined;
  return (
    <p class={`message ${row.state} ${isOwn ? 'mine' : ''} ${onModerate ? 'moderated' : ''}`} title={time}>
      <bdi class="name" data-tone={tone(row.userId)}>
        {isOwn ? texts.you : row.username}
      </bdi>{' '}
      {row.userId === chat.hostId.value && row.userId !== '' && <span class="host-badge">{texts.host}</span>}{' '}
      <bdi class="message-text">{row.text}</bdi>
      {onModerate && row.state === 'sent' && (
        <button
          type="button"
          class="moderate"
          aria-label={texts.moderate(isOwn ? texts.you : row.username)}
          onClick={() => onModerate(row)}
        >
          ⋯
        </button>
      )}
      {row.state === 'failed' && <Failure row={row} chat={chat} />}
    </p>
  );
}

function Failure({ row, chat }: Pick<MessageRowProps, 'row' | 'chat'>) {
  const { clientMessageId = '', refusal, text, isRetryable } = row;
  return (
    <span class="failure" role="alert">
      {refusal && refusalText(refusal)}{' '}
      {isRetryable && (
        <button type="button" class="text-button" onClick={() => chat.retry(clientMessageId, text)}>
          {texts.retry}
        </button>
      )}{' '}
      <button type="button" class="text-button" onClick={() => chat.messages.discard(clientMessageId)}>
        {texts.discard}
      </button>
    </span>
  );
}
