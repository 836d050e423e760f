import { useRef, useState } from 'preact/hooks';
import { texts } from './texts';

interface CopyFieldProps {
  label: string;
  value: string;
  hint?: string;
  /** The value is hidden until the user wants to see it, because others may see the screen. */
  isSecret?: boolean;
  toast(text: string): void;
}

const HIDDEN = '••••••••••••';

/** A value with a button that copies it. */
export function CopyField({ label, value, hint, isSecret = false, toast }: CopyFieldProps) {
  const [isShown, setShown] = useState(!isSecret);
  const code = useRef<HTMLElement>(null);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value); // exists on https and localhost alone
      toast(texts.copied(label));
    } catch {
      setShown(true);
      if (code.current) getSelection()?.selectAllChildren(code.current);
      toast(texts.copyByHand);
    }
  };
  return (
    <div class="copy-field">
      <span class="copy-label">{label}</span>
      <code ref={code} class="copy-value">
        {isShown ? value : HIDDEN}
      </code>
      <span class="copy-buttons">
        {isSecret && (
          <button
            type="button"
            class="small-action"
            aria-label={isShown ? texts.hideLabel(label) : texts.showLabel(label)}
            onClick={() => setShown(!isShown)}
          >
            {isShown ? texts.hide : texts.show}
          </button>
        )}
        <button type="button" class="small-action" aria-label={texts.copyLabel(label)} onClick={() => void copy()}>
          {texts.copy}
        </button>
      </span>
      {hint && <p class="studio-note">{hint}</p>}
    </div>
  );
}
