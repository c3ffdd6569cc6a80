import { describe, expect, jest, test } from '@jest/globals';
import { passwordOf } from '../support/account-workshop.ts';
import { withEnmsWorkshop } from '../support/enms-workshop.ts';
import { crashAt } from '../support/crash.ts';
import type { Workshop } from '../support/workshop.ts';

jest.setTimeout(240_000);

async function document(workshop: Workshop, args: readonly string[], code = 0): Promise<Record<string, unknown>> {
  const { stdout, stderr, code: exit } = await workshop.run([...args, '--json']);
  expect({ args, exit, stderr: exit === code ? '' : stderr }).toEqual({ args, exit: code, stderr: '' });
  expect(stdout + stderr).not.toContain(passwordOf(workshop.lab));
  expect(stdout + stderr).not.toContain(passwordOf(workshop.prod));
  return JSON.parse(stdout) as Record<string, unknown>;
}

async function devicesOn(workshop: Workshop, name: string): Promise<readonly string[]> {
  const { items } = await document(workshop, ['inventory', 'device', '--from', name]);
  return (items as readonly { readonly name: string }[]).map((item) => item.name).sort();
}

const exporting = ['partial-export', '--from', 'lab', '--project', 'nightly', '-o', 'nightly.tar'];

describe('import', () => {
  test('an import adds what is missing, and a dry run before it changes nothing', async () => {
    await withEnmsWorkshop(async (workshop) => {
      const before = await devicesOn(workshop, 'prod');
      await document(workshop, exporting);
      const dryRun = await document(workshop, ['import', 'nightly.tar', '--to', 'prod', '--dry-run']);
      expect(dryRun).toMatchObject({ outcome: 'done', dryRun: true });
      expect(await devicesOn(workshop, 'prod')).toEqual(before);
      const refused = await workshop.run(['import', 'nightly.tar', '--to', 'prod']);
      expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('--overwrite-existing') });
      expect(await document(workshop, ['import', 'nightly.tar', '--to', 'prod', '--overwrite-existing'])).toMatchObject(
        {
          outcome: 'done',
        },
      );
      const all = [...new Set([...before, ...(await devicesOn(workshop, 'lab'))])].sort();
      expect(await devicesOn(workshop, 'prod')).toEqual(all);
    });
  });

  test('an import that empties the database needs consent, makes a backup, and can be undone', async () => {
    await withEnmsWorkshop(async (workshop) => {
      const before = await devicesOn(workshop, 'prod');
      await document(workshop, exporting);
      const emptying = ['import', 'nightly.tar', '--to', 'prod', '--empty-database-before-import'];
      // There is no terminal and no --yes, so nobody agrees.
      expect(await document(workshop, emptying, 2)).toMatchObject({ code: 'USAGE' });
      expect(await devicesOn(workshop, 'prod')).toEqual(before);
      const done = await document(workshop, [...emptying, '--yes']);
      expect(done).toMatchObject({ outcome: 'done', backup: expect.any(String) });
      expect(await devicesOn(workshop, 'prod')).toEqual(await devicesOn(workshop, 'lab'));
      const handle = String(done['handle']);
      expect(await document(workshop, ['job', 'undo', handle, '--yes'])).toMatchObject({ outcome: 'done' });
      expect(await devicesOn(workshop, 'prod')).toEqual(before);
    });
  });

  test('an import that was killed before its answer is resumed and not sent twice', async () => {
    await withEnmsWorkshop(async (workshop) => {
      await document(workshop, exporting);
      const importing = ['import', 'nightly.tar', '--to', 'prod', '--yes'];
      const killed = await crashAt('answer POST /rest/migrate/import #1', workshop, importing);
      expect(killed.signal).toBe('SIGKILL');
      expect(await document(workshop, importing)).toMatchObject({ outcome: 'done' });
      const { jobs } = await document(workshop, ['job', 'list', '--from', 'prod']);
      expect(jobs).toHaveLength(1);
    });
  });
});

describe('migrate-project', () => {
  test.each([[[]], [['--via', 'rest']]])(
    'migrate-project goes through this machine with the flags %j',
    async (flags) => {
      await withEnmsWorkshop(async (workshop) => {
        const moving = ['migrate-project', 'nightly', '--from', 'lab', '--to', 'prod', '--yes', ...flags];
        const { code, stderr, stdout } = await workshop.run([...moving, '--json']);
        const { outcome, route, warnings } = JSON.parse(stdout) as {
          outcome: string;
          route: string;
          warnings: string[];
        };
        expect([code, outcome, route]).toEqual([0, 'done', 'relay']);
        expect(warnings.filter((text) => !/left out|arrive|not taken along|content of/.test(text))).toEqual([]);
        // The folders that stay on the servers' disks are named at the end.
        const stays = [...stderr.matchAll(/files\/migrations\/nightly--(\w+)-\S+ stays on (\S+), where/g)];
        const both = [
          ['export', workshop.lab.url],
          ['import', workshop.prod.url],
        ];
        expect(stays.map(([, work, url]) => [work, url])).toEqual(flags.length === 0 ? both : []);
        expect(await devicesOn(workshop, 'prod')).toEqual(
          expect.arrayContaining([...(await devicesOn(workshop, 'lab'))]),
        );
      });
    },
  );
});

test('a topology is exported as a plain spreadsheet with a warning that its import loses data', async () => {
  await withEnmsWorkshop(async (workshop) => {
    const exported = await workshop.run(['partial-export', '--from', 'lab', '--topology', '-o', 'net.xls']);
    expect(exported.stderr + exported.stdout).toContain('--via rest');
    expect(exported.code).toBe(0);
    const asked = workshop.lab.faults.requests().length;
    const taken = await workshop.run(['partial-export', '--from', 'lab', '--topology', '-o', 'net.xls']);
    expect(taken).toMatchObject({ code: 7, stderr: expect.stringContaining('net.xls') });
    expect(workshop.lab.faults.requests()).toHaveLength(asked);
    const args = ['import', 'net.xls', '--to', 'prod', '--topology', '--replace', '--overwrite-existing', '--yes'];
    const before = await devicesOn(workshop, 'prod');
    const refused = await workshop.run(args);
    expect([refused.code, refused.stderr]).toEqual([7, expect.stringContaining('--via rest')]);
    expect(await devicesOn(workshop, 'prod')).toEqual(before);
  });
});
