import { expect, test } from 'vitest';
import { canSell, isInCharge, tabsOf } from './studio-show';
import type { ShowRole } from './wire';

test.each<[ShowRole, string[]]>([
  ['OWNER', ['on-air', 'products', 'chat', 'orders', 'staff', 'record']],
  ['ADMIN', ['on-air', 'products', 'chat', 'orders', 'staff', 'record']],
  ['COHOST', ['on-air', 'products', 'chat', 'orders', 'record']],
  ['MODERATOR', ['chat']],
])('%s sees the parts %s', (role, tabs) => {
  expect(tabsOf({ role })).toEqual(tabs);
});

test('onlyOwnerAndAdminAreInCharge_moderatorDoesNotSell', () => {
  const roles = ['OWNER', 'ADMIN', 'COHOST', 'MODERATOR'] as const;
  expect(roles.filter((role) => isInCharge({ role }))).toEqual(['OWNER', 'ADMIN']);
  expect(roles.filter((role) => canSell({ role }))).toEqual(['OWNER', 'ADMIN', 'COHOST']);
});
