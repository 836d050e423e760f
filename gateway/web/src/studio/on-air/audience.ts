import { type ReadonlySignal, signal } from '@preact/signals';
import { Loader } from '../../api/client';
import { serverNow } from '../../api/clock';
import type { components } from '../../generated/viewer-service';

type History = components['schemas']['History'];

/** A number of viewers at a time. */
export interface AudiencePoint {
  /** Milliseconds by the server's clock. */
  at: number;
  viewers: number;
}

const SAMPLE_MS = 5_000;
/** One hour of samples: more than a plot of 390 pixels can show. */
const MAX_POINTS = 720;
/** The time before the page was opened has one value for each minute. */
const HISTORY_MINUTES = 60;

/** The number of viewers over the last hour of the show: by the minute until the page was opened, then every five seconds. */
export class Audience {
  readonly points = signal<readonly AudiencePoint[]>([]);
  private readonly history: Loader<History>;

  constructor(
    streamKey: string,
    private readonly viewers: ReadonlySignal<number | null>,
    private readonly startedAt: ReadonlySignal<number | null>,
  ) {
    this.history = new Loader<History>(`/api/viewers/${streamKey}/history?minutes=${HISTORY_MINUTES}`, (history) =>
      this.prepend(history),
    );
  }

  /** Starts to follow the show on air, and returns the function that stops it. */
  start(): () => void {
    this.points.value = [];
    const startedAt = this.startedAt.peek();
    // Before, no minute is complete, and the statistics of a show that has just started may not exist.
    if (startedAt !== null && serverNow() - startedAt > 60_000) void this.history.load();
    this.sample();
    const timer = setInterval(() => this.sample(), SAMPLE_MS);
    return () => {
      clearInterval(timer);
      this.history.stop();
    };
  }

  private sample(): void {
    const viewers = this.viewers.peek();
    if (viewers === null) return;
    this.points.value = [...this.points.peek(), { at: serverNow(), viewers }].slice(-MAX_POINTS);
  }

  private prepend({ minutes = [] }: History): void {
    const [first] = this.points.peek();
    const begin = this.startedAt.peek() ?? 0;
    const earlier = minutes
      .map(({ at, average }) => ({ at: Date.parse(at), viewers: Math.round(average) }))
      .filter(({ at }) => at >= begin && (!first || at < first.at));
    this.points.value = [...earlier, ...this.points.peek()].slice(-MAX_POINTS);
  }
}
