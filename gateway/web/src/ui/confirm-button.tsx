import { useEffect, useRef, useState } from 'preact/hooks';
import { ActionButton, type ActionButtonProps } from './action-button';
import { texts } from './texts';
import './confirm-button.css';

interface ConfirmButtonProps extends Omit<ActionButtonProps, 'onPress'> {
  question: string;
  /** What the action means, if the question does not say it. */
  details?: string;
  confirmText: string;
  onConfirm(): void;
}

/** A button for what cannot be undone. A dialog asks before it is done. */
export function ConfirmButton({ question, details, confirmText, onConfirm, ...button }: ConfirmButtonProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <ActionButton {...button} onPress={() => setOpen(true)} />
      {isOpen && (
        <ConfirmDialog
          question={question}
          details={details}
          confirmText={confirmText}
          onConfirm={onConfirm}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}

interface ConfirmDialogProps extends Pick<ConfirmButtonProps, 'question' | 'confirmText' | 'onConfirm'> {
  details: string | undefined;
  onClose(): void;
}

function ConfirmDialog({ question, details, confirmText, onConfirm, onClose }: ConfirmDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="confirm" aria-label={question} onClose={onClose}>
      <p class="confirm-question">{question}</p>
      {details && <p class="muted">{details}</p>}
      <div class="confirm-buttons">
        <button type="button" class="button secondary" onClick={() => dialog.current?.close()}>
          {texts.cancel}
        </button>
        <button
          type="button"
          class="button"
          onClick={() => {
            dialog.current?.close(); // A second click finds no button any more.
            onConfirm();
          }}
        >
          {confirmText}
        </button>
      </div>
    </dialog>
  );
}
