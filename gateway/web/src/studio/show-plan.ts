import { webAddress } from '../ui/web-address';
import type { NewStream, StreamChange } from './wire';

/** The service's bounds. */
export const MAX_TITLE_LENGTH = 100;
export const MAX_DESCRIPTION_LENGTH = 1000;
export const MAX_ADDRESS_LENGTH = 500;

/** The fields of the form for a show, as the user types them. */
export interface ShowPlan {
  title: string;
  description: string;
  /** Local time as a `datetime-local` field has it; empty for a show without a schedule. */
  scheduledAt: string;
  thumbnailUrl: string;
}

export type PlanProblem = 'title-missing' | 'schedule-past' | 'thumbnail-invalid';

export const EMPTY_PLAN: ShowPlan = { title: '', description: '', scheduledAt: '', thumbnailUrl: '' };

/** The form's fields of an existing show. */
export function planOf(show: {
  title: string;
  description?: string | null;
  scheduledAt?: string | null;
  thumbnailUrl?: string | null;
}): ShowPlan {
  return {
    title: show.title,
    description: show.description ?? '',
    scheduledAt: show.scheduledAt ? toLocalTime(new Date(show.scheduledAt)) : '',
    thumbnailUrl: show.thumbnailUrl ?? '',
  };
}

/** The first mistake in the form. A schedule that was there before may have passed meanwhile. */
export function findProblem(plan: ShowPlan, now: number, before: ShowPlan = EMPTY_PLAN): PlanProblem | undefined {
  if (plan.title.trim() === '') return 'title-missing';
  const isNewSchedule = plan.scheduledAt !== before.scheduledAt;
  if (plan.scheduledAt && isNewSchedule && Date.parse(plan.scheduledAt) <= now) return 'schedule-past';
  if (plan.thumbnailUrl && !isWebAddress(plan.thumbnailUrl)) return 'thumbnail-invalid';
  return undefined;
}

/** The body that creates a show. */
export function toNewStream(plan: ShowPlan): NewStream {
  const { title, description, scheduledAt, thumbnailUrl } = trim(plan);
  return {
    title,
    ...(description ? { description } : {}),
    ...(scheduledAt ? { scheduledAt: new Date(scheduledAt).toISOString() } : {}),
    ...(thumbnailUrl ? { thumbnailUrl } : {}),
  };
}

/** The body that changes a show: the changed fields alone, so that a change of another person stays. */
export function toChange(plan: ShowPlan, before: ShowPlan): StreamChange {
  const next = trim(plan);
  const change: StreamChange = {};
  if (next.title !== before.title) change.title = next.title;
  if (next.description !== before.description) change.description = next.description || null;
  if (next.thumbnailUrl !== before.thumbnailUrl) change.thumbnailUrl = next.thumbnailUrl || null;
  if (next.scheduledAt !== before.scheduledAt) {
    change.scheduledAt = next.scheduledAt ? new Date(next.scheduledAt).toISOString() : null;
  }
  return change;
}

/** Returns true for a complete address of http or https, which another site can load, too. */
export const isWebAddress = (text: string): boolean =>
  /^https?:\/\/[^/\s]/i.test(text.trim()) && webAddress(text.trim()) !== null;

/** A time as a `datetime-local` field has it, without seconds. */
export function toLocalTime(time: Date): string {
  const local = new Date(time.getTime() - time.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

const trim = (plan: ShowPlan): ShowPlan => ({
  title: plan.title.trim(),
  description: plan.description.trim(),
  scheduledAt: plan.scheduledAt,
  thumbnailUrl: plan.thumbnailUrl.trim(),
});
