import { useEffect, useRef } from 'preact/hooks';
import type { ChatRow } from '../../chat/message-list';
import { ActionButton } from '../../ui/action-button';
import { ConfirmButton } from '../../ui/confirm-button';
import type { Moderation } from './moderation';
import { texts } from './texts';
import './moderation.css';

const TIME_OUT_MINUTES = [1, 10, 60] as const;

interface MessageMenuProps {
  row: ChatRow;
  moderation: Moderation;
  /** The user's own messages and the host's: their writer cannot be banned. */
  isProtected: boolean;
  onClose(): void;
}

/** The actions for a message and for the user who wrote it. */
export function MessageMenu({ row, moderation, isProtected, onClose }: MessageMenuProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const { id = '', userId, username, text } = row;
  const isDisabled = moderation.isBusy.value;
  // Closes after a refusal, too: its reason is shown by the page below.
  const act = async (action: Promise<boolean>) => {
    await action;
    dialog.current?.close();
  };
  return (
    <dialog ref={dialog} class="confirm message-menu" aria-label={texts.menu(username)} onClose={onClose}>
      <p class="message-menu-quote">
        <bdi>
          <strong>{username}</strong>
        </bdi>{' '}
        <bdi>{text}</bdi>
      </p>
      <ActionButton className="small-action" isDisabled={isDisabled} onPress={() => act(moderation.pin(id))}>
        {texts.pin}
      </ActionButton>
      <ActionButton className="small-action" isDisabled={isDisabled} onPress={() => act(moderation.deleteMessage(id))}>
        {texts.remove}
      </ActionButton>
      {!isProtected && (
        <>
          {TIME_OUT_MINUTES.map((minutes) => (
            <ActionButton
              key={minutes}
              className="small-action"
              isDisabled={isDisabled}
              onPress={() => act(moderation.timeOut(userId, minutes))}
            >
              {texts.timeOut(minutes)}
            </ActionButton>
          ))}
          <ConfirmButton
            className="small-action danger"
            isDisabled={isDisabled}
            question={texts.banQuestion(username)}
            details={texts.banDetails}
            confirmText={texts.ban}
            onConfirm={() => act(moderation.ban(userId))}
          >
            {texts.ban}
          </ConfirmButton>
        </>
      )}
      <button type="button" class="button secondary" onClick={() => dialog.current?.close()}>
        {texts.close}
      </button>
    </dialog>
  );
}
