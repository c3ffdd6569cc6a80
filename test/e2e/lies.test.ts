import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type Lie, type Asked, withLiar } from '../support/liar.ts';
import { projectsOf } from '../support/octopus-api.ts';
import { withEnmsWorkshop } from '../support/enms-workshop.ts';
import { openTables, putRow, rowsOf } from '../support/tables.ts';
import { withWorkshop } from '../support/workshop.ts';

const moving = ['migrate-project', 'Web Shop', '--from', 'lab', '--to', 'prod', '--password', 'env:MOVE_PASSWORD'];

/** An Octopus server that makes a dry run of each import and calls it an import. */
const doesNothing = ({ method, path, body }: Asked): Lie =>
  method === 'POST' && path.startsWith('/api/migrations/import')
    ? { body: JSON.stringify({ ...(JSON.parse(body.toString('utf8')) as object), IsDryRun: true }) }
    : undefined;

describe('an Octopus server that says success and does nothing', () => {
  test('is noticed by the exit code of a move, and the result names what is missing', async () => {
    await withWorkshop({}, async (workshop) => {
      await withLiar(workshop, doesNothing, async () => {
        const moved = await workshop.run([...moving, '--json']);
        expect(moved.code).toBe(3);
        expect(JSON.parse(moved.stdout)).toMatchObject({
          outcome: 'partial',
          result: {
            basis: 'seen',
            changed: false,
            complete: false,
            items: [{ kind: 'project', name: 'Web Shop', action: 'not-seen', reason: 'it is not on the target' }],
          },
        });
        expect(await projectsOf(workshop.prod)).not.toContain('Web Shop');
      });
    });
  });

  test('is noticed by the exit code of an import, also when the project is to be overwritten', async () => {
    await withWorkshop({}, async (workshop) => {
      const { run } = workshop;
      const password = ['--password', 'env:MOVE_PASSWORD'];
      expect(
        await run(['partial-export', '--from', 'lab', '--project', 'Web Shop', ...password, '-o', 'a.tar']),
      ).toMatchObject({ code: 0 });
      expect(await run(['import', 'a.tar', '--to', 'prod', ...password])).toMatchObject({ code: 0 });
      await withLiar(workshop, doesNothing, async () => {
        const again = await run(['import', 'a.tar', '--to', 'prod', '--overwrite-existing', ...password]);
        expect(again.code).toBe(3);
        expect(again.stdout).toMatch(/not-seen +project +Web Shop: it has not changed/u);
      });
      // The honest server changes it.
      expect(
        await run(['import', 'a.tar', '--to', 'prod', '--overwrite-existing', ...password, '--fresh']),
      ).toMatchObject({ code: 0 });
    });
  });
});

describe('a move of what is there already', () => {
  test('says so, and ends with 0, when it is equal', async () => {
    await withWorkshop({}, async ({ run }) => {
      expect(await run(moving)).toMatchObject({ code: 0 });
      const again = await run([...moving, '--json']);
      const { result } = JSON.parse(again.stdout) as { result: unknown };
      expect([again.code, result]).toMatchObject([0, { changed: false, complete: true, counts: { skipped: 0 } }]);
      expect((await run(moving)).stdout).toContain('"Web Shop" is already on prod, so nothing was changed');
    });
  });
});

describe('--verify', () => {
  const verifying = [...moving, '--verify', '--json'];

  test('finds nothing after an honest move', async () => {
    await withWorkshop({}, async ({ run }) => {
      const moved = await run(verifying);
      expect(moved.code).toBe(0);
      expect(JSON.parse(moved.stdout)).toMatchObject({ verified: { equal: expect.any(Number), differences: [] } });
    });
  });

  test('finds a second copy that the server made', async () => {
    await withWorkshop({}, async (workshop) => {
      const tables = openTables(join(workshop.folder, 'prod'));
      const copy = (): void => {
        const [row, copied] = rowsOf(tables, "kind = 'Projects' AND name = 'Web Shop'");
        const id = 'Projects-999';
        if (row !== undefined && copied === undefined) putRow(tables, { ...row, id, body: { ...row.body, Id: id } });
      };
      // As soon as the project is there, and before a look at the job is answered.
      const twice = ({ path }: Asked): Lie => (path.startsWith('/api/tasks/') ? { then: copy } : undefined);
      await withLiar(workshop, twice, async () => {
        const moved = await workshop.run(verifying);
        expect(moved.code).toBe(3);
        const { verified } = JSON.parse(moved.stdout) as { verified: { differences: unknown[] } };
        expect(verified.differences).toContainEqual({
          kind: 'project',
          name: 'Web Shop (2)',
          difference: 'only-to',
        });
      });
      tables.close();
    });
  });
});

