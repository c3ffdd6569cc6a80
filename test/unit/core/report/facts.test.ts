import { describe, expect, test } from '@jest/globals';
import { factsOf, factsOfFailure, outcomeOfFailure, type Told } from '../../../../src/core/report/facts.ts';
import { resultOf } from '../../../../src/core/snapshots/result.ts';
import { held } from '../../../../src/core/snapshots/snapshot-lookup.ts';
import { MigratorError } from '../../../../src/errors.ts';
import type { PlanItem } from '../../../../src/ports/plan.ts';

const recorded = { jobs: [], warnings: ['told on the way', 'told twice'] };
const facts = (told: Told) => factsOf(told, recorded);
const rows = (told: Told) => facts(told).changes.map(({ name, planned, became }) => [name, planned, became]);

const plan: readonly PlanItem[] = [
  { kind: 'project', name: 'A', action: 'create' },
  { kind: 'project', name: 'B', action: 'overwrite' },
  { kind: 'project', name: 'C', action: 'keep', detail: 'it is there' },
  { kind: 'project', name: 'D', action: 'unchanged' },
  { kind: 'project', name: 'E', action: 'delete' },
  { kind: 'project', name: 'F', action: 'beside' },
];
const snapshot = (...items: readonly (readonly [string, string])[]) =>
  held(items.map(([name, mark]) => ({ kind: 'project', name, mark, fields: {} })));

describe('the facts of a dry run', () => {
  test('are the plan: what is overwritten and deleted comes first, and the tiles count it', () => {
    expect(rows({ plan, dryRun: true }).map(([name]) => name)).toEqual(['B', 'E', 'C', 'A', 'D', 'F']);
    const { tiles } = facts({ plan, dryRun: true });
    expect(tiles.basis).toBe('planned');
    expect(tiles.counts).toMatchObject({ created: 1, overwritten: 1, skipped: 1, unchanged: 1, deleted: 1, failed: 0 });
  });

  test('are what the server tells when nobody made a plan, and nothing is said to be done', () => {
    const items = [{ kind: 'asset', name: 'x', action: 'created' as const }];
    expect(rows({ items, dryRun: true })).toEqual([['x', 'create', undefined]]);
    expect(facts({ items, dryRun: true }).tiles.basis).toBe('planned');
  });
});

describe('the facts of a run', () => {
  const result = resultOf({
    before: snapshot(['B', '1'], ['C', '1'], ['D', '1'], ['E', '1'], ['F', '1']),
    after: snapshot(['B', '2'], ['C', '1'], ['D', '1'], ['F', '1'], ['G', '1']),
    plan,
    whole: true,
    claims: [],
  });

  test('name each thing once, with what was planned and what became of it', () => {
    expect(rows({ plan, result })).toEqual([
      ['A', 'create', 'not-seen'],
      ['B', 'overwrite', 'overwritten'],
      ['E', 'delete', 'deleted'],
      ['C', 'keep', 'skipped'],
      ['G', undefined, 'created'],
      ['D', 'unchanged', 'unchanged'],
      ['F', 'beside', undefined],
    ]);
    expect(facts({ plan, result }).tiles).toEqual({ basis: 'seen', counts: result.counts });
  });

  test('are what the server claims when nobody looked', () => {
    const items = [{ kind: 'asset', name: 'x', action: 'failed' as const, reason: 'locked' }];
    expect(facts({ items })).toMatchObject({
      tiles: { basis: 'claimed' },
      changes: [{ name: 'x', became: 'failed', reason: 'locked' }],
    });
  });

  test('have each warning once, and the package as it was sealed', () => {
    const manifest = {
      id: 'A',
      version: '1',
      createdAt: '2026-01-01T00:00:00Z',
      content: { encryption: 'recipients', recipients: ['age1x'] },
    };
    const readers = [{ recipient: 'age1x', you: true, groups: [] }];
    const sealed = { manifest, size: 5, contentSha256: 'ab', signer: undefined, readers } as unknown as NonNullable<
      Told['sealed']
    >;
    const told = facts({ warnings: ['told twice', 'told at the end'], sealed, file: 'a.tar' });
    expect(told.warnings).toEqual(['told on the way', 'told twice', 'told at the end']);
    expect(told.package).toEqual({
      id: 'A',
      version: '1',
      file: 'a.tar',
      size: 5,
      contentSha256: 'ab',
      createdAt: '2026-01-01T00:00:00Z',
      signer: null,
      encryption: 'recipients',
      recipients: readers,
    });
  });
});

describe('the facts of a failure', () => {
  test('are what the error tells: the result, what became of each project, and what is left', () => {
    const error = new MigratorError('JOB_FAILED', 'no', {
      details: {
        each: [{ project: 'A', outcome: 'failed', reason: 'no', backup: '/x' }],
        left: [{ instance: 'lab', what: 'a package' }],
        items: [{ kind: 'asset', name: 'x', action: 'failed' }],
      },
    });
    const told = factsOfFailure(error, { projects: ['A'], dryRun: false }, recorded);
    expect(told.projects).toEqual([{ name: 'A', outcome: 'failed', handle: undefined, reason: 'no' }]);
    expect(told.left).toEqual([{ instance: 'lab', what: 'a package' }]);
    expect(told.changes).toMatchObject([{ name: 'x', became: 'failed' }]);
  });

  test('of a bug are those of the command line', () => {
    expect(factsOfFailure(new TypeError('x'), { projects: ['A'], dryRun: false }, recorded)).toMatchObject({
      projects: [{ name: 'A' }],
      changes: [],
    });
  });

  test.each([
    ['CANCELLED', 'interrupted'],
    ['STILL_RUNNING', 'started'],
    ['CONFLICT', 'failed'],
  ] as const)('a run that %s ended is %s', (code, outcome) => {
    expect(outcomeOfFailure(new MigratorError(code, 'x'))).toBe(outcome);
  });
});
