import { readdir, rm } from 'node:fs/promises';
import { describe, expect, jest, test } from '@jest/globals';
import { crashAt, leftovers, stepsOf } from '../support/crash.ts';
import { sample } from '../support/sample.ts';
import { counted, importTask, logOf, projectsOf, tasksOf } from '../support/octopus-api.ts';
import { withWorkshop, type Workshop } from '../support/workshop.ts';

// Every step needs two processes. On a busy machine that takes long.
jest.setTimeout(240_000);

const password = ['--password', 'env:MOVE_PASSWORD'];
const exporting = ['partial-export', '--from', 'lab', '--project', 'Web Shop', ...password, '-o', 'shop.tar'];
const importing = ['import', 'shop.tar', '--to', 'prod', ...password];
const migrating = (route: string) =>
  ['migrate-project', 'Web Shop', '--from', 'lab', '--to', 'prod', '--route', route, ...password] as const;

/** The file of a run in the journal, as steps name it. */
const journal = 'TIME.HEX.json';

interface Outcome {
  readonly step: string;
  readonly killed: boolean;
  readonly code: number | null;
  readonly exports: number;
  readonly imports: number;
  readonly leftovers: readonly string[];
}

/** Kills the command at a step, looks at what is there, and runs the command again. */
async function killedAndAgain(
  step: string,
  args: readonly string[],
  workshop: Workshop,
  meanwhile: () => Promise<void> = () => Promise.resolve(),
): Promise<Outcome> {
  const { result, exports, imports } = await counted(workshop, async () => {
    const killed = await crashAt(step, workshop, args);
    await meanwhile();
    const again = await workshop.run(args);
    return { killed: killed.code !== 0 && !killed.stderr.includes('error'), code: again.code };
  });
  return { step, ...result, exports, imports, leftovers: await leftovers(workshop) };
}

const outcome = (step: string, exports: number, imports: number): Outcome => ({
  step,
  killed: true,
  code: 0,
  exports,
  imports,
  leftovers: [],
});

const deeds: (readonly [name: string, work: () => Promise<void>])[] = [];
const deed = (name: string, work: () => Promise<void>): void => void deeds.push([name, work]);