describe('things that projects share, which the target has in another way and keeps', () => {
  const otherwise = (folder: string): void => {
    const tables = openTables(join(folder, 'prod'));
    tables.run(
      `UPDATE entries SET body = json_set(body, '$.UseGuidedFailure', json('true')) WHERE kind = 'Environments' AND name = 'Production'`,
    );
    tables.run(
      `UPDATE entries SET body = replace(body, 'eu-central', 'eu-production') WHERE kind = 'Variables' AND body LIKE '%Acme.Cluster%'`,
    );
    tables.close();
  };
  const skipped = [
    { kind: 'environment', name: 'Production', action: 'skipped', reason: 'the source has another one' },
    {
      kind: 'variable-set',
      name: 'Acme Common',
      action: 'skipped',
      reason: 'the source has another one (Acme Common/Acme.Region)',
    },
  ];
  const resultIn = (stdout: string) => {
    const { result } = JSON.parse(stdout) as {
      result: { complete: boolean; items: { action: string }[]; counts: { skipped: number } };
    };
    return { ...result, items: result.items.filter(({ action }) => action === 'skipped') };
  };

  test('are skipped in the result of a new project: 3, or 0 when skipping is asked for', async () => {
    await withWorkshop({}, async ({ folder, run }) => {
      otherwise(folder);
      const moved = await run([...moving, '--json']);
      expect(moved.code).toBe(3);
      expect(resultIn(moved.stdout)).toMatchObject({ complete: false, counts: { skipped: 2 }, items: skipped });
      const billing = moving.map((word) => (word === 'Web Shop' ? 'Billing' : word));
      const wanted = await run([...billing, '--skip-existing', '--json']);
      expect(wanted.code).toBe(0);
      expect(resultIn(wanted.stdout)).toMatchObject({ complete: true, counts: { skipped: 2 }, items: skipped });
      const both = await run([...billing, '--skip-existing', '--overwrite-existing']);
      expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining('contradict each other') });
    });
  });

  test('are skipped when they are there and the new project is not linked to them: a tenant', async () => {
    await withWorkshop({}, async ({ run }) => {
      const project = (name: string) => moving.map((word) => (word === 'Web Shop' ? name : word));
      expect(await run(project('Billing'))).toMatchObject({ code: 0 });
      const second = await run([...project('Shipping Labels'), '--json']);
      expect(second.code).toBe(3);
      expect(resultIn(second.stdout).items).toContainEqual(
        expect.objectContaining({ kind: 'tenant', name: 'Fabrikam', action: 'skipped' }),
      );
    });
  });

  test('are not seen when the server was to overwrite them and did not', async () => {
    await withWorkshop({}, async (workshop) => {
      otherwise(workshop.folder);
      const keeps = ({ method, path, body }: Asked): Lie =>
        method === 'POST' && path.startsWith('/api/migrations/import')
          ? { body: JSON.stringify({ ...(JSON.parse(body.toString('utf8')) as object), OverwriteExisting: false }) }
          : undefined;
      await withLiar(workshop, keeps, async () => {
        const moved = await workshop.run([...moving, '--overwrite-existing', '--yes', '--no-backup', '--json']);
        expect(moved.code).toBe(3);
        const { result } = JSON.parse(moved.stdout) as { result: { items: unknown[] } };
        expect(result.items).toContainEqual(
          expect.objectContaining({ kind: 'environment', name: 'Production', action: 'not-seen' }),
        );
      });
    });
  });

  test('are told by job wait also when the source is gone, with a warning', async () => {
    await withWorkshop({}, async ({ folder, run, lab }) => {
      otherwise(folder);
      const started = await run([...moving, '--no-wait', '--json']);
      const { jobs } = JSON.parse(started.stdout) as { jobs: string[] };
      await lab.close();
      const waited = await run(['job', 'wait', jobs.at(-1) ?? '', '--patience', '1s', '--json']);
      expect(waited).toMatchObject({ code: 0, stderr: expect.stringContaining('cannot compare prod with the source') });
      expect(JSON.parse(waited.stdout)).toMatchObject({ result: { basis: 'seen', changed: true } });
    });
  });

  test('are skipped in the result of a package too, and in that of job wait', async () => {
    await withWorkshop({}, async ({ folder, run }) => {
      otherwise(folder);
      const password = ['--password', 'env:MOVE_PASSWORD'];
      expect(
        await run(['partial-export', '--from', 'lab', '--project', 'Web Shop', ...password, '-o', 'a.tar']),
      ).toMatchObject({ code: 0 });
      const started = await run(['import', 'a.tar', '--to', 'prod', ...password, '--no-wait', '--json']);
      const { handle } = JSON.parse(started.stdout) as { handle: string };
      const waited = await run(['job', 'wait', handle, '--json']);
      expect(waited.code).toBe(3);
      expect(resultIn(waited.stdout)).toMatchObject({ complete: false, counts: { skipped: 2 }, items: skipped });
      const [left] = (JSON.parse(waited.stdout) as { left: { instance: string; what: string; remove: string }[] }).left;
      expect(left).toMatchObject({
        instance: 'prod',
        what: expect.stringContaining('package Octopus.Space.Migration'),
      });
      expect(await run([...(left?.remove ?? '').split(' ').slice(1), '--yes'])).toMatchObject({ code: 0 });
      const after = await run(['job', 'wait', handle, '--json']);
      expect(JSON.parse(after.stdout)).toMatchObject({ left: [] });
    });
  });

  test('are skipped in the result of job wait after a move, for which the source is opened again', async () => {
    await withWorkshop({}, async ({ folder, run }) => {
      otherwise(folder);
      const started = await run([...moving, '--no-wait', '--json']);
      const { jobs } = JSON.parse(started.stdout) as { jobs: string[] };
      const waited = await run(['job', 'wait', jobs.at(-1) ?? '', '--json']);
      expect(waited.code).toBe(3);
      expect(resultIn(waited.stdout)).toMatchObject({ complete: false, counts: { skipped: 2 }, items: skipped });
    });
  });
});

