import { useState } from 'preact/hooks';
import { tone } from './tone';

interface PictureProps {
  className: string;
  address?: string | null | undefined;
  /** Its first letter is shown without a picture that loads. */
  text: string;
  /** Determines the colour behind the letter. */
  seed?: string;
}

/** A frame with a picture, or with a letter on a colour. Addresses other than http and https are not loaded. */
export function Picture({ className, address, text, seed = text }: PictureProps) {
  const [failed, setFailed] = useState<string>();
  const url = address ? parse(address) : null;
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
    </div>
  );
}

function parse(address: string): string | null {
  try {
    const url = new URL(address, location.href);
    return /^https?:$/.test(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}
