import { useState } from 'preact/hooks';
import { tone } from './tone';
import { webAddress } from './web-address';

interface PictureProps {
  className: string;
  address?: string | null | undefined;
  /** Its first letter is shown without a picture that loads. */
  text: string;
  /** Determines the colour behind the letter. */
  seed?: string;
  /** Shown if the picture does not load, to the one who gave its address. */
  problemText?: string;
}

/** A frame with a picture, or with a letter on a colour. Addresses other than http and https are not loaded. */
export function Picture({ className, address, text, seed = text, problemText }: PictureProps) {
  const [failed, setFailed] = useState<string>();
  const url = webAddress(address);
  return (
    <div class={className} data-tone={tone(seed)}>
      <span class="letter" aria-hidden="true">
        {[...text.trim()][0] ?? ''}
      </span>
      {url && failed !== url && (
        <img
          src={url}
          alt=""
          loading="lazy"
          decoding="async"
          referrerpolicy="no-referrer"
          onError={() => setFailed(url)}
        />
      )}
      {problemText && url && failed === url && (
        <p class="picture-problem" role="status">
          {problemText}
        </p>
      )}
    </div>
  );
}