describe('a command that runs again after kill -9', () => {
  deed('partial-export exports once and writes one complete file', async () => {
    const steps = [
      `after rename ${journal} #3`, // the intent is on disk, but nothing was sent
      'before POST /api/migrations/partialexport #1',
      'answer POST /api/migrations/partialexport #1', // the server has begun, but the journal does not know
      `after rename ${journal} #4`,
      'answer GET /api/tasks/TASK/details?verbose=false&tail=10 #1', // polling
      'before GET /api/Spaces-1/packages/packages-Octopus.Space.Migration.1.0.0-TIME/raw #1',
      'answer GET /api/Spaces-1/packages/packages-Octopus.Space.Migration.1.0.0-TIME/raw #1', // sealing
      'before link shop.tar #1', // complete, but without its name
      'after link shop.tar #1', // with its name, and still with the partial one
      'after unlink .shop.tar.partial #1', // complete, but the journal does not know
    ];
    await withWorkshop({}, async (workshop) => {
      const { run, path, folder } = workshop;
      expect(await stepsOf(workshop, exporting)).toMatchObject({
        finished: { code: 0 },
        steps: expect.arrayContaining(steps),
      });
      const some = sample(steps, 1);
      const seen: Outcome[] = [];
      for (const step of some) {
        await rm(path('shop.tar'));
        const check = async () => {
          // The final name belongs to a complete package, or does not exist.
          const named = (await readdir(folder)).includes('shop.tar');
          expect({ step, named }).toEqual({ step, named: /after (link|unlink)/.test(step) });
          if (named) expect(await run(['package', 'verify', 'shop.tar', '--content'])).toMatchObject({ code: 0 });
        };
        seen.push(await killedAndAgain(step, exporting, workshop, check));
        if (!step.includes('shop.tar') && !step.includes('/raw')) continue;
        expect(await run(['package', 'verify', 'shop.tar', '--content'])).toMatchObject({ code: 0 });
      }
      expect(seen).toEqual(some.map((step) => outcome(step, 1, 0)));
    });
  });

  deed('partial-export resumes after it was killed during a slow download', async () => {
    await withWorkshop({}, async (workshop) => {
      const { start, run, lab, folder } = workshop;
      const slow = lab.faults.add({ type: 'route', path: '/api/packages/*/raw', drip: 512, every: 20 });
      const { result, exports } = await counted(workshop, async () => {
        const started = start(exporting);
        await started.seen(/sealing shop\.tar/);
        await new Promise((done) => setTimeout(done, 200));
        started.child.kill('SIGKILL');
        await started.finished;
        expect((await readdir(folder)).filter((name) => name.includes('shop.tar'))).toEqual([
          expect.stringMatching(/^\.shop\.tar\..*\.partial$/),
        ]);
        slow();
        return run(exporting);
      });
      expect(result).toMatchObject({ code: 0 });
      expect(exports).toBe(1);
      expect(await leftovers(workshop)).toEqual([]);
      expect(await run(['package', 'verify', 'shop.tar', '--content'])).toMatchObject({ code: 0 });
    });
  });

  deed('import starts one import and creates nothing twice', async () => {
    const steps = [
      'before GET /api #1', // verified, but the server was not asked yet
      'before POST /api/Spaces-1/packages/raw?overwriteMode=FailIfExists #1',
      'answer POST /api/Spaces-1/packages/raw?overwriteMode=FailIfExists #1', // the feed has it, but the journal does not know
      `after rename ${journal} #3`, // between upload and start
      'before POST /api/migrations/import #1',
      'answer POST /api/migrations/import #1',
      'answer GET /api/tasks/TASK/details?verbose=false&tail=10 #1',
      `before rename ${journal} #7`, // imported, but the journal does not know
    ];
    await withWorkshop({}, async (workshop) => {
      const { run, path, prod } = workshop;
      const before = await projectsOf(prod);
      const some = sample(steps, 1);
      const seen: Outcome[] = [];
      for (const step of some) {
        await rm(path('shop.tar'), { force: true });
        expect(await run(exporting)).toMatchObject({ code: 0 });
        seen.push(await killedAndAgain(step, importing, workshop));
      }
      expect(seen).toEqual(some.map((step) => outcome(step, 0, 1)));
      expect(await projectsOf(prod)).toEqual([...before, 'Web Shop'].sort());
      const logs = await Promise.all((await tasksOf(prod, importTask)).map((task) => logOf(prod, task)));
      expect(logs.filter((log) => log.includes("Created Project 'Web Shop'"))).toHaveLength(1);
    });
  });

  deed('import starts one import after it was killed while the server receives the upload', async () => {
    await withWorkshop({}, async (workshop) => {
      const { run, start, prod } = workshop;
      expect(await run(exporting)).toMatchObject({ code: 0 });
      const slow = prod.faults.add({ type: 'route', method: 'POST', path: '/api/packages/raw', latency: 600 });
      const { result, imports } = await counted(workshop, async () => {
        const started = start(importing);
        await started.seen(/uploading/);
        while (!prod.faults.requests().some(({ path }) => path.includes('/packages/raw'))) {
          await new Promise((done) => setTimeout(done, 5));
        }
        started.child.kill('SIGKILL');
        await started.finished;
        slow();
        return run(importing);
      });
      expect(result).toMatchObject({ code: 0 });
      expect(imports).toBe(1);
    });
  });

  const routes: readonly (readonly [string, string[]])[] = [
    [
      'push',
      [
        'before POST /api/migrations/partialexport #1',
        'answer POST /api/migrations/partialexport #1',
        'answer GET /api/tasks/TASK/details?verbose=false&tail=10 #1',
        'before POST /api/migrations/import #1',
        'answer POST /api/migrations/import #1',
      ],
    ],
    [
      'relay',
      [
        'answer POST /api/migrations/partialexport #1',
        'answer GET /api/Spaces-1/packages/packages-Octopus.Space.Migration.1.0.0-TIME/raw #1',
        'before rename migrate-project-HEX.tar #1',
        'after rename migrate-project-HEX.tar #1',
        'answer POST /api/Spaces-1/packages/raw?overwriteMode=FailIfExists #1',
        'answer POST /api/migrations/import #1',
        'before rm migrate-project-HEX.tar #1',
      ],
    ],
  ];
  test.each(sample(routes, 1))(
    'migrate-project by the route %s exports once and imports once',
    async (route, steps) => {
      await withWorkshop({}, async (workshop) => {
        const args = migrating(route);
        const traced = await stepsOf(workshop, args);
        expect(traced).toMatchObject({ finished: { code: 0 }, steps: expect.arrayContaining(steps) });
        const after = await projectsOf(workshop.prod);
        const seen: Outcome[] = [];
        const some = sample(steps, 1);
        for (const step of some) seen.push(await killedAndAgain(step, args, workshop));
        expect(seen).toEqual(some.map((step) => outcome(step, 1, 1)));
        expect(await projectsOf(workshop.prod)).toEqual(after);
      });
    },
  );

  deed('a first run that was killed leaves keys with which the next run makes a good package', async () => {
    await withWorkshop({}, async (workshop) => {
      const { run, path } = workshop;
      for (const step of [
        'before unlink .identity.txt.partial #1',
        'after link migrator.key #1',
        'before link migrator.pub #1',
      ]) {
        await rm(path('config'), { recursive: true, force: true });
        await rm(path('shop.tar'), { force: true });
        const { code, exports } = await killedAndAgain(step, exporting, workshop);
        expect({ step, code, exports }).toEqual({ step, code: 0, exports: 1 });
        expect(await run(['package', 'verify', 'shop.tar', '--content'])).toMatchObject({ code: 0 });
      }
    });
  });
});

