import type { NoticeLine } from './notice-line';
import { texts } from './texts';

/** The platform's notice above the room. */
export function NoticeBar({ notice }: { notice: NoticeLine }) {
  const text = notice.text.value;
  if (!text) return null;
  return (
    <aside class="notice" aria-label={texts.notice}>
      <p>
        <bdi>{text}</bdi>
      </p>
      <button type="button" aria-label={texts.close} onClick={() => notice.close()}>
        <span aria-hidden="true">×</span>
      </button>
    </aside>
  );
}
