import { useSignalEffect } from '@preact/signals';
import type { Show } from '../home/show';
import { dayAndTime, duration, shortCount } from '../i18n/format';
import { now } from '../ui/now';
import { Picture } from '../ui/picture';
import type { LiveShow } from './live-show';
import type { NextShows } from './next-shows';
import { texts } from './texts';

const DAY_MS = 86_400_000;

interface CurtainProps {
  show: LiveShow;
  next: NextShows;
}

/** Covers the stage while there is no picture to wait for, and leads on to other shows. */
export function Curtain({ show, next }: CurtainProps) {
  const state = show.state.value;
  const { title, scheduledAt } = show.about.value;
  useSignalEffect(() => {
    const isOver = ['ended', 'off', 'unknown'].includes(show.state.value);
    if (isOver) next.start();
    else next.stop();
  });

  const [heading, text] = {
    live: ['', ''],
    loading: ['', show.hasFailed.value ? texts.failed : texts.loading],
    ended: [texts.endedTitle, texts.endedText(title)],
    off: [texts.offTitle, texts.offText],
    soon: [texts.soonTitle, texts.soonText],
    unknown: [texts.unknownTitle, texts.unknownText],
  }[state];
  const isOpen = state !== 'live';
  const isOver = isOpen && state !== 'loading' && state !== 'soon';
  return (
    <div id="curtain" class="curtain" data-state={state} hidden={!isOpen}>
      <div class="curtain-content">
        {/* Always there, so that a change is read out. */}
        <p class="curtain-title" role="status">
          {heading}
        </p>
        {state === 'soon' && <TimeToStart title={title} scheduledAt={scheduledAt} />}
        {isOpen && (
          <p id="curtain-text" role={state === 'loading' ? 'status' : undefined}>
            {text}
          </p>
        )}
        {isOver && <NextList next={next} />}
        {isOver && (
          <a class="button" href="/">
            {texts.all}
          </a>
        )}
      </div>
    </div>
  );
}

function TimeToStart({ title, scheduledAt }: { title: string; scheduledAt: string | undefined }) {
  const remainingMs = scheduledAt ? Date.parse(scheduledAt) - now.value : Number.NaN;
  return (
    <>
      <p class="curtain-show">
        <bdi>{title}</bdi>
      </p>
      {scheduledAt && remainingMs > 0 && (
        <>
          {remainingMs < DAY_MS && (
            <p class="time-to-start" role="timer">
              {texts.startsIn(duration(remainingMs))}
            </p>
          )}
          <time dateTime={scheduledAt}>{dayAndTime(scheduledAt)}</time>
        </>
      )}
      {remainingMs <= 0 && <p class="time-to-start">{texts.startsAnyMoment}</p>}
    </>
  );
}

function NextList({ next }: Pick<CurtainProps, 'next'>) {
  const shows = next.shows.value;
  if (shows.length === 0) return null;
  return (
    <nav class="next" aria-labelledby="next-heading">
      <h2 id="next-heading">{texts.next}</h2>
      <ul>
        {shows.map((show) => (
          <li key={show.key}>
            <NextShow show={show} />
          </li>
        ))}
      </ul>
    </nav>
  );
}

function NextShow({ show }: { show: Show }) {
  const { key, title, thumbnailUrl, scheduledAt, viewerCount, hostName, isLive } = show;
  const when = scheduledAt ? <time dateTime={scheduledAt}>{dayAndTime(scheduledAt)}</time> : texts.soon;
  return (
    <a href={`/live/${encodeURIComponent(key)}`}>
      <Picture className="thumb" address={thumbnailUrl} text={title} seed={key} />
      <span class="next-text">
        <span class="next-time">
          {isLive ? (
            <>
              <span class="badge live">{texts.badges.live}</span> {texts.watchingNow(shortCount(viewerCount))}
            </>
          ) : (
            when
          )}
        </span>
        <bdi class="next-title">{title}</bdi>
        <bdi class="next-host">{hostName}</bdi>
      </span>
    </a>
  );
}
