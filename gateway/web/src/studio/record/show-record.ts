import { signal } from '@preact/signals';
import { type ApiError, get } from '../../api/client';
import { serverNow } from '../../api/clock';
import type { components } from '../../generated/viewer-service';
import type { PastShow, ShowChat, ShowSales } from '../wire';

type Audience = components['schemas']['Audience'];
type History = components['schemas']['History'];

/** The services store the end of a show one after another, usually within a second, and later under load. */
const SETTLING_TIME_MS = 10_000;
/** Ten attempts at most, with four requests each. */
const RETRY_DELAY_MS = 1000;

/** The results of a show. A part that could not be loaded is undefined, and its reason is in `errors`. */
export interface Figures {
  audience: Audience | undefined;
  history: History | undefined;
  sales: ShowSales | undefined;
  chat: ShowChat | undefined;
  errors: readonly ApiError[];
}

/** The shows of a stream, and the figures of the selected one from four services. */
export class ShowRecord {
  /** Newest first; undefined until loaded. */
  readonly shows = signal<readonly PastShow[] | undefined>(undefined);
  readonly selected = signal<PastShow | undefined>(undefined);
  readonly figures = signal<Figures | undefined>(undefined);
  readonly error = signal<ApiError | undefined>(undefined);

  constructor(
    private readonly streamId: string,
    private readonly streamKey: string,
  ) {}

  async load(): Promise<void> {
    try {
      const shows = await get<PastShow[]>(`/api/streaming/${this.streamId}/shows`);
      this.shows.value = shows;
      this.error.value = undefined;
      const selected = this.selected.peek()?.startedAt;
      const [newest] = shows;
      const show = shows.find(({ startedAt }) => startedAt === selected) ?? newest;
      if (show) await this.select(show);
    } catch (error) {
      this.error.value = error as ApiError;
    }
  }

  async select(show: PastShow): Promise<void> {
    if (show.startedAt !== this.selected.peek()?.startedAt) this.figures.value = undefined;
    this.selected.value = show;
    const { startedAt, endedAt } = show;
    const end = endedAt ? Date.parse(endedAt) : serverNow();
    const minutes = Math.ceil((end - Date.parse(startedAt)) / 60_000) + 1;
    const start = `startedAt=${encodeURIComponent(startedAt)}`;
    const until = endedAt ? `&to=${encodeURIComponent(endedAt)}` : '';
    const errors: ApiError[] = [];
    const part = <T>(path: string) =>
      get<T>(path).catch((error) => {
        errors.push(error as ApiError);
        return undefined;
      });
    const [audience, history, sales, chat] = await Promise.all([
      part<Audience>(`/api/viewers/${this.streamKey}?${start}`),
      part<History>(`/api/viewers/${this.streamKey}/history?${start}&minutes=${minutes}`),
      part<ShowSales>(`/api/streaming/key/${this.streamKey}/sales?from=${encodeURIComponent(startedAt)}${until}`),
      part<ShowChat>(`/api/chat/${this.streamKey}/statistics?${start}`),
    ]);
    if (this.selected.peek() !== show) return; // Another show was selected meanwhile.
    if (endedAt && errors.length > 0 && serverNow() - end < SETTLING_TIME_MS) {
      setTimeout(() => this.selected.peek() === show && void this.select(show), RETRY_DELAY_MS);
    } else {
      this.figures.value = { audience, history, sales, chat, errors };
    }
  }
}
