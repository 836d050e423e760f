import type { ComponentChildren } from 'preact';
import { count, duration } from '../i18n/format';
import { now } from '../ui/now';
import { Picture } from '../ui/picture';
import { tone } from '../ui/tone';
import { Curtain } from './curtain';
import type { LiveShow } from './live-show';
import type { NextShows } from './next-shows';
import { texts } from './texts';
import type { Toasts } from './toasts';
import { ViewerCount } from './viewer-count';
import './stage.css';

interface StageProps {
  show: LiveShow;
  next: NextShows;
  toasts: Toasts;
  connection: ComponentChildren;
  /** The player. It fills the stage. */
  picture: ComponentChildren;
  /** The featured product. */
  featured: ComponentChildren;
}

/** The picture with the facts about the show over it. */
export function Stage({ show, next, toasts, connection, picture, featured }: StageProps) {
  const { title, host, thumbnailUrl } = show.about.value;
  const state = show.state.value;
  return (
    <section id="stage" class="stage" aria-label={texts.stage} data-state={state} data-tone={tone(show.streamKey)}>
      {thumbnailUrl && <Picture className="poster backdrop" address={thumbnailUrl} text="" seed={show.streamKey} />}
      {picture}
      <div class="stage-top">
        <Badge show={show} />
        <Elapsed show={show} />
        {connection}
        <Viewers show={show} />
      </div>
      <div class="stage-bottom">
        <p id="toast" class={`toast ${toasts.isVisible.value ? 'shown' : ''}`} role="status">
          <bdi>{toasts.text.value}</bdi>
        </p>
        <div class="stage-featured">{featured}</div>
        <div class="stage-title">
          <h1 id="title">
            <bdi>{title || texts.stage}</bdi>
          </h1>
          {host && (
            <p class="stage-host">
              <bdi>{host.name}</bdi>
            </p>
          )}
        </div>
      </div>
      <Curtain show={show} next={next} />
    </section>
  );
}

function Badge({ show }: Pick<StageProps, 'show'>) {
  const state = show.state.value;
  if (show.isHostAway.value) return <span class="badge away">{texts.hostAway}</span>;
  return (
    <span id="badge" class={`badge ${state === 'live' ? 'live' : ''}`}>
      {texts.badges[state]}
    </span>
  );
}

function Elapsed({ show }: Pick<StageProps, 'show'>) {
  const startedAt = show.startedAt.value;
  if (!show.isLive.value || startedAt === null) return null;
  return (
    <span id="elapsed" class="pill" role="timer" aria-label={texts.onAir}>
      {duration(now.value - startedAt)}
    </span>
  );
}

function Viewers({ show }: Pick<StageProps, 'show'>) {
  const players = show.playerCount.value;
  const viewers = show.viewerCount.value;
  if (!show.isLive.value) return null;
  return (
    <>
      {viewers !== null && (
        <span id="viewers" class="pill viewers">
          <svg viewBox="0 0 24 24" width="16" height="16" aria-hidden="true">
            <path
              d="M12 5c5 0 8.6 4.2 10 7-1.4 2.8-5 7-10 7S3.4 14.8 2 12c1.4-2.8 5-7 10-7z"
              fill="none"
              stroke="currentColor"
              stroke-width="2"
            />
            <circle cx="12" cy="12" r="3" fill="currentColor" />
          </svg>
          <ViewerCount number={viewers} />
          <span class="hidden-text"> {texts.watching}</span>
        </span>
      )}
      {players !== null && (
        <span id="players" class="pill" title={texts.playingHint}>
          {texts.playing(count(players))}
        </span>
      )}
    </>
  );
}
