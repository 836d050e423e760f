import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ProblemNote } from '../problem-note';
import type { PublishSession } from './publish-session';
import { texts } from './texts';

interface CameraPanelProps {
  session: PublishSession;
  isLive: boolean;
}

type Camera = ComponentType<{ whipUrl: string; isLive: boolean }>;

/** The broadcast from the camera of this device, whose code is loaded only here. */
export function CameraPanel({ session, isLive }: CameraPanelProps) {
  const [Camera, setCamera] = useState<Camera>();
  const [hasFailed, setFailed] = useState(false);
  useEffect(() => {
    import('../../broadcast/camera-broadcast').then(
      ({ CameraBroadcast }) => setCamera(() => CameraBroadcast),
      () => setFailed(true),
    );
  }, []);
  const whipUrl = session.current.value?.whipUrl;
  if (hasFailed) return <p class="studio-problem">{texts.cameraFailed}</p>;
  if (!whipUrl && session.error.value) {
    return <ProblemNote error={session.error.value} onRetry={() => session.load()} />;
  }
  if (!Camera || !whipUrl) return <p class="studio-note">{texts.cameraLoading}</p>;
  return <Camera whipUrl={whipUrl} isLive={isLive} />;
}
