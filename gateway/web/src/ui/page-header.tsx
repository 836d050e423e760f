import { LANGUAGES, type Language, language, switchLanguage } from '../i18n/language';
import { texts } from './texts';
import './page-header.css';

const NAMES: Record<Language, string> = { ko: '한국어', en: 'English' };

/** The address of the sign-in page that leads back to `next`. */
export const signInAddress = (next: string): string => `/sign-in.html?next=${encodeURIComponent(next)}`;

interface PageHeaderProps {
  /** Empty for a guest. */
  userId?: string;
  /** The path to come back to after the sign-in; without it, the header has no link to the sign-in page. */
  next?: string | undefined;
  hasStudioLink?: boolean;
}

/** The bar above each page. */
export function PageHeader({ userId = '', next, hasStudioLink = false }: PageHeaderProps) {
  return (
    <header class="bar">
      <a class="brand" href="/">
        <img src="/icon.svg" alt="" width="28" height="28" />
        dorami
      </a>
      <div class="languages">
        {LANGUAGES.filter((other) => other !== language).map((other) => (
          <button key={other} type="button" class="quiet-link" lang={other} onClick={() => switchLanguage(other)}>
            {NAMES[other]}
          </button>
        ))}
      </div>
      {hasStudioLink && (
        <a class="quiet-link" href="/studio">
          {texts.studio}
        </a>
      )}
      {next !== undefined && (
        <a id="account" class="quiet-link" href={signInAddress(next)} title={userId ? texts.changeUser : undefined}>
          {userId ? (
            <>
              <span class="wide-only">{texts.signedInAs} </span>
              <bdi>{userId}</bdi>
            </>
          ) : (
            texts.signIn
          )}
        </a>
      )}
    </header>
  );
}
