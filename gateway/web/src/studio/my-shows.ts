import { computed, signal } from '@preact/signals';
import { type ApiError, Loader } from '../api/client';
import type { MyShow, MyShowPage } from './wire';

const PAGE_SIZE = 20;
/** The page keeps this many shows; older ones are rarely of interest. */
const MAX_PAGES = 10;

/** The shows that the user owns or works for, the newest first. */
export class MyShows {
  /** Undefined until the list has been loaded. */
  readonly shows = signal<readonly MyShow[] | undefined>(undefined);
  readonly error = signal<ApiError | undefined>(undefined);
  readonly isSignedOut = computed(() => this.error.value?.errorCode === 'UNAUTHORIZED');
  readonly hasMore = signal(false);
  private pages = 0;
  private loader: Loader<MyShowPage> | undefined;

  load(): void {
    this.pages = 0;
    this.loadNext();
  }

  loadNext(): void {
    this.loader?.stop();
    const page = this.pages + 1;
    this.loader = new Loader(
      `/api/streaming/mine?page=${page}&limit=${PAGE_SIZE}`,
      (answer) => this.add(answer, page),
      (error) => {
        this.error.value = error;
      },
    );
    void this.loader.load();
  }

  private add({ streams, totalPages }: MyShowPage, page: number): void {
    const before = page === 1 ? [] : (this.shows.peek() ?? []);
    const known = new Set(before.map(({ id }) => id)); // a new show moves the others to later pages
    this.pages = page;
    this.error.value = undefined;
    this.shows.value = [...before, ...streams.filter(({ id }) => !known.has(id))];
    this.hasMore.value = page < Math.min(totalPages, MAX_PAGES);
  }
}
