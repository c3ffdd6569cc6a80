import { describe, expect, test } from '@jest/globals';
import { formatJobId, parseJobId, type Job } from '../../../../src/adapters/snaplogic/job-id.ts';
import { parseHandle } from '../../../../src/core/job-handle.ts';

const startedAt = new Date('2026-05-04T09:12:03.114Z');
const source = { org: 'Acme Dev', space: 'a,b%2Fc', project: `Ünï – 100% "a+b" & 'c'*(1)~` };
const destination = { org: 'Acme-Prod', space: '@home', project: '!$;|<>`' };

describe('a job id', () => {
  test.each<Job>([
    { kind: 'move', token: 'a8f70684', startedAt, peer: 'prod', source, destination, types: ['File', 'Policy'] },
    { kind: 'move', token: undefined, startedAt, peer: 'prod', source, destination, types: [] },
    { kind: 'export', startedAt, package: { id: 'A.b', version: '1.0.0-r1' }, source, types: [], force: true },
    { kind: 'import', startedAt, destination, duplicates: 'create_new', told: undefined },
    {
      kind: 'import',
      startedAt,
      destination,
      duplicates: 'skip',
      told: { done: 9, failed: 0, skipped: 12, warned: 1 },
    },
    { kind: 'token', token: 'a8f70684-f422-42ed-83d1-78fa3aa1759a' },
  ])('$kind is one word that a shell leaves alone, and can be read again', (job) => {
    const id = formatJobId(job);
    expect(id).toMatch(/^[\w,./%@+-]+$/);
    expect(parseHandle(`snaplogic:dev:${id}`).id).toBe(id);
    expect(parseJobId(id)).toEqual(job);
  });

  test('of an import may lack the counts of the answer, as in earlier releases', () => {
    expect(parseJobId('import,20260504T091203114Z,/a/b/c,skip')).toEqual({
      kind: 'import',
      startedAt,
      destination: { org: 'a', space: 'b', project: 'c' },
      duplicates: 'skip',
      told: undefined,
    });
  });
});
