/** A show of the front page. */
export interface Show {
  key: string;
  title: string;
  hostName: string;
  thumbnailUrl: string | undefined;
  isLive: boolean;
  viewerCount: number;
  /** ISO times; undefined if there is none or it cannot be read. */
  startedAt: string | undefined;
  scheduledAt: string | undefined;
  endedAt: string | undefined;
}

/** Times outside of these years are mistakes, and formats throw at a time that is none. */
const EARLIEST = Date.UTC(2020);
const LATEST = Date.UTC(2100);

const MAX_TITLE_LENGTH = 200;

/** Reads an item of a list of shows. Returns undefined for an item without a key, so that it does not break the others. */
function readShow(item: unknown): Show | undefined {
  if (typeof item !== 'object' || item === null) return undefined;
  const { streamKey, title, host, thumbnailUrl, isLive, status, viewerCount, startedAt, scheduledAt, endedAt } =
    item as Record<string, unknown>;
  if (typeof streamKey !== 'string' || streamKey === '') return undefined;
  const hostName = typeof host === 'object' && host !== null ? (host as Record<string, unknown>).name : '';
  return {
    key: streamKey,
    title: readText(title) || streamKey,
    hostName: readText(hostName),
    thumbnailUrl: typeof thumbnailUrl === 'string' ? thumbnailUrl : undefined,
    isLive: isLive === true || status === 'LIVE',
    viewerCount: typeof viewerCount === 'number' && Number.isFinite(viewerCount) ? Math.max(0, viewerCount) : 0,
    startedAt: readTime(startedAt),
    scheduledAt: readTime(scheduledAt),
    endedAt: readTime(endedAt),
  };
}

/** Reads a list of shows without the items that cannot be read; each show once. */
export function readShows(list: unknown, limit: number): Show[] {
  if (!Array.isArray(list)) return [];
  const shows = new Map<string, Show>();
  for (const item of list) {
    const show = readShow(item);
    if (show && !shows.has(show.key) && shows.size < limit) shows.set(show.key, show);
  }
  return [...shows.values()];
}

const readText = (value: unknown): string => (typeof value === 'string' ? value.slice(0, MAX_TITLE_LENGTH) : '');

function readTime(value: unknown): string | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return time > EARLIEST && time < LATEST ? (value as string) : undefined;
}
