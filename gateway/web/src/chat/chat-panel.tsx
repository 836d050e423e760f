import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { count } from '../i18n/format';
import type { Chat } from './chat';
import { Composer } from './composer';
import type { ChatRow } from './message-list';
import { MessageRow } from './message-row';
import { texts } from './texts';
import './chat.css';

const FOLLOW_DISTANCE_PX = 48; // from the bottom; a nearer reader follows new messages
const MAX_UNREAD = 99;

interface ChatPanelProps {
  chat: Chat;
  /** The address that leads back to this page after the sign-in. */
  signInAddress: string;
  /** Called with the message that a moderator has selected. Without it, messages have no button. */
  onModerate?: ((row: ChatRow) => void) | undefined;
  /** Tells the user something that is no part of the chat. */
  toast(text: string): void;
}

/** The chat beside the picture: pinned message, messages, composer. */
export function ChatPanel({ chat, signInAddress, onModerate, toast }: ChatPanelProps) {
  return (
    <section class="chat" aria-labelledby="chat-heading">
      <h2 id="chat-heading">{texts.heading}</h2>
      <PinnedMessage chat={chat} />
      <MessageLog chat={chat} onModerate={onModerate} />
      <Composer chat={chat} signInAddress={signInAddress} toast={toast} />
    </section>
  );
}

/** The pinned message, two lines of it; a click shows all of it. */
function PinnedMessage({ chat }: Pick<ChatPanelProps, 'chat'>) {
  const isOpen = useSignal(false);
  const message = chat.pinned.value;
  if (!message) return null;
  return (
    <button
      type="button"
      class="pinned"
      aria-expanded={isOpen.value}
      onClick={() => {
        isOpen.value = !isOpen.value;
      }}
    >
      <span class="pinned-label">{texts.pinned}</span>
      <span class="pinned-text">
        <bdi class="name">{message.username}</bdi> <bdi>{message.message}</bdi>
      </span>
    </button>
  );
}

function emptyText(chat: Chat): string {
  switch (chat.reading.value) {
    case 'loading':
      return texts.loading;
    case 'open':
      return texts.empty;
    case 'refused':
      return chat.access.state.value.kind === 'guest' ? texts.membersOnly : '';
  }
}

function MessageLog({ chat, onModerate }: Pick<ChatPanelProps, 'chat' | 'onModerate'>) {
  const { messages } = chat;
  const log = useRef<HTMLDivElement>(null);

  const scrollToEnd = () => {
    if (log.current) log.current.scrollTop = log.current.scrollHeight;
  };
  const onScroll = () => {
    const element = log.current;
    if (!element) return;
    messages.setFollowing(element.scrollHeight - element.scrollTop - element.clientHeight < FOLLOW_DISTANCE_PX);
  };
  // A phone's keyboard or a rotation changes the height: a following reader still follows.
  useEffect(() => {
    const observer = new ResizeObserver(() => messages.isFollowing.peek() && scrollToEnd());
    if (log.current) observer.observe(log.current);
    return () => observer.disconnect();
  }, [messages]);
  // After each update of the rows, before the screen shows them.
  useLayoutEffect(() => {
    if (messages.isFollowing.peek()) scrollToEnd();
  });

  const rows = messages.rows.value;
  const unread = messages.unread.value;
  return (
    <div class="log-frame">
      <div
        ref={log}
        class="log"
        role="log"
        aria-labelledby="chat-heading"
        aria-live={chat.isShowingHistory.value ? 'off' : 'polite'}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
        onScroll={onScroll}
      >
        {rows.length === 0 && <p class="log-empty">{emptyText(chat)}</p>}
        {rows.map((row) => (
          <MessageRow
            key={row.key}
            row={row}
            chat={chat}
            onModerate={onModerate}
            isOwn={row.userId !== '' && row.userId === chat.userId.value}
          />
        ))}
      </div>
      {unread > 0 && (
        <button
          type="button"
          class="newer"
          onClick={() => {
            messages.setFollowing(true);
            scrollToEnd();
            log.current?.focus({ preventScroll: true });
          }}
        >
          {texts.newMessages(unread > MAX_UNREAD ? `${MAX_UNREAD}+` : count(unread))}
        </button>
      )}
    </div>
  );
}
