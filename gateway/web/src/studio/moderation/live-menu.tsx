import { useState } from 'preact/hooks';
import type { Chat } from '../../chat/chat';
import type { ChatRow } from '../../chat/message-list';
import { MessageMenu } from './message-menu';
import { Moderation } from './moderation';

interface LiveMenuProps {
  streamKey: string;
  chat: Chat;
  row: ChatRow;
  toast(text: string): void;
  onClose(): void;
}

/** The actions for a message on the viewers' page, which loads them only for moderators. */
export function LiveMenu({ streamKey, chat, row, toast, onClose }: LiveMenuProps) {
  const [moderation] = useState(() => new Moderation(streamKey, toast));
  const isProtected = row.userId === chat.userId.value || row.userId === chat.hostId.value;
  return <MessageMenu row={row} moderation={moderation} isProtected={isProtected} onClose={onClose} />;
}
