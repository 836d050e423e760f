import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeApi, Refusal } from '../../testing/fake-api';
import { ShowStaff } from './show-staff';

let api: FakeApi;
let staff: ShowStaff;
let members: { userId: string }[];

beforeEach(() => {
  members = [];
  api = new FakeApi()
    .on('GET', '/api/streaming/id/staff', () => ({ members }))
    .on('GET', '/api/streaming/id/staff/audit?limit=50', () => ({ entries: [] }));
  staff = new ShowStaff('id');
});

afterEach(() => {
  vi.unstubAllGlobals();
});

test('addedPersonAppearsInTheList', async () => {
  api.on('PUT', '/api/streaming/id/staff/kim', () => {
    members = [{ userId: 'kim' }];
    return {};
  });
  expect(await staff.put('kim', 'COHOST')).toBe(true);
  expect(staff.members.value).toEqual([{ userId: 'kim' }]);
});

test('refusedPerson_isToldUntilTheNextChange', async () => {
  api.on('PUT', '/api/streaming/id/staff/host', () => new Refusal(409, 'CONFLICT'));
  expect(await staff.put('host', 'MODERATOR')).toBe(false);
  expect(staff.refusal.value?.errorCode).toBe('CONFLICT');
  api.on('DELETE', '/api/streaming/id/staff/kim', () => ({}));
  expect(await staff.remove('kim')).toBe(true);
  expect(staff.refusal.value).toBeUndefined();
});
