import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import type { RunningEmulator } from '../../src/emulators/index.ts';
import { counted, exportTask, tasksOf } from '../support/octopus-api.ts';
import { withWorkshop } from '../support/workshop.ts';

const password = ['--password', 'env:MOVE_PASSWORD'];
const exporting = ['partial-export', '--from', 'lab', '--project', 'Web Shop', ...password, '-o', 'shop.tar'];
const handle = /octopus:lab:ServerTasks-\d+/;
const slowly = { lab: { pace: 60 } };

async function untilDone(server: RunningEmulator): Promise<string> {
  for (;;) {
    const [task] = await tasksOf(server, exportTask);
    if (task !== undefined && !/Queued|Executing/.test(task.State)) return task.State;
    await new Promise((done) => setTimeout(done, 20));
  }
}

describe('an interruption', () => {
  test('SIGINT ends with 130 and the handle, with which another machine gets the result and the package', async () => {
    await withWorkshop(slowly, async ({ run, start, lab, path, elsewhere }) => {
      const started = start([...exporting, '--report', 'ended.json']);
      await started.seen(/Executing/);
      started.child.kill('SIGINT');
      const { code, stderr } = await started.finished;
      expect(code).toBe(130);
      const [found = ''] = handle.exec(stderr) ?? [];
      expect(stderr).toContain(`migrator job wait ${found}`);
      expect(JSON.parse(await readFile(path('ended.json'), 'utf8'))).toMatchObject({
        outcome: 'interrupted',
        exitCode: 130,
        error: { code: 'CANCELLED' },
        next: [
          { command: `migrator job wait ${found}` },
          { text: 'to go on with this run, run the same command again' },
        ],
        run: { jobs: [{ instance: 'lab', kind: 'export', state: 'running' }] },
      });
      expect(await tasksOf(lab, exportTask)).toMatchObject([{ State: expect.stringMatching(/Executing|Success/) }]);

      const waited = await run(['job', 'wait', found, '--json'], { env: elsewhere() });
      expect(waited.code).toBe(0);
      expect(JSON.parse(waited.stdout)).toMatchObject({ handle: found, status: { state: 'succeeded' } });
      const resumed = await run(['partial-export', '--resume', found, '-o', path('there.tar')], { env: elsewhere() });
      expect(resumed).toMatchObject({ code: 0 });
      expect(await run(['package', 'verify', 'there.tar', '--content'])).toMatchObject({ code: 0 });

      // On this machine the same command resumes its own run.
      expect(await run(exporting)).toMatchObject({ code: 0 });
      expect(await tasksOf(lab, exportTask)).toHaveLength(1);
    });
  });

  test('job wait on another machine reports the failure of a job', async () => {
    await withWorkshop(slowly, async ({ run, lab, elsewhere }) => {
      lab.faults.add({ type: 'named', name: 'no-migrator', values: {} });
      const started = await run([...exporting, '--no-wait', '--json']);
      expect(started.code).toBe(0);
      const { handle: found } = JSON.parse(started.stdout) as { handle: string };
      const waited = await run(['job', 'wait', found], { env: elsewhere() });
      expect(waited).toMatchObject({ code: 8, stderr: expect.stringContaining('Octopus.Migrator') });
    });
  });

  test('SIGTERM detaches from the job too, and a second signal ends the process at once', async () => {
    await withWorkshop({ lab: { pace: 60 }, rc: 'http: { timeout: 30s }' }, async ({ start, lab }) => {
      const polite = start(exporting);
      await polite.seen(/Executing/);
      polite.child.kill('SIGTERM');
      expect(await polite.finished).toMatchObject({ code: 130, stderr: expect.stringMatching(handle) });

      await untilDone(lab);
      const hurried = start([...exporting, '--fresh']);
      await hurried.seen(/Executing/);
      const sent = Date.now();
      hurried.child.kill('SIGINT');
      await hurried.seen(/press Ctrl-C again to exit at once/);
      hurried.child.kill('SIGINT');
      // When its handlers are gone already, the signal itself ends it. A shell calls both 130.
      const { code, signal } = await hurried.finished;
      expect([130, 'SIGINT']).toContain(code ?? signal);
      expect(Date.now() - sent).toBeLessThan(20_000);
    });
  });

  test('SIGINT ends the process at once while a request hangs', async () => {
    await withWorkshop({ rc: 'http: { timeout: 30s }' }, async ({ start, run, lab }) => {
      const stuck = lab.faults.add({ type: 'route', path: '/api/spaces', latency: 4000 });
      const started = start(exporting);
      await started.seen(/reaching lab/);
      while (!lab.faults.requests().some(({ path }) => path.startsWith('/api/spaces'))) {
        await new Promise((done) => setTimeout(done, 5));
      }
      const sent = Date.now();
      started.child.kill('SIGINT');
      expect(await started.finished).toMatchObject({ code: 130 });
      expect(Date.now() - sent).toBeLessThan(20_000);
      stuck();
      expect(await run(exporting)).toMatchObject({ code: 0 });
    });
  });
});

describe('the flags --timeout and --no-wait', () => {
  test('--timeout ends with 9 and the handle, and the same command then attaches to the job', async () => {
    await withWorkshop({ lab: { pace: 100 } }, async (workshop) => {
      const { run } = workshop;
      const { exports } = await counted(workshop, async () => {
        const late = await run([...exporting, '--timeout', '1ms', '--json']);
        expect(late.code).toBe(9);
        const { details, hint } = JSON.parse(late.stdout) as { details: { handle: string }; hint: string };
        expect(details.handle).toMatch(handle);
        expect(hint).toContain(`migrator job wait ${details.handle}`);
        expect(await run(exporting)).toMatchObject({ code: 0 });
      });
      expect(exports).toBe(1);
    });
  });

  test('--no-wait ends with 0 at once, the same command attaches, and --fresh starts a new job', async () => {
    await withWorkshop(slowly, async (workshop) => {
      const { run, lab } = workshop;
      const { exports } = await counted(workshop, async () => {
        const first = await run([...exporting, '--no-wait']);
        expect(first).toMatchObject({ code: 0, stdout: expect.stringMatching(handle) });
        expect(await run([...exporting, '--no-wait'])).toMatchObject({ code: 0 });
      });
      expect(exports).toBe(1);
      await untilDone(lab);
      const anew = await counted(workshop, () => run([...exporting, '--fresh']));
      expect(anew).toMatchObject({ result: { code: 0 }, exports: 1 });
    });
  });
});
