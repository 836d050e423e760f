import { useEffect } from 'preact/hooks';
import { csrfToken } from '../api/client';
import { settings } from '../api/settings';
import { errorText } from '../i18n/errors';
import { PageHeader } from '../ui/page-header';
import type { FrontPage } from './front-page';
import { LiveCard, RecentRow, UpcomingRow } from './show-cards';
import { texts } from './texts';
import './home.css';

/** The page with live, upcoming and recent shows. */
export function HomePage({ page }: { page: FrontPage }) {
  const { live, upcoming, recent } = page;
  const liveCount = live.value?.length ?? 0;
  useEffect(() => {
    document.title = liveCount > 0 ? texts.titleWithLive(liveCount) : texts.title;
  }, [liveCount]);
  return (
    <>
      <PageHeader next="/" hasStudioLink={csrfToken() !== ''} />
      <main class="home">
        <section aria-labelledby="live-heading">
          <h1 id="live-heading">{texts.liveNow}</h1>
          <Problem page={page} />
          <LiveList page={page} />
        </section>
        {upcoming.value.length > 0 && (
          <section aria-labelledby="upcoming-heading">
            <h2 id="upcoming-heading">{texts.comingUp}</h2>
            <ul id="upcoming" class="show-rows">
              {upcoming.value.map((show) => (
                <UpcomingRow key={show.key} show={show} />
              ))}
            </ul>
          </section>
        )}
        {recent.value.length > 0 && (
          <section aria-labelledby="recent-heading">
            <h2 id="recent-heading">{texts.recently}</h2>
            <ul id="recent" class="show-rows">
              {recent.value.map((show) => (
                <RecentRow key={show.key} show={show} />
              ))}
            </ul>
          </section>
        )}
      </main>
    </>
  );
}

function Problem({ page }: { page: FrontPage }) {
  const error = page.error.value;
  return (
    <div role="status">
      {error && (
        <p class="problem">
          <span>{texts.loadFailed(errorText(error))}</span>
          <button type="button" class="text-button" onClick={() => page.load()}>
            {texts.retry}
          </button>
        </p>
      )}
    </div>
  );
}

function LiveList({ page }: { page: FrontPage }) {
  const live = page.live.value;
  if (!live) {
    if (page.error.value) return null;
    return (
      <>
        <p class="hidden-text" role="status">
          {texts.loading}
        </p>
        <div class="cards" aria-hidden="true">
          <div class="card skeleton" />
          <div class="card skeleton" />
          <div class="card skeleton" />
        </div>
      </>
    );
  }
  if (page.isEmpty.value) {
    return (
      <div class="empty">
        <p class="empty-title">{texts.emptyTitle}</p>
        <p>{settings.developmentSignIn ? texts.demo : texts.emptyText}</p>
        {settings.developmentSignIn && (
          <p>
            <code>./dorami demo</code>
          </p>
        )}
      </div>
    );
  }
  return (
    <ul id="live" class="cards">
      {live.map((show) => (
        <LiveCard key={show.key} show={show} />
      ))}
    </ul>
  );
}
