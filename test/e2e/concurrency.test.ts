import { describe, expect, test } from '@jest/globals';
import { leftovers } from '../support/crash.ts';
import { counted, importTask, logOf, projectsOf, tasksOf } from '../support/octopus-api.ts';
import { withWorkshop } from '../support/workshop.ts';

const password = ['--password', 'env:MOVE_PASSWORD'];
const exporting = (project: string, ...more: readonly string[]) => [
  'partial-export',
  '--from',
  'lab',
  '--project',
  project,
  ...password,
  ...more,
];

describe('two runs at once', () => {
  test('the second run of the same work is refused and names the first', async () => {
    await withWorkshop({ lab: { pace: 80 } }, async (workshop) => {
      const { run, start } = workshop;
      const { exports } = await counted(workshop, async () => {
        const first = start(exporting('Web Shop', '-o', 'shop.tar'));
        const [handle] = await first.seen(/octopus:lab:ServerTasks-\d+/);
        const second = await run(exporting('Web Shop', '-o', 'shop.tar'));
        expect(second.code).toBe(7);
        expect(second.stderr).toContain(String(first.child.pid));
        expect(second.stderr).toContain(handle);
        expect(await first.finished).toMatchObject({ code: 0 });
      });
      expect(exports).toBe(1);
    });
  });

  test('two first runs of a user both succeed, and both packages open with the same keys', async () => {
    await withWorkshop({ lab: { pace: 20 } }, async (workshop) => {
      const { run, start } = workshop;
      const both = [exporting('Web Shop', '-o', 'shop.tar'), exporting('Billing', '-o', 'billing.tar')];
      const ends = await Promise.all(both.map((args) => start(args).finished));
      expect(ends.map(({ code }) => code)).toEqual([0, 0]);
      for (const file of ['shop.tar', 'billing.tar']) {
        expect(await run(['package', 'verify', file, '--content'])).toMatchObject({ code: 0 });
      }
    });
  });

  test('of two exports to one file one succeeds, one is refused, and no partial file is left', async () => {
    await withWorkshop({ lab: { pace: 20 } }, async (workshop) => {
      const { run, start } = workshop;
      const both = [exporting('Web Shop', '-o', 'out.tar'), exporting('Billing', '-o', 'out.tar')];
      const ends = await Promise.all(both.map((args) => start(args).finished));
      expect(ends.map(({ code }) => code).sort()).toEqual([0, 7]);
      expect(ends.find(({ code }) => code === 7)?.stderr).toContain('already exists');
      expect(await run(['package', 'verify', 'out.tar', '--content'])).toMatchObject({ code: 0 });
      expect(await leftovers(workshop)).toEqual([]);
    });
  });
});

describe('a command that runs again after success', () => {
  test('a second export makes a second package, and a second import changes nothing', async () => {
    await withWorkshop({}, async (workshop) => {
      const { run, prod } = workshop;
      const files: string[] = [];
      const { exports } = await counted(workshop, async () => {
        for (let time = 0; time < 2; time += 1) {
          const { code, stdout } = await run([...exporting('Web Shop'), '--json']);
          expect(code).toBe(0);
          files.push((JSON.parse(stdout) as { file: string }).file);
        }
      });
      expect(exports).toBe(2);
      expect(new Set(files).size).toBe(2);

      const importing = ['import', files[0] ?? '', '--to', 'prod', ...password];
      expect(await run(importing)).toMatchObject({ code: 0 });
      const once = await projectsOf(prod);
      expect(await run(importing)).toMatchObject({ code: 0 });
      expect(await projectsOf(prod)).toEqual(once);
      const [last, first] = await tasksOf(prod, importTask);
      expect(await logOf(prod, first!)).toContain("Created Project 'Web Shop'");
      const log = await logOf(prod, last!);
      expect(log).toContain("Skipped Project 'Web Shop'");
      expect(log).not.toContain('Created');
    });
  });

  test('an output file that exists is not touched, and no server is asked', async () => {
    await withWorkshop({}, async (workshop) => {
      const { run, lab } = workshop;
      expect(await run(exporting('Web Shop', '-o', 'shop.tar'))).toMatchObject({ code: 0 });
      lab.faults.forgetRequests();
      expect(await run(exporting('Web Shop', '-o', 'shop.tar'))).toMatchObject({ code: 7 });
      expect(lab.faults.requests()).toEqual([]);
      expect(await run(['package', 'verify', 'shop.tar'])).toMatchObject({ code: 0 });
    });
  });
});
