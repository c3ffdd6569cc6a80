import { expect, test } from '@jest/globals';
import { resultOf } from '../../../../src/core/snapshots/result.ts';
import { held } from '../../../../src/core/snapshots/snapshot-lookup.ts';
import { planImport } from '../../../../src/core/steps/plan.ts';
import { never } from '../../../support/adapter-tools.ts';
import { all } from '../../../support/octopus-client.ts';
import { moved, withOctopusPair, type Side } from '../../../support/octopus-pair.ts';
import { fc } from '../../../support/property.ts';
import { openTables } from '../../../support/tables.ts';
import { all as everything } from '../../../support/sample.ts';

const names = ['Web Shop', 'Billing', 'Image Service', 'Shipping Labels'];

const state = fc.record({
  imported: fc.subarray(names, { minLength: 1 }),
  there: fc.subarray(names),
  /** What was changed on the target after an earlier move. */
  changed: fc.array(fc.tuple(fc.constantFrom('description', 'steps', 'variables'), fc.nat(3)), { maxLength: 3 }),
  overwriteExisting: fc.boolean(),
});

const rowOf = ({ rows }: Side, name: string) => rows('Projects').find((row) => row.name === name);
const stepsOf = (side: Side, name: string) =>
  side.rows('DeploymentProcesses').find(({ id }) => id === `deploymentprocess-${rowOf(side, name)?.id ?? ''}`)?.body[
    'Steps'
  ];

function change(target: Side, what: string, name: string): void {
  const row = rowOf(target, name);
  if (row === undefined) return;
  if (what === 'description') target.change('Projects', row.id, (body) => ({ ...body, Description: 'planted' }));
  else if (what === 'steps') {
    target.change('DeploymentProcesses', `deploymentprocess-${row.id}`, (body) => ({ ...body, Steps: [] }));
  } else target.change('Variables', `variableset-${row.id}`, (body) => ({ ...body, Variables: [] }));
}

test('the plan of an import is what the server then does', async () => {
  await withOctopusPair(async (pair) => {
    const { target } = pair;
    const tables = openTables(target.directory);
    const fresh = tables.keep();
    const property = fc.asyncProperty(state, async ({ imported, there, changed, overwriteExisting }) => {
      tables.restore(fresh);
      if (there.length > 0) await moved(pair, there);
      for (const [what, place] of changed) change(target, what, names[place]!);
      const wanted = imported.map((name) => ({ kind: 'project', name }));
      const plan = planImport(wanted, await all(target.adapter.inventory.list('project', never)), {
        overwrites: overwriteExisting,
      });
      const was = new Map(imported.map((name) => [name, [rowOf(target, name)?.body, stepsOf(target, name)]]));
      const { before, after } = await moved(pair, imported, { overwriteExisting });

      const { items } = resultOf({ before: held(before), after: held(after), plan, whole: false, claims: [] });
      const words = { create: ['created'], overwrite: ['overwritten'], keep: ['skipped', 'merged'] };
      for (const { name, action } of plan) {
        const done = items.find((item) => item.kind === 'project' && item.name === name)?.action;
        expect({ name, action, done: words[action as 'keep'].includes(done ?? '') }).toEqual({
          name,
          action,
          done: true,
        });
        // In the tables: a project that stays is untouched, and another one has what the source has.
        const is = [rowOf(target, name)?.body, stepsOf(target, name)];
        if (action === 'keep') expect(is).toEqual(was.get(name));
        else {
          expect(is[0]).toMatchObject({
            Description: (rowOf(pair.source, name)?.body as { Description: string }).Description,
          });
          expect(is[1]).toHaveLength((stepsOf(pair.source, name) as unknown[]).length);
        }
      }
    });
    await fc.assert(property, { numRuns: everything ? 8 : 2 });
    tables.close();
  });
}, 120_000);
