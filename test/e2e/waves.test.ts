import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, jest, test } from '@jest/globals';
import { crashAt } from '../support/crash.ts';
import { counted, projectsOf } from '../support/octopus-api.ts';
import { main } from '../../src/cli/main.ts';
import { testIO } from '../support/test-io.ts';
import { runBinary } from '../support/binary.ts';
import { all, sample } from '../support/sample.ts';
import { withTempDir } from '../support/with-temp-dir.ts';
import { machineIn, withWorkshop, type Workshop } from '../support/workshop.ts';

jest.setTimeout(240_000);

const plan = `name: spring
from: lab
to: prod
waves:
  - name: shared
    items: [Billing]
  - name: shop
    needs: [shared]
    items:
      - Search
      - { project: Route Planner, needs: [Search], owner: logistics }
`;
const moved = ['Billing', 'Search', 'Route Planner'];

interface Facts {
  readonly items: readonly { readonly id: string; readonly state: string; readonly jobs: readonly string[] }[];
  readonly outcome: string;
}

const withPlan = (work: (workshop: Workshop) => Promise<void>, text = plan) =>
  withWorkshop({}, async (workshop) => {
    await writeFile(workshop.path('plan.yaml'), text);
    await work(workshop);
  });

const statesIn = (stdout: string) =>
  Object.fromEntries((JSON.parse(stdout) as Facts).items.map(({ id, state }) => [id, state]));

/** Waits for a value. */
async function until<T>(look: () => T | undefined): Promise<T> {
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    await new Promise((done) => setTimeout(done, 5));
  }
}

async function eachOnce({ prod }: Workshop): Promise<void> {
  const there = await projectsOf(prod);
  for (const name of moved) expect(there.filter((one) => one === name)).toEqual([name]);
}

const options = ['-y', '--json'] as const;

