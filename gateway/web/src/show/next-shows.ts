import { type ReadonlySignal, signal } from '@preact/signals';
import { Loader } from '../api/client';
import { readShows, type Show } from '../home/show';
import type { ServerFrame } from '../rooms/frames';

/** All viewers of a show get its end at once; their requests are spread over this time. */
const SPREAD_MS = 3_000;
const MAX_SHOWS = 6;
/** Of them, so that upcoming ones have a place, too. */
const MAX_LIVE = 4;
/** Live ones come first in the list. */
const LIMIT = 50;

/** The shows to go on with when there is nothing to see here: live ones first, then upcoming ones. */
export class NextShows {
  private readonly streams = signal<readonly Show[]>([]);
  private readonly loader: Loader<unknown>;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isShown = false;

  constructor(private readonly streamKey: string) {
    this.loader = new Loader(`/api/streaming/upcoming?limit=${LIMIT}`, (streams) => this.apply(streams));
  }

  get shows(): ReadonlySignal<readonly Show[]> {
    return this.streams;
  }

  /** Loads the shows soon, and again with each change of them. */
  start(): void {
    this.isShown = true;
    this.loadSoon();
  }

  stop(): void {
    this.isShown = false;
    clearTimeout(this.timer);
    this.loader.stop();
  }

  /** Applies an event of the platform and ignores others. */
  receive(frame: ServerFrame): void {
    if (this.isShown && frame.event === 'upcoming:updated') this.loadSoon();
  }

  apply(streams: unknown): void {
    const others = readShows(streams, LIMIT).filter((show) => show.key !== this.streamKey);
    const live = others.filter(({ isLive }) => isLive).slice(0, MAX_LIVE);
    const upcoming = others.filter(({ isLive }) => !isLive).slice(0, MAX_SHOWS - live.length);
    this.streams.value = [...live, ...upcoming];
  }

  private loadSoon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.loader.load(), Math.random() * SPREAD_MS);
  }
}
