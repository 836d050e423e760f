import type { StudioShow } from './studio-show';
import { texts } from './texts';

/** Planned, live, without an encoder, or ended. */
export function ShowBadge({ show: { status, reconnecting } }: { show: Pick<StudioShow, 'status' | 'reconnecting'> }) {
  const isAway = status === 'LIVE' && reconnecting;
  const className = isAway ? 'away' : status === 'LIVE' ? 'live' : 'quiet';
  return <span class={`badge ${className}`}>{isAway ? texts.away : texts.states[status]}</span>;
}
