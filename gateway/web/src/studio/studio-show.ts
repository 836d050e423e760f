import type { ShowRole } from './wire';

/** A show as its owner and its staff see it. */
export interface StudioShow {
  id: string;
  streamKey: string;
  title: string;
  /** `PENDING` was never live, `OFFLINE` has ended. */
  status: 'PENDING' | 'LIVE' | 'OFFLINE';
  /** The show is live and waits for its encoder. */
  reconnecting: boolean;
  role: ShowRole;
  host?: { id: string; name: string } | undefined;
  thumbnailUrl?: string | undefined;
  /** ISO times of the plan, and of the start of the current or last show. */
  scheduledAt?: string | undefined;
  startedAt?: string | undefined;
}

const TABS = {
  OWNER: ['on-air', 'products', 'chat', 'orders', 'staff', 'record'],
  ADMIN: ['on-air', 'products', 'chat', 'orders', 'staff', 'record'],
  COHOST: ['on-air', 'products', 'chat', 'orders', 'record'],
  MODERATOR: ['chat'],
} as const satisfies Record<ShowRole, readonly string[]>;

/** A part of the studio. */
export type StudioTab = (typeof TABS)[ShowRole][number];

type HasRole = Pick<StudioShow, 'role'>;

/** The parts of the studio that the user sees, in the order of the tabs. */
export const tabsOf = ({ role }: HasRole): readonly StudioTab[] => TABS[role];

/** Returns true if the user may see the keys, start and stop the show, and name its staff. */
export const isInCharge = ({ role }: HasRole): boolean => role === 'OWNER' || role === 'ADMIN';

/** Returns true if the user may change products and read orders and figures. */
export const canSell = ({ role }: HasRole): boolean => role !== 'MODERATOR';
