import { settings } from '../api/settings';

export const LANGUAGES = ['ko', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/** The texts of a feature in each language. A text that needs values is a function. */
export type Texts<T> = Record<Language, T>;

const STORAGE_KEY = 'language';

const isLanguage = (text: string | null | undefined): text is Language =>
  LANGUAGES.some((language) => language === text);

function stored(): string | null {
  try {
    return localStorage.getItem(STORAGE_KEY);
  } catch {
    return null; // storage is switched off
  }
}

/** The user's choice, else the first language of the browser that we have, else the platform's. */
function choose(): Language {
  const preferred = globalThis.navigator?.languages ?? []; // Node.js 18, which runs the tests, has no navigator
  const candidates = [stored(), ...preferred.map((tag) => tag.slice(0, 2).toLowerCase()), settings.language];
  return candidates.find(isLanguage) ?? 'en';
}

export const language: Language = choose();

/** Loads the page again in another language. */
export function switchLanguage(next: Language): void {
  try {
    localStorage.setItem(STORAGE_KEY, next);
  } catch {
    return; // without storage, the choice could not be kept
  }
  location.reload();
}

/** The texts of a feature in the user's language. */
export const textsOf = <T>(texts: Texts<T>): T => texts[language];
