import { describe, expect, test } from '@jest/globals';
import type { Question } from '../../../../src/core/steps/consent.ts';
import { changesOfUndo, settleUndo } from '../../../../src/core/steps/settle-undo.ts';
import { MigratorError } from '../../../../src/errors.ts';
import type { Json } from '../../../../src/ports/journal.ts';
import type { SnapshotItem } from '../../../../src/ports/snapshot.ts';
import { river } from '../../../support/moving-adapter.ts';
import { recordingReporter } from '../../../support/ports.ts';

const never = new AbortController().signal;
const thing = (kind: string, name: string, text = ''): SnapshotItem => ({ kind, name, fields: { text } });
const shop = thing('project', 'Shop');
const billing = thing('project', 'Billing');
const step = thing('process', 'Billing');

/** An undo on a target that holds these things now. `stuck` are the names that the server does not let go. */
async function undone(
  now: readonly SnapshotItem[],
  {
    created,
    agrees = true,
    stuck = [],
    undoes,
    written,
  }: {
    created?: readonly SnapshotItem[];
    agrees?: boolean;
    stuck?: string[];
    undoes?: string[];
    written?: readonly SnapshotItem[];
  } = {},
) {
  let there = now;
  const removed: string[] = [];
  const asked: Question[] = [];
  const reporter = recordingReporter();
  const target = {
    name: 'prod',
    adapter: {
      ...river().adapter,
      snapshots: {
        blind: { listing: [], content: [] },
        scopeOf: () => Promise.resolve({}),
        take: async function* () {
          await Promise.resolve();
          yield* there;
        },
        remove: (_: object, items: readonly { kind: string; name: string }[]) => {
          const gone = items.filter(({ name }) => !stuck.includes(name));
          removed.push(...gone.map(({ kind, name }) => `${kind} ${name}`));
          there = there.filter(({ kind, name }) => !gone.some((one) => one.kind === kind && one.name === name));
          return Promise.resolve(
            items.filter((item) => !gone.includes(item)).map(({ name }) => `${name} stays: in use`),
          );
        },
      },
    },
  };
  const consent = (question: Question) => {
    asked.push(question);
    return Promise.resolve(agrees);
  };
  const before = { scope: {}, items: [shop], ...(undoes && { undoes }) } as unknown as Json;
  const settled = await settleUndo(
    {
      ...{ target, handle: 'river:prod:1', before },
      ...{ created: created as unknown as Json | undefined, written: written as unknown as Json | undefined },
    },
    { consent, reporter },
    never,
  );
  return {
    differences: settled?.differences,
    deleted: settled?.deleted,
    kept: settled?.kept,
    removed,
    asked,
    warnings: reporter.events.filter(({ type }) => type === 'warning'),
  };
}

describe('an undo', () => {
  test('deletes what the import created, after a question with counts', async () => {
    const { differences, removed, asked } = await undone([shop, billing, step], { created: [billing, step] });
    expect(asked).toEqual([
      { text: 'delete what river:prod:1 created on prod: 1 project, 1 process?', needs: 'answer' },
    ]);
    expect(removed).toEqual(['project Billing', 'process Billing']);
    expect(differences).toEqual([]);
  });

  test('names what stays when the answer is no', async () => {
    const { differences, removed } = await undone([shop, billing], { created: [billing], agrees: false });
    expect(removed).toEqual([]);
    expect(differences).toEqual([{ kind: 'project', name: 'Billing', difference: 'only-to' }]);
  });

  test.each([
    ['was changed since', [shop, thing('project', 'Billing', 'by hand')]],
    ['got something new since', [shop, billing, thing('runbook', 'Billing/Restart')]],
    ['has a part that was changed since', [shop, billing, thing('process', 'Billing', 'by hand')]],
  ])('does not delete a project that %s', async (_, now) => {
    const { differences, removed } = await undone(now, { created: [billing, step] });
    expect(removed).toEqual([]);
    expect(differences).toContainEqual({ kind: 'project', name: 'Billing', difference: 'only-to' });
  });

  test('deletes nothing when nobody knows what was created, or when it came from somebody else', async () => {
    expect((await undone([shop, billing])).asked).toEqual([]);
    expect((await undone([shop, billing], { created: [step] })).asked).toEqual([]);
  });

  test('warns of what the server does not let go, and names it as a difference', async () => {
    const { differences, warnings } = await undone([shop, billing], { created: [billing], stuck: ['Billing'] });
    expect(warnings).toEqual([{ type: 'warning', message: 'Billing stays: in use' }]);
    expect(differences).toHaveLength(1);
  });
});

describe('an undo of an import that overwrote nothing', () => {
  const pool = thing('pool', 'Pool');
  const created = [billing, step, pool];
  const undoes = ['project'];

  test('deletes projects, lists what they share, and does not blame the job for what came later', async () => {
    const later = [thing('project', 'Later'), thing('process', 'Later')];
    const changed = thing('project', 'Shop', 'by hand');
    const { deleted, differences, kept } = await undone([changed, billing, step, pool, ...later], { created, undoes });
    expect(deleted?.map(({ name }) => name)).toEqual(['Billing']);
    expect(differences?.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['process Billing', 'pool Pool']);
    expect(kept).toEqual([]);
  });

  test('names what it wrote of what was there', async () => {
    const { differences } = await undone([thing('project', 'Shop', 'merged')], {
      created: [],
      undoes,
      written: [shop],
    });
    expect(differences).toEqual([expect.objectContaining({ name: 'Shop', difference: 'differs' })]);
  });

  test.each([
    ['itself', thing('project', 'Billing', 'by hand'), step, /after river:prod:1$/],
    ['a part', billing, thing('process', 'Billing', 'by hand'), /\(process Billing\)$/],
    ['something new', billing, thing('runbook', 'Billing/Restart'), /\(.*runbook Billing\/Restart.*\)$/],
  ])('keeps a project of which %s changed since, and says so', async (_, project, part, said) => {
    const { deleted, removed, kept, warnings } = await undone([shop, project, part, pool], { created, undoes });
    expect([removed, deleted]).toEqual([[], []]);
    expect(kept).toEqual([
      { kind: 'project', name: 'Billing', action: 'skipped', reason: expect.stringMatching(said) },
    ]);
    expect(warnings).toEqual([{ type: 'warning', message: kept![0]!.reason }]);
  });
});

describe('the question before an undo', () => {
  const changes = async (now: readonly SnapshotItem[] | Error, before: readonly SnapshotItem[] | undefined) => {
    const take = async function* () {
      await Promise.resolve();
      if (now instanceof Error) throw now;
      yield* now;
    };
    const target = { name: 'prod', adapter: { ...river().adapter, snapshots: { ...snapshots, take } } };
    const kept = before && ({ scope: {}, items: before } as unknown as Json);
    return changesOfUndo(target, { before: kept }, recordingReporter(), never);
  };
  const snapshots = { blind: { listing: [], content: [] }, scopeOf: () => Promise.resolve({}) };

  test('counts what it changes back and brings back', async () => {
    const now = [thing('project', 'Shop', 'overwritten'), step];
    expect(await changes(now, [shop, billing])).toBe('; it changes back 1 project; it brings back 1 project');
  });

  test('says when there is nothing to bring back', async () => {
    expect(await changes([shop, step], [shop])).toBe('; everything that it would bring back is there already');
  });

  test('has no counts when nobody looked before, or may look now', async () => {
    expect(await changes([shop], undefined)).toBe('');
    expect(await changes(new MigratorError('AUTH_REFUSED', 'no right'), [shop])).toBe('');
  });
});
