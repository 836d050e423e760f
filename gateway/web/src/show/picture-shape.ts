import { type Signal, signal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';

export type PictureShape = 'portrait' | 'landscape';

/** The shape of the video inside an element. A phone that the host turns changes it while it plays. */
export function usePictureShape(parent: RefObject<HTMLElement>): Signal<PictureShape> {
  const [shape] = useState(() => signal<PictureShape>('landscape'));
  useEffect(() => {
    const element = parent.current;
    const update = ({ target }: Event) => {
      if (!(target instanceof HTMLVideoElement) || target.videoWidth === 0) return;
      shape.value = target.videoHeight > target.videoWidth ? 'portrait' : 'landscape';
    };
    // Events of media elements do not bubble, but they are captured.
    for (const event of ['loadedmetadata', 'resize']) element?.addEventListener(event, update, true);
    return () => {
      for (const event of ['loadedmetadata', 'resize']) element?.removeEventListener(event, update, true);
    };
  }, [parent, shape]);
  return shape;
}
