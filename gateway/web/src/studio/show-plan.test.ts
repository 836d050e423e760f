import { expect, test } from 'vitest';
import { EMPTY_PLAN, findProblem, planOf, toChange, toLocalTime, toNewStream } from './show-plan';

const NOW = Date.UTC(2026, 11, 1, 12);
const plan = (fields: Partial<typeof EMPTY_PLAN>) => ({ ...EMPTY_PLAN, title: 'Cups', ...fields });
const local = (minutes: number) => toLocalTime(new Date(NOW + minutes * 60_000));

test('titleAloneMakesAShow', () => {
  expect(findProblem(plan({}), NOW)).toBeUndefined();
  expect(toNewStream(plan({ title: ' Cups ' }))).toEqual({ title: 'Cups' });
});

test('blankTitleIsMissing', () => {
  expect(findProblem(plan({ title: '  ' }), NOW)).toBe('title-missing');
});

test('localStartIsSentAsInstant', () => {
  const { scheduledAt } = toNewStream(plan({ scheduledAt: local(90) }));
  expect(scheduledAt).toBe(new Date(NOW + 90 * 60_000).toISOString());
});

test('startInThePastIsRefused_unlessItWasThereBefore', () => {
  const past = plan({ scheduledAt: local(-5) });
  expect(findProblem(past, NOW)).toBe('schedule-past');
  expect(findProblem({ ...past, title: 'Bowls' }, NOW, past)).toBeUndefined();
});

test.each(['javascript:alert(1)', 'data:image/png;base64,x', '/icon.svg', 'cup.png', 'ftp://a/b', 'https://'])(
  'thumbnail %s is refused',
  (thumbnailUrl) => {
    expect(findProblem(plan({ thumbnailUrl }), NOW)).toBe('thumbnail-invalid');
  },
);

test('changeHasTheChangedFieldsAlone_andNullForRemovedOnes', () => {
  const before = planOf({ title: 'Cups', description: 'Old', scheduledAt: new Date(NOW).toISOString() });
  expect(toChange(before, before)).toEqual({});
  expect(toChange({ ...before, title: 'Bowls', description: ' ' }, before)).toEqual({
    title: 'Bowls',
    description: null,
  });
  expect(toChange({ ...before, scheduledAt: '' }, before)).toEqual({ scheduledAt: null });
});
