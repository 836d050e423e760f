import { duration } from '../i18n/format';
import { now } from './now';

interface CountdownProps {
  /** ISO time. */
  until: string;
  /** The text around the remaining time. */
  text?: (remaining: string) => string;
  className?: string;
}

/** The time that remains by the server's clock. A screen reader reads it on demand, not every second. */
export function Countdown({ until, text = (remaining) => remaining, className = '' }: CountdownProps) {
  return (
    <span class={className} role="timer">
      {text(duration(Date.parse(until) - now.value))}
    </span>
  );
}
