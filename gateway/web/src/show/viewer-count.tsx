import { useEffect, useRef } from 'preact/hooks';
import { count } from '../i18n/format';

const DURATION_MS = 500;

/** A number that counts from the shown to the current one within half a second. */
export function ViewerCount({ number }: { number: number }) {
  const element = useRef<HTMLSpanElement>(null);
  const shown = useRef(number);
  useEffect(() => {
    const from = shown.current;
    const begin = performance.now();
    let frame = 0;
    const draw = () => {
      const progress = isMotionReduced() ? 1 : Math.min(1, (performance.now() - begin) / DURATION_MS);
      shown.current = Math.round(from + (number - from) * (1 - (1 - progress) ** 3));
      if (element.current) element.current.textContent = count(shown.current);
      if (progress < 1) frame = requestAnimationFrame(draw);
    };
    draw();
    return () => cancelAnimationFrame(frame);
  }, [number]);
  return <span id="viewer-count" ref={element} />;
}

const isMotionReduced = () => matchMedia('(prefers-reduced-motion: reduce)').matches;
