import './camera-broadcast.css';
import { useSignalEffect } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { ActionButton } from '../ui/action-button';
import { ConfirmButton } from '../ui/confirm-button';
import { type Broadcast, broadcastTo } from './broadcast';
import { texts } from './texts';
import { keepScreenOn } from './wake-lock';

interface CameraBroadcastProps {
  /** The path to which the owner's browser may publish. */
  whipUrl: string;
  /** The show is live. When it ends, sending ends, because a further attempt would begin another show. */
  isLive: boolean;
}

/** Sends the picture of this device's camera to a show. Ends with the component and with the page. */
export function CameraBroadcast({ whipUrl, isLive }: CameraBroadcastProps) {
  const broadcast = useBroadcast(whipUrl);
  const wasLive = useRef(isLive);
  useEffect(() => {
    if (wasLive.current && !isLive) broadcast.stop();
    wasLive.current = isLive;
  }, [broadcast, isLive]);
  return (
    <section class="camera-broadcast" aria-label={texts.camera} data-state={broadcast.state.value}>
      <Preview broadcast={broadcast} />
      <Status broadcast={broadcast} />
      <Controls broadcast={broadcast} />
    </section>
  );
}

/** A broadcast for the life of the component, connected to the page's events. */
function useBroadcast(whipUrl: string): Broadcast {
  const newestUrl = useRef(whipUrl);
  newestUrl.current = whipUrl; // changes with the key
  const [broadcast] = useState(() => broadcastTo(() => newestUrl.current));
  useEffect(() => {
    const close = () => broadcast.close();
    const onVisible = () => document.hidden || void broadcast.restoreCamera();
    const onOnline = () => broadcast.retryNow();
    addEventListener('pagehide', close);
    addEventListener('online', onOnline);
    document.addEventListener('visibilitychange', onVisible);
    return () => {
      removeEventListener('pagehide', close);
      removeEventListener('online', onOnline);
      document.removeEventListener('visibilitychange', onVisible);
      close();
    };
  }, [broadcast]);
  useSignalEffect(() => (broadcast.isOnAir ? keepScreenOn() : undefined));
  return broadcast;
}

function Preview({ broadcast }: { broadcast: Broadcast }) {
  const video = useRef<HTMLVideoElement>(null);
  useSignalEffect(() => {
    if (video.current) video.current.srcObject = broadcast.stream.value;
  });
  const isMirrored = broadcast.facing.value === 'user'; // as in a mirror; viewers see it unmirrored
  return (
    <div class="camera-picture">
      <video
        ref={video}
        class={isMirrored ? 'mirrored' : ''}
        aria-label={texts.preview}
        autoplay
        muted
        playsInline
        hidden={!broadcast.stream.value}
      />
      {broadcast.state.value === 'sending' && (
        <span class="badge live" aria-hidden="true">
          LIVE
        </span>
      )}
    </div>
  );
}

function Status({ broadcast }: { broadcast: Broadcast }) {
  const problem = broadcast.cameraProblem.value;
  const end = broadcast.end.value;
  const state = broadcast.state.value;
  return (
    <div class="camera-status">
      <p role="status">{state === 'off' ? texts.openHint : texts.states[state]}</p>
      {(problem || end) && (
        <p class="camera-problem" role="alert">
          {problem ? texts.problems[problem] : end && texts.ends[end]}
        </p>
      )}
      <UplinkLine broadcast={broadcast} />
    </div>
  );
}

function UplinkLine({ broadcast }: { broadcast: Broadcast }) {
  const uplink = broadcast.uplink.value;
  if (!uplink) return null;
  const { quality, kbps, framesPerSecond, loss } = uplink;
  return (
    <>
      <p class="camera-uplink" data-quality={quality}>
        <strong>{texts.qualities[quality]}</strong>{' '}
        <span class="muted">{texts.uplink((kbps / 1000).toFixed(1), framesPerSecond, (loss * 100).toFixed(1))}</span>
      </p>
      {texts.advice[quality] && <p class="camera-advice">{texts.advice[quality]}</p>}
    </>
  );
}

function Controls({ broadcast }: { broadcast: Broadcast }) {
  const state = broadcast.state.value;
  if (state === 'off' || state === 'opening' || state === 'no-camera') {
    return (
      <div class="camera-controls">
        <ActionButton className="button" isDisabled={state === 'opening'} onPress={() => void broadcast.open()}>
          {state === 'no-camera' ? texts.tryAgain : texts.open}
        </ActionButton>
      </div>
    );
  }
  const isMuted = broadcast.isMuted.value;
  return (
    <div class="camera-controls">
      <button
        type="button"
        class="camera-tool"
        aria-label={texts.mute}
        aria-pressed={isMuted}
        onClick={() => broadcast.setMuted(!isMuted)}
      >
        <Icon path={isMuted ? MUTED : MICROPHONE} />
      </button>
      {broadcast.isOnAir ? (
        <ConfirmButton
          className="button"
          question={texts.stopQuestion}
          details={texts.stopDetails}
          confirmText={texts.stop}
          onConfirm={() => broadcast.stop()}
        >
          {texts.stop}
        </ConfirmButton>
      ) : (
        <ActionButton className="button" ignoresDoubleClick onPress={() => broadcast.start()}>
          {texts.start}
        </ActionButton>
      )}
      {broadcast.hasSeveralCameras ? (
        <button
          type="button"
          class="camera-tool"
          aria-label={texts.switchCamera}
          onClick={() => void broadcast.switchCamera()}
        >
          <Icon path={SWITCH} />
        </button>
      ) : (
        <span class="camera-tool-space" />
      )}
    </div>
  );
}

const MICROPHONE = 'M12 3a3 3 0 0 1 3 3v6a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3zM5 11a7 7 0 0 0 14 0M12 18v3';
const MUTED = `${MICROPHONE}M4 3l16 18`;
const SWITCH = 'M4 9a8 8 0 0 1 14-3l2 2m0-5v5h-5M20 15a8 8 0 0 1-14 3l-2-2m0 5v-5h5';

function Icon({ path }: { path: string }) {
  return (
    <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
      <path
        d={path}
        fill="none"
        stroke="currentColor"
        stroke-width="2"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}
