// Functions for all pages: elements, formats, pictures. Data becomes text, never markup.
import { currency } from '/settings.js';

export const $ = (id) => document.getElementById(id);

/** Creates an element with a class and children; strings become text. */
export function el(tag, className = '', ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

const moneyFormat = new Intl.NumberFormat('en', { style: 'currency', currency, currencyDisplay: 'narrowSymbol' });
const countFormat = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const shortFormat = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

/** An amount, as a number or as text, in the platform's currency. */
export const money = (amount) => moneyFormat.format(amount);
export const count = (number) => countFormat.format(number);
/** 1.2K, for narrow places. */
export const shortCount = (number) => shortFormat.format(number);

// randomUUID exists only on https and localhost; a phone in the same network uses neither.
export const newId = () => Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join('-');

/** 4:05 or 1:04:05. */
export function duration(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (number) => String(number).padStart(2, '0');
  const minutes = Math.floor(seconds / 60) % 60;
  const hours = Math.floor(seconds / 3600);
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** One of six colours, always the same for the same text. */
export function tone(text) {
  let hash = 0;
  for (const character of String(text)) hash = Math.imul(hash ^ character.codePointAt(0), 0x9e3779b1) >>> 0;
  return String((hash >>> 16) % 6); // The upper bits, because the lower bits of a product mix badly.
}

/** Fills a frame with the picture or, without a picture that loads, with the first letter on the seed's colour. */
export function picture(frame, address, text, seed = text) {
  frame.dataset.tone = tone(seed);
  const url = address ? parse(address) : null;
  const letter = el('span', 'letter', [...String(text).trim()][0] ?? '');
  letter.setAttribute('aria-hidden', 'true');
  frame.replaceChildren(letter);
  if (!url || !/^https?:$/.test(url.protocol)) return;
  const image = el('img');
  image.alt = '';
  image.loading = 'lazy';
  image.decoding = 'async';
  image.referrerPolicy = 'no-referrer';
  image.addEventListener('error', () => image.remove());
  image.src = url.href;
  frame.append(image);
}

function parse(address) {
  try {
    return new URL(address, location.href);
  } catch {
    return null;
  }
}

export const isMotionReduced = () => matchMedia('(prefers-reduced-motion: reduce)').matches;