describe('a wave', () => {
  test('moves the projects of a plan once, tells what became of them, and a second run repeats nothing', () =>
    withPlan(async (workshop) => {
      const dry = await workshop.run(['wave', 'run', 'plan.yaml', '--dry-run', '--json']);
      expect(JSON.parse(dry.stdout)).toMatchObject({
        dryRun: true,
        foreseen: moved.map((id) => ({ id, counts: { create: 1 } })),
      });
      const first = await counted(workshop, () => workshop.run(['wave', 'run', 'plan.yaml', '--json']));
      expect(first.result).toMatchObject({ code: 0 });
      expect(first.imports).toBe(3);
      expect(statesIn(first.result.stdout)).toEqual({ Billing: 'done', Search: 'done', 'Route Planner': 'done' });
      await eachOnce(workshop);

      const again = await counted(workshop, () => workshop.run(['wave', 'run', 'plan.yaml', '--json']));
      expect(again).toMatchObject({ exports: 0, imports: 0, result: { code: 0 } });

      const status = await workshop.run(['wave', 'status', 'plan.yaml']);
      expect(status.stdout).toMatch(/^Billing +shared +done .* octopus:prod:ServerTasks-\d+/mu);
      expect(await workshop.run(['wave', 'report', 'plan.yaml', '-o', 'run.json'])).toMatchObject({ code: 0 });
      const report = await readFile(workshop.path('run.json'), 'utf8');
      expect(JSON.parse(report)).toMatchObject({
        document: 'migrator/report/1',
        tiles: { basis: 'seen' },
        wave: { items: [{ id: 'Billing', state: 'done', spans: [{ instance: 'lab' }, { instance: 'prod' }] }, {}, {}] },
      });
      expect((await workshop.run(['wave', 'stop', 'plan.yaml'])).stdout).toContain('nobody runs "spring"');
    }));

  test('tells all faults of a plan with their lines before it asks a server', () =>
    withPlan(
      async (workshop) => {
        await workshop.lab.close();
        await workshop.prod.close();
        const { code, stdout } = await workshop.run(['wave', 'run', 'plan.yaml', ...options]);
        expect(code).toBe(2);
        const { details } = JSON.parse(stdout) as { details: { faults: { line: number; message: string }[] } };
        expect(details.faults.map(({ line, message }) => `${String(line)}: ${message}`)).toEqual([
          '7: there is no item "Serch" to need',
          '7: "ignore-machine" is not a flag of migrate-project',
          '7: "ignore-tenants" must be true or false',
          '8: "b": --default-action is for MicroStrategy, and this instance is octopus',
          '9: --dry-run has no place in a plan',
          '10: "password" must be a reference to a secret that nobody has to type in',
          '11: "Web" and "Search" (line 6) would both write to the same place on prod',
        ]);
        expect(stdout).not.toContain('hunter2');
      },
      `from: lab
to: prod
waves:
  - name: all
    items:
      - Search
      - { project: Billing, needs: [Serch], options: { ignore-machine: true, ignore-tenants: 1 } }
      - { project: b, options: { default-action: use_newer } }
      - { project: c, options: { dry-run: true } }
      - { project: d, options: { password: hunter2 } }
      - { project: Search, as: Web }
`,
    ));

  test('shows its report while it runs, to who knows the address, and the result is that of any run', () =>
    // The export takes more than a second, so that a reader sees it at work.
    withWorkshop({ lab: { pace: 60 } }, async (workshop) => {
      await writeFile(workshop.path('plan.yaml'), plan);
      const io = testIO({ cwd: workshop.folder, env: workshop.env, home: workshop.folder });
      const line = [
        'wave',
        'run',
        'plan.yaml',
        '--item',
        'Billing',
        ...options,
        '--watch',
        '0',
        '--report',
        'run.json',
      ];
      const running = main(line, io);
      const address = await until(
        () => /^migrator: watch it at (http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}\/)$/mu.exec(io.err)?.[1],
      );
      const events = await (await fetch(`${address}events`)).text();
      expect(await running).toBe(0);
      expect(JSON.parse(io.out)).toMatchObject({ document: 'migrator/wave-run/1', outcome: 'done' });
      const told = [...events.matchAll(/^event: (\w+)\ndata: (.*)$/gmu)].map(([, event, data]) => ({
        event,
        ...(JSON.parse(data!) as { title: string; main: string }),
      }));
      expect(told.map(({ event }) => event)).toEqual([...told.slice(1).map(() => 'change'), 'end']);
      expect(told[0]?.title).toMatch(/^Still running: /u);
      expect(told.at(-1)?.title).toBe('Done: spring: 1 of 3 projects moved');
      // An item that is at work has its jobs on the page before they have ended.
      expect(told.some(({ main: part }) => /Still running[^]*<rect/u.test(part))).toBe(true);
      expect(JSON.parse(await readFile(workshop.path('run.json'), 'utf8'))).toMatchObject({ outcome: 'done' });
    }));

  // The servers are fast, so an interruption comes between two items.
  test('runs once at a time', () =>
    withPlan(async (workshop) => {
      const held = workshop.start(['wave', 'run', 'plan.yaml', '-y']);
      await held.seen(/Billing: begun/u);
      const { code, stderr } = await workshop.run(['wave', 'run', 'plan.yaml', '-y']);
      expect(code).toBe(7);
      expect(stderr).toMatch(/a run of "spring" is already running in process \d+/u);
      expect((await workshop.run(['wave', 'stop', 'plan.yaml', '--json'])).stdout).toContain('"asked": true');
      const ended = await held.finished;
      expect(ended.code).toBe(9);
      expect(ended.stdout).toMatch(/postponed: Route Planner: the wave was stopped/u);
      expect(await workshop.run(['wave', 'run', 'plan.yaml', '-y'])).toMatchObject({ code: 0 });
      await eachOnce(workshop);
    }));

  const steps = [
    'before POST /api/migrations/import #1',
    'answer POST /api/migrations/import #1',
    'before POST /api/migrations/partialexport #2',
    'answer POST /api/migrations/partialexport #2',
    'before POST /api/migrations/import #2',
    'answer POST /api/migrations/import #2',
    'answer POST /api/migrations/import #3',
    // The move has ended, and the ledger does not know.
    'before rename HEX.json #2',
  ];
  test.each(sample(steps, 1))('imports each project exactly once when it is killed at: %s', (step) =>
    withPlan(async (workshop) => {
      const { result, imports } = await counted(workshop, async () => {
        const killed = await crashAt(step, workshop, ['wave', 'run', 'plan.yaml', '-y']);
        expect(killed.code).not.toBe(0);
        return workshop.run(['wave', 'run', 'plan.yaml', ...options]);
      });
      expect(result).toMatchObject({ code: 0 });
      expect(statesIn(result.stdout)).toEqual({ Billing: 'done', Search: 'done', 'Route Planner': 'done' });
      expect(imports).toBe(3);
      await eachOnce(workshop);
    }),
  );

  // It takes as long as all the others together.
  if (all) {
    test('the demo moves 40 projects in less than a minute, but for one that fails and one that needs it', () =>
      withTempDir(async (folder) => {
        const shown = await runBinary(['demo', '--waves', '--folder', folder, '--json'], {
          cwd: folder,
          env: machineIn(folder),
        });
        expect(shown).toMatchObject({ code: 0 });
        expect(JSON.parse(shown.stdout)).toMatchObject({ done: 38, failed: 1, skipped: 1 });
      }));
  }
});
