import type { ComponentChildren } from 'preact';
import { dayAndTime, duration, shortCount } from '../i18n/format';
import { Countdown } from '../ui/countdown';
import { now } from '../ui/now';
import { Picture } from '../ui/picture';
import type { Show } from './show';
import { texts } from './texts';

/** A start that is farther away is shown as a day and a time. */
const MAX_COUNTDOWN_MS = 24 * 60 * 60 * 1000;

const addressOf = ({ key }: Show): string => `/live/${encodeURIComponent(key)}`;

/** A live show, as a poster. */
export function LiveCard({ show }: { show: Show }) {
  return (
    <li>
      <a class="card" href={addressOf(show)}>
        <Picture className="poster" address={show.thumbnailUrl} text={show.title} seed={show.key} />
        <div class="card-top">
          <span class="badge live">{texts.live}</span>
          <span class="pill">{texts.watching(shortCount(show.viewerCount))}</span>
        </div>
        <div class="card-text">
          <h2 class="card-title">
            <bdi>{show.title}</bdi>
          </h2>
          <p>
            {show.hostName && <bdi>{show.hostName}</bdi>}
            {show.hostName && show.startedAt && ' · '}
            {show.startedAt && <TimeOnAir startedAt={show.startedAt} />}
          </p>
        </div>
      </a>
    </li>
  );
}

function TimeOnAir({ startedAt }: { startedAt: string }) {
  return <span>{duration(now.value - Date.parse(startedAt))}</span>;
}

/** A show that is announced. */
export function UpcomingRow({ show }: { show: Show }) {
  return (
    <ShowRow show={show}>
      {show.scheduledAt && <time dateTime={show.scheduledAt}>{dayAndTime(show.scheduledAt)}</time>}
      <StartCountdown scheduledAt={show.scheduledAt} />
    </ShowRow>
  );
}

function StartCountdown({ scheduledAt }: { scheduledAt: string | undefined }) {
  if (!scheduledAt) return <span class="countdown">{texts.soon}</span>;
  const remainingMs = Date.parse(scheduledAt) - now.value;
  if (remainingMs <= 0) return <span class="countdown">{texts.startsNow}</span>;
  if (remainingMs > MAX_COUNTDOWN_MS) return null;
  return <Countdown className="countdown" until={scheduledAt} text={texts.startsIn} />;
}

/** A show that has ended. */
export function RecentRow({ show }: { show: Show }) {
  return (
    <ShowRow show={show}>
      {show.endedAt && <time dateTime={show.endedAt}>{texts.ended(dayAndTime(show.endedAt))}</time>}
    </ShowRow>
  );
}

function ShowRow({ show, children }: { show: Show; children: ComponentChildren }) {
  return (
    <li>
      <a href={addressOf(show)}>
        <Picture className="thumb" address={show.thumbnailUrl} text={show.title} seed={show.key} />
        <div class="show-row-text">
          <div class="show-times">{children}</div>
          <strong>
            <bdi>{show.title}</bdi>
          </strong>
          {show.hostName && (
            <span class="muted">
              <bdi>{show.hostName}</bdi>
            </span>
          )}
        </div>
      </a>
    </li>
  );
}
