import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { type RunningEmulator, startEmulator } from '../../src/emulators/index.ts';
import { ask, exportTask, importTask, keyOf, send, tasksOf } from '../support/octopus-api.ts';
import { withWorkshop, type Workshop } from '../support/workshop.ts';

const moving = ['migrate-project', 'Web Shop', '--from', 'lab', '--to', 'prod', '--password', 'env:MOVE_PASSWORD'];

const handleOf = (stdout: string): string => (JSON.parse(stdout) as { jobs: string[] }).jobs.at(-1) ?? '';

/** A third server. The rc file of the folder `other` calls it prod. */
async function withOtherProd(workshop: Workshop, work: (other: RunningEmulator, cwd: string) => Promise<void>) {
  const other = await startEmulator('octopus', { directory: workshop.path('third'), pace: 1, sample: 'target' });
  try {
    const cwd = workshop.path('other');
    await mkdir(cwd);
    const rc = await readFile(workshop.path('.migratorrc.yaml'), 'utf8');
    await writeFile(`${cwd}/.migratorrc.yaml`, rc.replace(workshop.prod.url, other.url));
    await work(other, cwd);
  } finally {
    await other.close();
  }
}

/** Moves all times in the journal back, as if it were so many minutes later now. */
async function makeOlder(state: string, minutes: number): Promise<void> {
  const iso = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/gu;
  const back = (time: string): string => new Date(Date.parse(time) - minutes * 60_000).toISOString();
  for (const name of await readdir(state, { recursive: true })) {
    if (!name.endsWith('.json')) continue;
    const text = await readFile(`${state}/${name}`, 'utf8');
    await writeFile(`${state}/${name}`, text.replaceAll(iso, back));
  }
}

describe('a run', () => {
  test('belongs to its servers: the same words for another server start a run of their own', async () => {
    await withWorkshop({}, async (workshop) => {
      const { run, prod, env } = workshop;
      const first = await run([...moving, '--no-wait', '--json']);
      expect(first.code).toBe(0);
      await withOtherProd(workshop, async (other, cwd) => {
        const there = { cwd, env: { ...env, PROD_KEY: keyOf(other) } };
        // The handle of the first run means another server here.
        for (const verb of ['wait', 'show', 'log']) {
          const refused = await run(['job', verb, handleOf(first.stdout)], there);
          expect(refused).toMatchObject({ code: 7, stderr: expect.stringContaining(prod.url) });
          expect(refused.stderr).toContain(other.url);
        }
        const second = await run([...moving, '--json'], there);
        expect(second.code).toBe(0);
        expect(second.stderr).not.toContain('resuming');
        expect(await tasksOf(other, importTask)).toHaveLength(1);
        expect(await tasksOf(prod, importTask)).toHaveLength(1);
      });
    });
  });

  test('is over when its job has ended, so the same command moves the project as it is now', async () => {
    await withWorkshop({}, async ({ run, prod, lab }) => {
      const first = await run([...moving, '--no-wait', '--json']);
      expect(await run(['job', 'wait', handleOf(first.stdout)])).toMatchObject({ code: 0 });
      const listed = JSON.parse((await run(['job', 'list', '--json'])).stdout) as { runs: { outcome: string }[] };
      expect(listed.runs.map(({ outcome }) => outcome)).toEqual(['done']);
      const second = await run([...moving, '--overwrite-existing', '--json']);
      expect(second.code).toBe(0);
      const third = await run([...moving, '--overwrite-existing', '--no-wait', '--json']);
      expect(handleOf(third.stdout)).not.toBe(handleOf(second.stdout));
      expect(await tasksOf(lab, exportTask)).toHaveLength(3);
      expect(await tasksOf(prod, importTask)).toHaveLength(3);
    });
  });

  test('is over when its job ended after a timeout, and nobody waited for it', async () => {
    await withWorkshop({ prod: { pace: 100 } }, async ({ run, prod }) => {
      const late = await run([...moving, '--timeout', '200ms', '--json']);
      expect(late.code).toBe(9);
      const { details } = JSON.parse(late.stdout) as { details: { handle: string } };
      for (;;) {
        const [task] = await tasksOf(prod, importTask);
        if (task === undefined || !/Queued|Executing/.test(task.State)) break;
        await new Promise((done) => setTimeout(done, 20));
      }
      const again = await run([...moving, '--overwrite-existing', '--json']);
      expect(again.code).toBe(0);
      expect(handleOf(again.stdout)).not.toBe(details.handle);
    });
  });

  test('does not repeat the failure of its job', async () => {
    await withWorkshop({}, async ({ run, prod }) => {
      const mend = prod.faults.add({ type: 'named', name: 'no-migrator', values: {} });
      const first = await run([...moving, '--no-wait', '--json']);
      expect(first.code).toBe(0);
      expect(await run(['job', 'wait', handleOf(first.stdout)])).toMatchObject({ code: 8 });
      mend();
      expect(await run(moving)).toMatchObject({ code: 0 });
    });
  });

  test('that failed at the target uses its export again for 15 minutes, and then exports anew', async () => {
    await withWorkshop({}, async ({ run, lab, prod, path }) => {
      const mend = prod.faults.add({ type: 'route', method: 'POST', path: '/api/migrations/import', status: 403 });
      expect(await run(moving)).toMatchObject({ code: 4 });
      expect(await run(moving)).toMatchObject({ code: 4 });
      expect(await tasksOf(lab, exportTask)).toHaveLength(1);
      await makeOlder(path('state'), 22);
      mend();
      const { Items } = (await ask(lab, '/api/Spaces-1/projects?take=1000')) as {
        Items: { Id: string; Name: string }[];
      };
      const shop = Items.find(({ Name }) => Name === 'Web Shop');
      await send(lab, 'PUT', `/api/Spaces-1/projects/${shop?.Id ?? ''}`, { ...shop, Description: 'changed meanwhile' });
      expect(await run(moving)).toMatchObject({ code: 0 });
      expect(await tasksOf(lab, exportTask)).toHaveLength(2);
      expect(JSON.stringify(await ask(prod, '/api/Spaces-1/projects?take=1000'))).toContain('changed meanwhile');
    });
  });

  test('with another password is another run', async () => {
    await withWorkshop({}, async ({ run, lab, env }) => {
      expect((await run([...moving, '--no-wait', '--json'])).code).toBe(0);
      const other = { env: { ...env, MOVE_PASSWORD: 'another horse 12' } };
      const second = await run([...moving, '--no-wait', '--json', '--overwrite-existing'], other);
      expect(second.stderr).not.toContain('resuming');
      expect(await tasksOf(lab, exportTask)).toHaveLength(2);
    });
  });

  test('that was interrupted goes on, and tells the age of its export', async () => {
    await withWorkshop({ prod: { pace: 60 } }, async ({ run, start, lab }) => {
      const started = start(moving);
      await started.seen(/importing|import /u);
      started.child.kill('SIGKILL');
      await started.finished;
      const resumed = await run([...moving, '--json']);
      expect(resumed.code).toBe(0);
      expect(JSON.parse(resumed.stdout)).toMatchObject({
        resumed: { startedAt: expect.stringMatching(/^20/u), exportedAt: expect.stringMatching(/^20/u) },
      });
      expect(await tasksOf(lab, exportTask)).toHaveLength(1);
    });
  });
});
