import { computed, signal } from '@preact/signals';
import { type ApiError, Loader } from '../api/client';
import { readShows, type Show } from './show';

/** 10,000 people on the front page make 1,000 requests per second. */
const REFRESH_MS = 30_000;
const MAX_LIVE = 60;
const MAX_UPCOMING = 6;
/** Live shows come first in this list, so that a limit of six could be all live ones. */
const UPCOMING_LIMIT = 50;
const MAX_RECENT = 6;

/** The shows of the front page, which it updates by itself. */
export class FrontPage {
  /** Undefined until the list has been loaded. */
  readonly live = signal<Show[] | undefined>(undefined);
  readonly upcoming = signal<Show[]>([]);
  readonly recent = signal<Show[]>([]);
  /** Why the list of live shows is not up to date; undefined if it is. */
  readonly error = signal<ApiError | undefined>(undefined);
  readonly isEmpty = computed(() => this.live.value?.length === 0);

  private readonly loaders = [
    new Loader<unknown>(
      '/api/streaming/active',
      (shows) => {
        this.live.value = readShows(shows, MAX_LIVE);
        this.error.value = undefined;
      },
      (error) => {
        this.error.value = error;
      },
    ),
    // The live list already shows that the server cannot be reached.
    new Loader<unknown>(`/api/streaming/upcoming?limit=${UPCOMING_LIMIT}`, (shows) => {
      const upcoming = readShows(shows, UPCOMING_LIMIT).filter(({ isLive }) => !isLive);
      this.upcoming.value = upcoming.slice(0, MAX_UPCOMING);
    }),
    new Loader<unknown>(`/api/streaming/recent?limit=${MAX_RECENT}`, (shows) => {
      this.recent.value = readShows(shows, MAX_RECENT);
    }),
  ];

  /** Loads the lists, and again while the page is visible. */
  start(): void {
    this.load();
    setInterval(() => this.loadIfVisible(), REFRESH_MS);
    document.addEventListener('visibilitychange', () => this.loadIfVisible());
  }

  load(): void {
    for (const loader of this.loaders) void loader.load();
  }

  private loadIfVisible(): void {
    if (!document.hidden) this.load(); // a hidden page sends no requests
  }
}
