/** The server's bound, in characters as a person counts them (extended grapheme clusters). */
export const MAX_CHARACTERS = 500;
/**
 * Bound of the input field, in UTF-16 units. The server accepts 16,000 bytes of UTF-8, and no text has fewer bytes than
 * units. It also bounds the time for counting.
 */
export const MAX_UNITS = 16_000;
const MAX_BYTES = 16_000;

const segmenter = 'Segmenter' in Intl ? new Intl.Segmenter(undefined, { granularity: 'grapheme' }) : null;
const encoder = new TextEncoder();

/** Counts characters as the server does: a family emoji is one. Firefox before 125 counts its code points. */
export function countCharacters(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let characters = 0;
  for (const _ of segmenter ? segmenter.segment(text) : text) characters++;
  return characters;
}

/** Returns true if the server would refuse the message because of its length. */
export const isTooLong = (message: string): boolean =>
  countCharacters(message) > MAX_CHARACTERS || encoder.encode(message).length > MAX_BYTES;