describe('an answer that is lost', () => {
  test.each(['after', 'before'] as const)(
    'a reset %s the server processes a request leads to one job',
    async (reset) => {
      await withWorkshop({ rc: 'http: { timeout: 2s, retries: 1 }' }, async (workshop) => {
        const { run, lab, prod } = workshop;
        const once = { type: 'route', method: 'POST', reset, times: 1 } as const;
        const { exports, imports } = await counted(workshop, async () => {
          // A request that was processed is found on the server. For one that was not, the error says so, and the next
          // run starts the job.
          lab.faults.add({ ...once, path: '/api/migrations/partialexport' });
          const first = await run(exporting);
          expect(first).toMatchObject(reset === 'after' ? { code: 0 } : { code: 5 });
          if (reset === 'before') {
            expect(first.stderr).toContain('nothing on the server shows that it began');
            expect(await run(exporting)).toMatchObject({ code: 0 });
          } else prod.faults.add({ ...once, path: '/api/migrations/import' });
          expect(await run(importing)).toMatchObject({ code: 0 });
        });
        expect({ exports, imports }).toEqual({ exports: 1, imports: 1 });
      });
    },
  );

  deed('an earlier dry run is not mistaken for the import', async () => {
    await withWorkshop({ rc: 'http: { timeout: 2s, retries: 1 }' }, async (workshop) => {
      const { run, prod } = workshop;
      expect(await run(exporting)).toMatchObject({ code: 0 });
      expect(await run([...importing, '--dry-run'])).toMatchObject({ code: 0 });
      await crashAt('before POST /api/migrations/import #1', workshop, importing);
      expect(await run(importing)).toMatchObject({ code: 0 });
      expect(await projectsOf(prod)).toContain('Web Shop');
    });
  });

  deed('a run whose start is unclear stays open, and the next run looks before it starts a job', async () => {
    await withWorkshop({ rc: 'http: { timeout: 2s, retries: 0 }' }, async (workshop) => {
      const { run, lab } = workshop;
      lab.faults.add({
        type: 'route',
        method: 'POST',
        path: '/api/migrations/partialexport',
        drip: 1,
        every: 1,
        cut: 20,
      });
      const { exports } = await counted(workshop, async () => {
        const blind = lab.faults.add({ type: 'route', method: 'GET', path: '/api/tasks', html: true, status: 200 });
        const first = await run([...exporting, '--json']);
        expect(first.code).toBe(5);
        expect(JSON.parse(first.stdout)).toMatchObject({ details: { ambiguous: true } });
        blind();
        expect(await run(exporting)).toMatchObject({ code: 0 });
      });
      expect(exports).toBe(1);
    });
  });
});

// Each takes many processes. All of them run in `npm run prove`.
test.each(sample(deeds, 2))('%s', async (_, work) => {
  await expect(work()).resolves.toBeUndefined();
});
