import { useSignal } from '@preact/signals';
import { useState } from 'preact/hooks';
import { ChatPanel } from '../chat/chat-panel';
import type { ChatRow } from '../chat/message-list';
import type { LiveMenu } from '../studio/moderation/live-menu';
import type { LiveRoom } from './live-room';

/** The chat of a show, with a menu on each message for those who moderate it. */
export function ModeratedChat({ room }: { room: LiveRoom }) {
  const { chat, toasts } = room;
  const selected = useSignal<ChatRow | null>(null);
  const [Menu, setMenu] = useState<typeof LiveMenu>();
  const onModerate = async (row: ChatRow) => {
    selected.value = row;
    if (Menu) return;
    const module = await import('../studio/moderation/live-menu').catch(() => undefined); // The next press tries again.
    if (module) setMenu(() => module.LiveMenu);
  };
  const row = selected.value;
  return (
    <>
      <ChatPanel
        chat={chat}
        signInAddress={room.signInAddress}
        toast={toasts.show}
        onModerate={chat.canModerate.value ? onModerate : undefined}
      />
      {Menu && row && (
        <Menu
          key={row.key}
          streamKey={room.show.streamKey}
          chat={chat}
          row={row}
          toast={toasts.show}
          onClose={() => {
            selected.value = null;
          }}
        />
      )}
    </>
  );
}
