import { describe, expect, test } from '@jest/globals';
import { parseFault } from '../../../../src/emulators/index.ts';
import { createFaults } from '../../../../src/emulators/shared/faults.ts';

test.each([
  [
    'POST /api/migrations/import status=503 retry-after=1 times=2',
    { type: 'route', method: 'POST', path: '/api/migrations/import', status: 503, retryAfter: 1, times: 2 },
  ],
  ['/api/tasks/* latency=20', { type: 'route', method: undefined, path: '/api/tasks/*', latency: 20 }],
  ['* /api reset', { type: 'route', method: undefined, path: '/api', reset: 'before' }],
  ['GET /api reset=after skip=1', { type: 'route', method: 'GET', path: '/api', reset: 'after', skip: 1 }],
  ['GET /x html status=200', { type: 'route', method: 'GET', path: '/x', html: true, status: 200 }],
  ['GET /x drip=4 every=2', { type: 'route', method: 'GET', path: '/x', drip: 4, every: 2 }],
  ['GET /x content-type=text/plain', { type: 'route', method: 'GET', path: '/x', contentType: 'text/plain' }],
  ['stuck-queue', { type: 'named', name: 'stuck-queue', times: undefined, values: {} }],
  [
    'success-with-errors times=1 quiet=1',
    { type: 'named', name: 'success-with-errors', times: 1, values: { quiet: 1 } },
  ],
])('%s is read', (text, expected) => {
  expect(parseFault(text)).toEqual(expected);
});

test.each([
  '',
  'no-such-fault',
  'POST status=503',
  '/api',
  '/api status',
  '/api status=abc',
  '/api status=99',
  '/api bogus=1',
  '/api status=500 status=501',
  '/api reset=sometimes',
  '/api times=2',
  'stuck-queue times=x',
])('"%s" is a usage error', async (text) => {
  await expect(() => parseFault(text)).toThrowCode('USAGE');
});

describe('active faults', () => {
  const route = { type: 'route', path: '/api/tasks/*', status: 500 } as const;

  test('end after their number of hits', () => {
    const faults = createFaults([{ ...route, times: 2 }]);
    const hits = [1, 2, 3].map(() => faults.hit('GET', ['/api/tasks/1'])?.status);
    expect(hits).toEqual([500, 500, undefined]);
    expect(faults.active()).toEqual([]);
  });

  test('let the first requests pass', () => {
    const faults = createFaults([{ ...route, skip: 1, times: 1 }]);
    expect([1, 2, 3].map(() => faults.hit('GET', ['/api/tasks/1'])?.status)).toEqual([undefined, 500, undefined]);
  });

  test('match a whole path in any letter case, and only their method', () => {
    const faults = createFaults([{ ...route, path: '/api/a.b', method: 'PUT' }]);
    expect(faults.hit('PUT', ['/API/A.B'])).toBeDefined();
    expect(faults.hit('GET', ['/api/a.b'])).toBeUndefined();
    expect(faults.hit('PUT', ['/api/axb'])).toBeUndefined();
    expect(faults.hit('PUT', ['/api/a.b/c'])).toBeUndefined();
  });

  test('can be removed, and a listener hears of it', () => {
    const faults = createFaults();
    let changes = 0;
    faults.watch(() => (changes += 1));
    const remove = faults.add({ type: 'named', name: 'stuck-queue', values: {} });
    expect(faults.named('stuck-queue')).toBeDefined();
    remove();
    expect(faults.named('stuck-queue')).toBeUndefined();
    expect(changes).toBe(2);
  });
});
