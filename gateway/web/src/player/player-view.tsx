import './player.css';
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { webAddress } from '../ui/web-address';
import { KpiOverlay } from './kpi-overlay';
import type { PlaybackStatus } from './playback';
import type { Player } from './player';
import { texts } from './texts';

const LONG_PRESS_MS = 800;

interface PlayerViewProps {
  player: Player;
  /** The address of a picture that is shown before the first frame. */
  poster?: string | null | undefined;
}

/** The picture of a stream, with its messages, the button for sound, and the KPIs by Shift+D or a long press. */
export function PlayerView({ player, poster }: PlayerViewProps) {
  const frame = useRef<HTMLDivElement>(null);
  const areKpisShown = useSignal(false);
  const toggleKpis = () => {
    areKpisShown.value = !areKpisShown.value;
  };

  useEffect(() => {
    player.video.className = 'player-video';
    player.video.setAttribute('aria-label', texts.video);
    frame.current?.prepend(player.video);
    return () => player.video.remove();
  }, [player]);
  useEffect(() => {
    player.video.poster = webAddress(poster) ?? '';
  }, [player, poster]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.code === 'KeyD' && event.shiftKey && !isShortcut(event) && !isTyping(event.target)) toggleKpis();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  useLongPress(frame, toggleKpis);

  const status = player.status.value;
  return (
    <div ref={frame} class="player" data-status={status}>
      <Message status={status} player={player} />
      {(status === 'playing' || status === 'buffering') && (
        <div class="player-controls">
          {player.canLowerDelay && <DelayButton player={player} />}
          <SoundButton player={player} />
        </div>
      )}
      {areKpisShown.value && <KpiOverlay kpis={player.kpis} />}
    </div>
  );
}

function DelayButton({ player }: { player: Player }) {
  const isLowest = player.wantsLowestDelay.value;
  return (
    <button
      type="button"
      class="player-delay"
      aria-label={texts.lowestDelay}
      aria-pressed={isLowest}
      title={texts.lowestDelay}
      onClick={() => player.setLowestDelay(!isLowest)}
    >
      <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
        <path d="M13 2L5 14h6l-1 8 8-12h-6z" fill="currentColor" />
      </svg>
    </button>
  );
}

function SoundButton({ player }: { player: Player }) {
  const isMuted = player.isMuted.value;
  return (
    <button
      type="button"
      class={isMuted ? 'player-sound muted-sound' : 'player-sound'}
      aria-label={isMuted ? texts.unmute : texts.mute}
      onClick={() => player.setMuted(!isMuted)}
    >
      <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
        <path d="M4 9v6h4l5 4V5L8 9z" fill="currentColor" />
        <path
          d={isMuted ? 'M16 9l6 6m0-6l-6 6' : 'M16 8.5a5 5 0 0 1 0 7M18.5 6a8.500 8.500 0 0 1 0 12'}
          fill="none"
          stroke="currentColor"
          stroke-width="2"
          stroke-linecap="round"
        />
      </svg>
      {isMuted && <span>{texts.unmute}</span>}
    </button>
  );
}

/** A message about the state of playback, politely announced. A short interruption is not worth a message: the style delays it. */
function Message({ status, player }: { status: PlaybackStatus; player: Player }) {
  return (
    <div class="player-message" role="status">
      {messageOf(status, player)}
    </div>
  );
}

function messageOf(status: PlaybackStatus, player: Player): ComponentChildren {
  const retryButton = (
    <button type="button" class="button" onClick={() => player.retry()}>
      {texts.retry}
    </button>
  );
  switch (status) {
    case 'idle':
    case 'playing':
      return null;
    case 'loading':
      return <Waiting text={texts.loading} />;
    case 'buffering':
      return <Waiting text={texts.buffering} />;
    case 'reconnecting':
      return <Waiting text={texts.reconnecting} />;
    case 'no-picture':
      return <Notice title={texts.noPicture} hint={texts.noPictureHint} />;
    case 'host-away':
      return <Notice title={texts.hostAway} hint={texts.hostAwayHint} />;
    case 'unsupported':
      return <Notice title={texts.unsupported} hint={texts.unsupportedHint} />;
    case 'lost':
      return (
        <Notice title={texts.lost} hint={texts.lostHint}>
          {retryButton}
        </Notice>
      );
    case 'refused':
      return (
        <Notice title={texts.refused} hint={texts.refusedHint}>
          {retryButton}
        </Notice>
      );
    case 'paused':
      return (
        <button type="button" class="player-play" aria-label={texts.play} onClick={() => player.play()}>
          <svg viewBox="0 0 24 24" width="36" height="36" aria-hidden="true">
            <path d="M8 5v14l11-7z" fill="currentColor" />
          </svg>
        </button>
      );
  }
}

function Waiting({ text }: { text: string }) {
  return (
    <p class="player-waiting">
      <span class="player-spinner" aria-hidden="true" />
      {text}
    </p>
  );
}

function Notice({ title, hint, children }: { title: string; hint: string; children?: ComponentChildren }) {
  return (
    <div class="player-notice">
      <p class="player-notice-title">{title}</p>
      <p>{hint}</p>
      {children}
    </div>
  );
}

/** The press must be on the picture, not on a button, and must not move. */
function useLongPress(target: { current: HTMLElement | null }, onLongPress: () => void): void {
  useEffect(() => {
    const element = target.current;
    if (!element) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isPressed = false;
    const release = () => {
      clearTimeout(timer);
      isPressed = false;
    };
    const press = (event: PointerEvent) => {
      release();
      if (!event.isPrimary || (event.target as Element).closest('button')) return;
      isPressed = true;
      timer = setTimeout(onLongPress, LONG_PRESS_MS);
    };
    const keepMenuClosed = (event: Event) => {
      if (isPressed) event.preventDefault(); // phones open it at the same time
    };
    const listeners: [string, (event: never) => void][] = [
      ['pointerdown', press],
      ['pointerup', release],
      ['pointercancel', release],
      ['pointerleave', release],
      ['contextmenu', keepMenuClosed],
    ];
    for (const [type, listener] of listeners) element.addEventListener(type, listener as EventListener);
    return () => {
      release();
      for (const [type, listener] of listeners) element.removeEventListener(type, listener as EventListener);
    };
  }, []);
}

const isShortcut = (event: KeyboardEvent): boolean => event.ctrlKey || event.metaKey || event.altKey || event.repeat;

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('input, textarea, select, [contenteditable]') !== null;
