import type { ComponentChildren } from 'preact';

export interface ActionButtonProps {
  id?: string | undefined;
  className: string;
  label?: string | undefined;
  isDisabled?: boolean;
  /** The second click of a double click must not do what the button has come to offer meanwhile. */
  ignoresDoubleClick?: boolean;
  onPress(): void;
  children: ComponentChildren;
}

/** A button that keeps the keyboard's focus while it is disabled, because it is so only for the time of a request. */
export function ActionButton({
  id,
  className,
  label,
  isDisabled = false,
  ignoresDoubleClick = false,
  onPress,
  children,
}: ActionButtonProps) {
  return (
    <button
      id={id}
      type="button"
      class={className}
      aria-label={label}
      aria-disabled={isDisabled}
      onClick={(event) => {
        if (!isDisabled && !(ignoresDoubleClick && event.detail > 1)) onPress();
      }}
    >
      {children}
    </button>
  );
}
