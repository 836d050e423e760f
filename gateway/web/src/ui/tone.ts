/** One of six colours of theme.css, always the same for the same text. */
export function tone(text: string): string {
  let hash = 0;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x9e3779b1) >>> 0;
  return String((hash >>> 16) % 6); // The upper bits, because the lower bits of a product mix badly.
}