test('job wait reads the result off the target too, when this machine started the job', async () => {
  await withWorkshop({}, async (workshop) => {
    await withLiar(workshop, doesNothing, async () => {
      const started = await workshop.run([...moving, '--no-wait', '--json']);
      const { jobs } = JSON.parse(started.stdout) as { jobs: string[] };
      const waited = await workshop.run(['job', 'wait', jobs.at(-1) ?? '', '--json']);
      expect(waited.code).toBe(3);
      expect(JSON.parse(waited.stdout)).toMatchObject({ result: { basis: 'seen', counts: { 'not-seen': 1 } } });
      expect(await workshop.run(['job', 'wait', jobs.at(-1) ?? ''])).toMatchObject({ code: 3 });
    });
  });
});

describe('an eNMS server that says success', () => {
  const exporting = ['partial-export', '--from', 'lab', '--project', 'nightly', '-o', 'nightly.tar'];
  const importing = ['import', 'nightly.tar', '--to', 'prod', '--overwrite-existing', '--json'];
  const told = (lie: (body: string) => Lie) => (asked: Asked) =>
    asked.path === '/rest/migrate/import' ? lie(asked.body.toString('utf8')) : undefined;

  test.each<[string, (body: string) => Lie]>([
    ['and does nothing', () => ({ answer: JSON.stringify('Import successful.') })],
    [
      'and does half',
      (body) => ({ body: body.replace(/"import_export_types":\[[^\]]*\]/u, '"import_export_types":["pool"]') }),
    ],
  ])('%s is noticed by the exit code', async (_, lie) => {
    await withEnmsWorkshop(async (workshop) => {
      expect(await workshop.run(exporting)).toMatchObject({ code: 0 });
      await withLiar(workshop, told(lie), async () => {
        const imported = await workshop.run(importing);
        expect([imported.code, imported.stderr]).toEqual([3, expect.any(String)]);
        const { result } = JSON.parse(imported.stdout) as {
          result: { complete: boolean; counts: Record<string, number> };
        };
        expect(result).toMatchObject({ basis: 'seen', complete: false });
        expect(result.counts['not-seen']).toBeGreaterThan(0);
      });
      expect(await workshop.run([...importing, '--fresh'])).toMatchObject({ code: 0 });
    });
  });
});
