import { describe, expect, test } from '@jest/globals';
import { leftovers } from '../support/crash.ts';
import { counted, exportTask, importTask, packagesOf, projectsOf, tasksOf } from '../support/octopus-api.ts';
import { sample } from '../support/sample.ts';
import { withWorkshop } from '../support/workshop.ts';

const password = ['--password', 'env:MOVE_PASSWORD'];
const exporting = ['partial-export', '--from', 'lab', '--project', 'Web Shop', ...password, '-o', 'shop.tar'];
const importing = ['import', 'shop.tar', '--to', 'prod', ...password];
const migrating = (route: string) =>
  ['migrate-project', 'Web Shop', '--from', 'lab', '--to', 'prod', '--route', route, ...password] as const;

const named = (name: string, values: Readonly<Record<string, number>> = {}) =>
  ({ type: 'named', name, values, times: 1 }) as const;

/** Failures that users of real servers reported. Each ends with its own exit code and the server's words. */
describe('a server that fails in a known way', () => {
  const successes = [
    [{}, 'Could not find a part of the path'],
    [{ quiet: 1 }, 'Could not find a part of the path'],
  ] as const;
  test.each(sample(successes, 1))(
    'an import that says Success with an error in its log ends with 8 and that error: %j',
    async (values, words) => {
      await withWorkshop({}, async ({ run, prod }) => {
        expect(await run(exporting)).toMatchObject({ code: 0 });
        prod.faults.add(named('success-with-errors', values));
        const failed = await run(importing);
        expect(failed).toMatchObject({ code: 8, stderr: expect.stringContaining(words) });
        expect(failed.stderr).toContain('although it says Success');
        // The failed job is over, so the same command starts another one.
        const again = await counted({ lab: prod, prod }, () => run(importing));
        expect(again).toMatchObject({ result: { code: 0 }, imports: 1 });
        expect(await projectsOf(prod)).toContain('Web Shop');
      });
    },
  );

  test('a failed push ends with 8, and the route auto goes through this machine instead and says so', async () => {
    await withWorkshop({}, async (workshop) => {
      const { run, lab, prod } = workshop;
      lab.faults.add(named('push-fails'));
      expect(await run(migrating('push'))).toMatchObject({
        code: 8,
        stderr: expect.stringContaining('Error while copying content to a stream'),
      });
      expect(await packagesOf(prod)).toEqual([]);
      lab.faults.add(named('push-fails'));
      const { code, stdout, stderr } = await run([...migrating('auto'), '--json']);
      expect(code).toBe(0);
      const report = JSON.parse(stdout) as { route: string; rerouted: string };
      expect(report.route).toBe('relay');
      expect(report.rerouted).toContain('could not push');
      expect(stderr).toContain('using the route relay, through this machine, instead');
      expect(await projectsOf(prod)).toContain('Web Shop');
      expect(await leftovers(workshop)).toEqual([]);
    });
  });

  test('a push that never arrived ends with 8, and the same command starts again', async () => {
    await withWorkshop({}, async ({ run, prod }) => {
      prod.faults.add({ type: 'route', method: 'POST', path: '/api/packages/raw', html: true, status: 200, times: 1 });
      const failed = await run(migrating('push'));
      expect(failed).toMatchObject({ code: 8, stderr: expect.stringContaining('does not have it') });
      expect(await run(migrating('push'))).toMatchObject({ code: 0 });
    });
  });

  const failures = [
    ['no-migrator', 'Octopus.Migrator could not be found'],
    ['task-times-out', 'longer than it may'],
  ] as const;
  test.each(sample(failures, 1))('an export with the fault %s ends with 8 and the reason', async (fault, words) => {
    await withWorkshop({}, async (workshop) => {
      const { run, lab } = workshop;
      lab.faults.add(named(fault));
      expect(await run(exporting)).toMatchObject({ code: 8, stderr: expect.stringContaining(words) });
      expect(await leftovers(workshop)).toEqual([]);
      expect(await run(exporting)).toMatchObject({ code: 0 });
    });
  });

  test('an export ends with 3 and a warning when the server stays in maintenance mode', async () => {
    await withWorkshop({}, async ({ run, lab }) => {
      lab.faults.add(named('maintenance-stays-on'));
      const done = await run(exporting);
      expect(done).toMatchObject({ code: 3, stderr: expect.stringContaining('still in maintenance mode') });
      expect(await run(['package', 'verify', 'shop.tar', '--content'])).toMatchObject({ code: 0 });
    });
  });

  test('an export in a stopped queue ends with 9 at the deadline and says that the job is queued', async () => {
    await withWorkshop({}, async (workshop) => {
      const { run, lab } = workshop;
      const stuck = lab.faults.add({ type: 'named', name: 'stuck-queue', values: {} });
      const { exports } = await counted(workshop, async () => {
        const late = await run([...exporting, '--timeout', '300ms', '--progress', 'json']);
        expect(late.code).toBe(9);
        expect(late.stderr).toContain('"state":"queued"');
        const handle = /octopus:lab:ServerTasks-\d+\S*?(?=")/.exec(late.stderr)?.[0] ?? '';
        const shown = await run(['job', 'show', handle]);
        expect(shown).toMatchObject({ code: 0, stdout: expect.stringContaining('queued') });
        stuck();
        expect(await run(exporting)).toMatchObject({ code: 0 });
      });
      expect(exports).toBe(1);
    });
  });

  test('a package that was stored truncated is neither sealed nor imported', async () => {
    await withWorkshop({}, async (workshop) => {
      const { run, lab, prod } = workshop;
      lab.faults.add(named('truncated-package'));
      const half = await run(exporting);
      expect(half).toMatchObject({ code: 8, stderr: expect.stringContaining('is cut off') });
      expect(await leftovers(workshop)).toEqual([]);
      expect(await run(exporting)).toMatchObject({ code: 0 });
      prod.faults.add(named('truncated-package'));
      const cut = await run(importing);
      expect(cut).toMatchObject({ code: 5, stderr: expect.stringContaining('differently from what was sent') });
      expect(await tasksOf(prod, importTask)).toEqual([]);
    });
  });

  test('an export and an import fail with a reason when the package vanishes from the feed', async () => {
    await withWorkshop({}, async (workshop) => {
      const { run, lab, prod } = workshop;
      lab.faults.add(named('package-vanishes'));
      const lost = await run(exporting);
      expect(lost).toMatchObject({ code: 8, stderr: expect.stringContaining('does not hold') });
      expect(await leftovers(workshop)).toEqual([]);
      // There is nothing to resume, so the same command exports again.
      expect(await run(exporting)).toMatchObject({ code: 0 });
      prod.faults.add(named('package-vanishes'));
      expect(await run(importing)).toMatchObject({ code: 5, stderr: expect.stringContaining('does not hold') });
      expect(await tasksOf(prod, importTask)).toEqual([]);
      expect(await run(importing)).toMatchObject({ code: 0 });
    });
  });

  test('a wrong password ends with 8 and changes nothing, and the right one then works', async () => {
    await withWorkshop({}, async ({ run, prod, env }) => {
      expect(await run(exporting)).toMatchObject({ code: 0 });
      const before = await projectsOf(prod);
      const wrong = await run([...importing, '--quiet'], { env: { ...env, MOVE_PASSWORD: 'not the one' } });
      expect(wrong).toMatchObject({ code: 8, stderr: expect.stringMatching(/password/i) });
      expect(wrong.stderr.match(/left on prod: package .+; remove it with: migrator package delete /gu)).toHaveLength(
        1,
      );
      expect(await projectsOf(prod)).toEqual(before);
      expect(await run(importing)).toMatchObject({ code: 0 });
    });
  });

  test('a target of an older release ends with 2 before any work, unless --ignore-version is given', async () => {
    await withWorkshop({ prod: { version: '2022.4.8319' } }, async (workshop) => {
      const { run, prod } = workshop;
      const refused = await counted(workshop, () => run(migrating('auto')));
      expect(refused).toMatchObject({ result: { code: 2 }, exports: 0, imports: 0 });
      expect(await run(exporting)).toMatchObject({ code: 0 });
      expect(await counted(workshop, () => run(importing))).toMatchObject({ result: { code: 2 }, imports: 0 });
      expect(await packagesOf(prod)).toEqual([]);
      // With --ignore-version the server itself decides.
      const tried = await counted(workshop, () => run([...importing, '--ignore-version']));
      expect(tried).toMatchObject({ result: { code: 8, stderr: expect.stringContaining('version') }, imports: 1 });
    });
  });

  test('job cancel ends a job, and a command that waits for the job reports the cancellation', async () => {
    // Slow enough that the job still runs when the second of two commands has started, also on a busy machine.
    await withWorkshop({ lab: { pace: 800 } }, async ({ binary: run, start, lab }) => {
      const waiting = start(exporting);
      const [handle] = await waiting.seen(/octopus:lab:ServerTasks-\d+/);
      await waiting.seen(/Executing/);
      expect(await run(['job', 'cancel', handle])).toMatchObject({ code: 2 });
      expect(await run(['job', 'cancel', handle, '--yes'])).toMatchObject({ code: 0 });
      expect(await waiting.finished).toMatchObject({ code: 8, stderr: expect.stringContaining('was cancelled') });
      expect(await tasksOf(lab, exportTask)).toMatchObject([{ State: 'Canceled' }]);
      expect(await run(['job', 'cancel', handle, '--yes'])).toMatchObject({ code: 7 });
    });
  });
});

describe('a package that the server deletes once it is imported', () => {
  test('an import that was killed after the deletion is resumed and not started again', async () => {
    await withWorkshop({ prod: { pace: 40 } }, async (workshop) => {
      const { run, start, prod } = workshop;
      const args = [...importing, '--delete-package-on-completion'];
      expect(await run(exporting)).toMatchObject({ code: 0 });
      const { imports } = await counted(workshop, async () => {
        const started = start(args);
        await started.seen(/Executing/);
        started.child.kill('SIGKILL');
        await started.finished;
        while ((await packagesOf(prod)).length > 0) await new Promise((done) => setTimeout(done, 20));
        expect(await run(args)).toMatchObject({ code: 0 });
      });
      expect(imports).toBe(1);
      expect(await packagesOf(prod)).toEqual([]);
    });
  });
});
