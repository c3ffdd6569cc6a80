import { describe, expect, test } from '@jest/globals';
import type { Certification } from '../../../../../src/ports/feed.ts';
import { never } from '../../../../support/adapter-tools.ts';
import { administrator, copy, record } from '../../../../support/library-records.ts';
import { migration, pkg, withLibraries, type Call } from '../../../../support/library-script.ts';

const ref = { id: pkg, version: '' };
const at = `/api/migrations/${migration}`;
const path = `${at}/packageInfo/certification`;
const operator = { ...administrator, fullName: 'The Administrator' };
const decided = { status: 'certified', operator, lastUpdatedDate: '2022-03-30T19:54:27.205+0000' };
const shownDecision: Certification = { status: 'certified', by: operator, at: '2022-03-30T19:54:27.205Z' };

const listed = (...data: object[]): Call => ({
  on: 'source',
  line: 'GET /api/migrations?offset=0&limit=1000&packageInfo.purpose=object_migration%2Cproject_merge%2Cmigration_from_shared_file_store',
  answer: { total: data.length, data },
});
const patched = (json: object, more: Partial<Call> = {}): Call => ({
  on: 'source',
  line: `PATCH ${path}`,
  headers: { 'content-type': 'application/json', 'x-mstr-projectid': null },
  json,
  status: 204,
  ...more,
});
const shows = (certification?: object): Call => ({
  on: 'source',
  line: `GET ${at}`,
  answer: record(certification === undefined ? {} : { packageInfo: { certification } }),
});
const refused = (status: number, code: string, message: string): Partial<Call> => ({
  status,
  answer: { code, message, ticketId: 't' },
});

const certified = (calls: readonly Call[], wanted: Certification | 'sync') =>
  withLibraries(calls, ({ open }) => open().feed!.certify!(ref, wanted, never));

describe('a certification', () => {
  test.each(['requested', 'uncertified', 'certified', 'rejected'] as const)(
    'is sent with its documented body: %s',
    async (status) => {
      const calls = [listed(record()), patched({ packageInfo: { certification: { status } } }), shows({ status })];
      expect(await certified(calls, { status })).toEqual({ status });
    },
  );

  test('copies to another Library who decided, and when', async () => {
    const calls = [listed(copy()), patched({ packageInfo: { certification: decided } }), shows(decided)];
    expect(await certified(calls, shownDecision)).toEqual(shownDecision);
  });

  test('can be fetched by the server itself', async () => {
    const line = `PATCH ${path}?autoSync=true`;
    expect(await certified([listed(copy()), patched({}, { line }), shows(decided)], 'sync')).toEqual(shownDecision);
  });

  test.each<[string, Call[]]>([
    [
      'refuses',
      [
        patched(
          { packageInfo: { certification: { status: 'certified' } } },
          refused(400, 'ERR005', 'status is missing'),
        ),
      ],
    ],
    ['overlooks', [patched({ packageInfo: { certification: { status: 'certified' } } }), shows()]],
  ])('is sent alone to a server that %s the record around it', async (_, calls) => {
    const all = [listed(record()), ...calls, patched({ status: 'certified' }), shows(decided)];
    expect(await certified(all, { status: 'certified' })).toEqual(shownDecision);
  });

  test('fails when the record does not show it', async () => {
    const calls = [
      listed(record()),
      patched({ packageInfo: { certification: { status: 'certified' } } }),
      shows({ status: 'requested' }),
      patched({ status: 'certified' }),
      shows({ status: 'requested' }),
    ];
    await expect(() => certified(calls, { status: 'certified' })).toThrowCode('REMOTE_UNEXPECTED');
  });

  test('needs an administrator and a complete package', async () => {
    const body = { packageInfo: { certification: { status: 'certified' } } };
    const denied = [listed(record()), patched(body, refused(403, 'ERR014', 'Insufficient privileges.'))];
    await expect(() => certified(denied, { status: 'certified' })).toThrowCode('AUTH_REFUSED');
    const busy = "Cannot do current operation for now when `packageInfo.status` is 'creating'.";
    const early = [listed(record()), patched(body, refused(400, 'ERR006', busy))];
    await expect(() => certified(early, { status: 'certified' })).toThrowCode('CONFLICT');
  });

  test('of a package that is not there is NOT_FOUND', async () => {
    await expect(() => certified([listed()], { status: 'certified' })).toThrowCode('NOT_FOUND');
  });
});
