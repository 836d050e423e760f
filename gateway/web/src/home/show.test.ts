import { expect, test } from 'vitest';
import { readShows } from './show';

const good = { streamKey: 'k1', title: 'Cups', host: { id: 'u', name: 'Yuna' }, isLive: true, viewerCount: 3 };

test('badItems_doNotHideTheOthers', () => {
  const bad = [null, 5, 'x', {}, { streamKey: 7 }, { streamKey: '' }, []];
  expect(readShows([...bad, good], 60).map(({ key }) => key)).toEqual(['k1']);
});

test.each(['+058861-07-01T00:00:00Z', 1795330265125, 'soon', null, undefined, {}])(
  'start %o is left out',
  (scheduledAt) => {
    expect(readShows([{ ...good, scheduledAt }], 60)[0]?.scheduledAt).toBeUndefined();
  },
);

test('badFields_areReplaced', () => {
  const [show] = readShows([{ streamKey: 'k1', title: 5, host: 'Yuna', viewerCount: 'many', thumbnailUrl: 1 }], 60);
  expect(show).toMatchObject({ title: 'k1', hostName: '', viewerCount: 0, thumbnailUrl: undefined, isLive: false });
});

test('eachShowIsListedOnce_upToTheLimit', () => {
  const items = ['a', 'b', 'a', 'c', 'd'].map((streamKey) => ({ streamKey }));
  expect(readShows(items, 3).map(({ key }) => key)).toEqual(['a', 'b', 'c']);
});

test.each([null, {}, 'x', undefined])('%o is an empty list', (list) => {
  expect(readShows(list, 3)).toEqual([]);
});
