import { describe, expect, test } from '@jest/globals';
import { explain } from '../../../../../src/adapters/microstrategy/wire/errors.ts';
import { exitCodeOfError } from '../../../../../src/cli/exit-codes.ts';
import type { HttpRequest } from '../../../../../src/ports/http.ts';
import { never } from '../../../../support/adapter-tools.ts';
import { all, withLibraries } from '../../../../support/library-script.ts';

const get: HttpRequest = { method: 'GET', path: 'api/x' };
const ticketId = '0123456789abcdef0123456789abcdef';
const body = (code: string, message: string, more: object = {}) => JSON.stringify({ code, message, ticketId, ...more });

describe('an error of the server', () => {
  test.each<[string, number, string, string, RegExp, RegExp | undefined]>([
    [
      'no such user',
      401,
      body('ERR003', 'Login failed'),
      'AUTH_REFUSED',
      /Login failed \(ERR003, ticket 0123/,
      /password/,
    ],
    ['a dead session', 401, body('ERR009', 'Session invalid'), 'AUTH_REFUSED', /ERR009/, /cookies/],
    ['a missing privilege', 403, body('ERR014', 'No privilege'), 'AUTH_REFUSED', /No privilege/, /Create package/],
    [
      'a missing permission',
      403,
      body('ERR017', 'No permission', { iServerCode: -2147214568 }),
      'AUTH_REFUSED',
      /ERR017/,
      /privileges/,
    ],
    ['nothing there', 404, body('ERR004', 'Object not found'), 'NOT_FOUND', /Object not found/, undefined],
    ['a package that is gone', 404, body('ERR006', 'Package not found'), 'NOT_FOUND', /ERR006/, undefined],
    ['an unknown endpoint', 404, body('ERR004', 'HTTP 404 Not Found'), 'UNSUPPORTED', /does not offer/, /Update 6/],
    [
      'an unknown method',
      405,
      body('ERR001', 'HTTP 405 Method Not Allowed'),
      'UNSUPPORTED',
      /does not offer/,
      /Update/,
    ],
    [
      'a project that is not loaded',
      404,
      body('ERR004', 'x', { iServerCode: -2147209151 }),
      'CONFLICT',
      /not loaded/,
      /load it/,
    ],
    [
      'too many sessions',
      500,
      body('ERR001', 'x', { iServerCode: -2147072486 }),
      'CONFLICT',
      /too many sessions/,
      /end old sessions/,
    ],
    [
      'a server that took too long',
      500,
      body('ERR002', 'x', { iServerCode: -2147206497 }),
      'REMOTE_UNREACHABLE',
      /too long/,
      /later/,
    ],
    [
      'a locked package',
      400,
      body('ERR006', "Cannot do current operation for now when `packageInfo.status` is 'locked'."),
      'CONFLICT',
      /locked/,
      /job show/,
    ],
    ['invalid input', 400, body('ERR006', 'Invalid JSON'), 'REMOTE_UNEXPECTED', /Invalid JSON/, undefined],
    ['a missing field', 400, body('ERR007', 'name is missing'), 'REMOTE_UNEXPECTED', /name is missing/, undefined],
    [
      'no Storage Service',
      500,
      body('ERR001', 'The API requires MicroStrategy Storage Service. Please contact your administrator.'),
      'UNSUPPORTED',
      /Storage Service/,
      /configOverride/,
    ],
    [
      'no storage location',
      500,
      body(
        'ERR001',
        'The Storage Service is not configured properly, please contact your administrator to configure Storage Service',
      ),
      'UNSUPPORTED',
      /not set up/,
      /Workstation/,
    ],
    [
      'an unreadable file',
      500,
      body(
        'ERR001',
        'The shared file cannot be accessed. It may be deleted or the storage location cannot be accessed.',
      ),
      'REMOTE_UNEXPECTED',
      /cannot read/,
      /--route relay/,
    ],
    [
      'an unwritable place',
      500,
      body(
        'ERR001',
        'Cannot create or modify the shared file. It may be temporarily unavailable for accessing the storage location.',
      ),
      'REMOTE_UNEXPECTED',
      /cannot write/,
      /again/,
    ],
    [
      'clocks apart',
      400,
      body(
        'ERR001',
        'The time difference between the source and target environments should be five minutes or less. Please modify the environment system time and try again.',
      ),
      'CONFLICT',
      /five minutes/,
      /clocks/,
    ],
    ['a failure', 500, body('ERR001', 'It broke'), 'REMOTE_UNEXPECTED', /It broke/, undefined],
    [
      'a service that is away',
      503,
      body('ERR016', 'Service not available'),
      'REMOTE_UNREACHABLE',
      /not available/,
      /again/,
    ],
    [
      'a wrapped one',
      400,
      JSON.stringify({ errors: [{ code: '8004cc4c', message: 'Wrapped' }] }),
      'REMOTE_UNEXPECTED',
      /Wrapped \(8004cc4c\)/,
      undefined,
    ],
    [
      'one with more below',
      500,
      body('ERR002', 'Failed', {
        subErrors: [{ iServerCode: -1, message: 'Is used', additionalProperties: { objectName: 'Year' } }],
      }),
      'REMOTE_UNEXPECTED',
      /Failed; Year: Is used/,
      undefined,
    ],
  ])('%s', (_, status, text, code, message, hint) => {
    const error = explain(status, text, get);
    expect(error).toMatchObject({ code });
    expect(error?.message).toMatch(message);
    if (hint === undefined) expect(error?.hint).toBeUndefined();
    else expect(error?.hint).toMatch(hint);
  });

  test.each<[string, HttpRequest, RegExp]>([
    ['the import of a move', { method: 'PUT', path: 'api/migrations/A:B' }, /--route relay/],
    ['a validation', { method: 'PUT', path: 'api/migrations/A:B/validation' }, /--route relay/],
    ['the import of an upload', { method: 'POST', path: 'api/migrations' }, /check the storage/],
    ['a download', { method: 'GET', path: 'api/migrations/packages/A/binary' }, /check the storage/],
  ])('an unreadable file is no reason to advise the route that was taken: %s', (_, request, hint) => {
    const text = body('ERR006', 'The shared file cannot be accessed. It may be deleted.');
    expect(explain(400, text, request)?.hint).toMatch(hint);
    if (!hint.test('--route relay')) expect(explain(400, text, request)?.hint).not.toContain('relay');
  });

  test.each(['requires MicroStrategy Storage Service', 'Storage Service is not configured properly'])(
    '"%s" ends with the exit code of what no repeat mends',
    (message) => {
      const error = explain(400, body('ERR001', message), get);
      expect(error && exitCodeOfError(error)).toBe(4);
    },
  );

  test.each([
    ['a web page', '<html><body>502</body></html>'],
    ['nothing', ''],
    ['JSON of somebody else', '{"error":"x"}'],
    ['a text', '"x"'],
  ])('that is %s is left to the general reading', (_, text) => {
    expect(explain(502, text, get)).toBeUndefined();
  });

  test('shows its code, number and ticket to programs', () => {
    expect(explain(500, body('ERR002', 'x', { iServerCode: -5 }), get)?.details).toEqual({
      errorCode: 'ERR002',
      ticketId,
      iServerCode: -5,
    });
  });

  test.each([
    ['the password', { username: 'ann', password: 'geheim!', loginMode: 1 }, 'wrong: geheim!'],
    ['the API token', { username: 'api%token', loginMode: 4096 }, 'wrong: api%25token'],
  ])('that repeats %s loses its text', (_, json, said) => {
    const login: HttpRequest = { method: 'POST', path: 'api/auth/login', json, secretBodies: true };
    expect(explain(401, body('ERR003', said), login)?.message).not.toContain('wrong');
  });
});

test('an HTML error page of a 5xx is quoted by its title', async () => {
  const page = {
    status: 500,
    text: '<!DOCTYPE html><title>HTTP Status 500</title>secret trace',
    answerHeaders: { 'content-type': 'text/html' },
  };
  const call = { on: 'source', line: 'GET /api/projects', ...page } as const;
  await withLibraries([call, call, call], async ({ open }) => {
    const error = await all(open().inventory.list('project', never)).catch((thrown: unknown) => thrown as Error);
    expect(error).toMatchObject({ code: 'REMOTE_UNEXPECTED' });
    expect((error as Error).message).toContain('HTTP Status 500');
    expect((error as Error).message).not.toContain('trace');
  });
});
