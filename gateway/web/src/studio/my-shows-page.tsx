import { useEffect } from 'preact/hooks';
import { dayAndTime } from '../i18n/format';
import { Picture } from '../ui/picture';
import type { MyShows } from './my-shows';
import { ProblemNote } from './problem-note';
import { ShowBadge } from './show-badge';
import { tabsOf } from './studio-show';
import { texts } from './texts';
import type { MyShow } from './wire';

/** The list of the user's shows: `/studio`. */
export function MyShowsPage({ store }: { store: MyShows }) {
  useEffect(() => {
    document.title = `${texts.myShows} · Dorami`;
    store.load();
  }, [store]);
  const shows = store.shows.value;
  return (
    <main class="studio-main">
      <h1>{texts.myShows}</h1>
      <ProblemNote error={store.error.value} onRetry={() => store.load()} />
      {!shows && !store.error.value && (
        <p class="studio-note" role="status">
          {texts.loading}
        </p>
      )}
      {shows?.length === 0 && (
        <div class="studio-card studio-empty">
          <h2>{texts.noShowsTitle}</h2>
          <p>{texts.noShowsText}</p>
        </div>
      )}
      {shows && shows.length > 0 && (
        <ul id="my-shows" class="my-shows">
          {shows.map((show) => (
            <li key={show.id}>
              <ShowLink show={show} />
            </li>
          ))}
        </ul>
      )}
      {store.hasMore.value && (
        <button type="button" class="button secondary" onClick={() => store.loadNext()}>
          {texts.more}
        </button>
      )}
      <div class="studio-actions">
        <a class="button" href="#new">
          {texts.newShow}
        </a>
      </div>
    </main>
  );
}

function ShowLink({ show }: { show: MyShow }) {
  const { streamKey, title, thumbnailUrl, role, host } = show;
  return (
    <a class="my-show" href={`/studio/${streamKey}#${firstTab(show)}`}>
      <Picture className="thumb" address={thumbnailUrl} text={title} seed={streamKey} />
      <span class="my-show-text">
        <span class="my-show-state">
          <ShowBadge show={show} />
          {role !== 'OWNER' && <span class="studio-role">{texts.roles[role]}</span>}
        </span>
        <strong>
          <bdi>{title}</bdi>
        </strong>
        <span class="muted">
          {timeOf(show)}
          {role !== 'OWNER' && <bdi> · {texts.by(host.name)}</bdi>}
        </span>
      </span>
    </a>
  );
}

/** After a show, people come for what it brought. */
function firstTab(show: MyShow): string {
  const [first = ''] = tabsOf(show);
  return show.status === 'OFFLINE' && tabsOf(show).includes('record') ? 'record' : first;
}

function timeOf({ status, scheduledAt, startedAt, endedAt }: MyShow): string {
  if (status === 'LIVE') return startedAt ? texts.started(dayAndTime(startedAt)) : '';
  if (status === 'OFFLINE') return endedAt ? texts.ended(dayAndTime(endedAt)) : '';
  return scheduledAt ? texts.planned(dayAndTime(scheduledAt)) : texts.notPlanned;
}
