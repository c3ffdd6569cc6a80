import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseFault } from '../../../../../src/emulators/index.ts';
import { withWorkshop } from '../../../../support/workshop.ts';

const password = ['--password', 'env:MOVE_PASSWORD'];
const between = ['Web Shop', '--from', 'lab', '--to', 'prod', ...password];

interface Count {
  readonly kind: string;
  readonly action: string;
  readonly planned?: number;
  readonly done?: number;
}

interface Listed {
  readonly runs: readonly Readonly<Record<string, unknown>>[];
}

describe('the morning after', () => {
  test('a dry run and the run after it count alike, and the list of runs says what each one was', async () => {
    await withWorkshop({}, async ({ run, path, env, elsewhere, prod }) => {
      const listed = async (...flags: readonly string[]): Promise<Listed['runs']> =>
        (JSON.parse((await run(['job', 'list', '--json', ...flags])).stdout) as Listed).runs;

      const dry = await run(['migrate-project', ...between, '--dry-run']);
      expect(dry).toMatchObject({ code: 0, stdout: expect.stringMatching(/^planned +create\nproject +1\n/u) });
      expect(dry.stdout).toMatch(/^action +kind +name\ncreate +project +Web Shop$/mu);
      expect(dry.stdout).toMatch(/^the server's log: migrator job log octopus:prod:ServerTasks-\d+$/mu);
      expect(dry.stdout).not.toContain('Dry run: ');

      const withLog = await run(['migrate-project', ...between, '--dry-run', '--log', '--json']);
      const document = JSON.parse(withLog.stdout) as { counts: Count[]; log: { text: string }[]; plan: object[] };
      expect(document.counts).toEqual([{ kind: 'project', action: 'create', planned: 1 }]);
      expect(document.plan).toEqual([{ kind: 'project', name: 'Web Shop', action: 'create' }]);
      expect(document.log.map(({ text }) => text).join('\n')).toContain('Dry run: ');

      const real = await run(['migrate-project', ...between, '--json']);
      expect(real.code).toBe(0);
      const moved = JSON.parse(real.stdout) as { counts: Count[]; log: object[]; jobs: string[] };
      expect(moved.counts).toContainEqual({ kind: 'project', action: 'create', planned: 1, done: 1 });
      expect(moved.log).toEqual([]);
      const shown = (await run(['job', 'show', moved.jobs.at(-1) ?? ''])).stdout;
      expect(shown).toMatch(
        /^run: {6}migrate-project Web Shop \(lab to prod\)\n {2}begun: {2}\S+\n {2}ended: {2}\S+, done\n/mu,
      );

      prod.faults.add(parseFault('success-with-errors'));
      const failed = await run(['migrate-project', ...between, '--overwrite-existing', '--yes', '--route', 'push']);
      prod.faults.clear();
      expect(failed.code).not.toBe(0);

      const all = await listed();
      expect(
        all.map(({ verb, projects, from, to, dryRun, state }) => [verb, projects, from, to, dryRun, state]),
      ).toEqual([
        ['migrate-project', ['Web Shop'], 'lab', 'prod', false, 'failed'],
        ['migrate-project', ['Web Shop'], 'lab', 'prod', false, 'done'],
        ['migrate-project', ['Web Shop'], 'lab', 'prod', true, 'done'],
        ['migrate-project', ['Web Shop'], 'lab', 'prod', true, 'done'],
      ]);
      const [why] = await listed('--failed');
      expect(why).toMatchObject({ state: 'failed', error: { code: 'JOB_FAILED' } });
      expect(await listed('--failed')).toHaveLength(1);
      expect(await listed('--waiting')).toEqual([]);
      const text = (await run(['job', 'list'])).stdout;
      expect(text).toMatch(/^age +what +from\/to +outcome +why +jobs$/mu);
      expect(text).toMatch(/migrate-project Web Shop \(dry run\) +lab → prod +done/u);
      expect(text).toMatch(/failed +JOB_FAILED: /u);

      // Another rc file on this machine has other servers.
      await writeFile(
        path('other.yaml'),
        'instances:\n  x: { product: octopus, url: "https://x.example", apiKey: "env:K" }\n',
      );
      const other = await run(['job', 'list', '--config', 'other.yaml']);
      expect(other.stdout).toBe(
        'no runs on this machine yet\non servers of other rc files: 4 more; see them with --everywhere\n',
      );
      expect((await run(['job', 'list', '--config', 'other.yaml', '--everywhere'])).stdout).toContain('Web Shop');

      // The handles are short, and mean the same on another machine with the same rc file.
      const handle = moved.jobs.at(-1) ?? '';
      expect(moved.jobs.every((one) => /^octopus:(?:lab|prod):ServerTasks-\d+$/u.test(one))).toBe(true);
      const there = { env: { ...env, ...elsewhere() } };
      for (const words of [['show'], ['wait'], ['log']])
        expect(await run(['job', ...words, handle], there)).toMatchObject({ code: 0 });
      const server = await run(['job', 'list', '--from', 'prod', '--json']);
      const jobs = (JSON.parse(server.stdout) as { jobs: Record<string, unknown>[] }).jobs;
      expect(jobs.find((job) => job['handle'] === handle)).toMatchObject({
        projects: ['Web Shop'],
        from: 'lab',
        to: 'prod',
      });
    });
  });

  test('a short handle of an export is resumed here, and elsewhere as far as the server names its package', async () => {
    await withWorkshop({}, async ({ run, env, elsewhere }) => {
      const started = await run([
        'partial-export',
        '--from',
        'lab',
        '--project',
        'Billing',
        ...password,
        '--no-wait',
        '--json',
      ]);
      const { handle } = JSON.parse(started.stdout) as { handle: string };
      // It may be fetched on another machine, so it names the package.
      expect(handle).toMatch(/^octopus:lab:ServerTasks-\d+\/.+@.+$/u);
      const short = handle.split('/')[0] ?? '';
      expect(await run(['job', 'wait', short])).toMatchObject({
        code: 0,
        stdout: expect.stringContaining(`job:      ${short}\n`),
      });
      const rows = async () => {
        const { stdout } = await run(['job', 'list', '--json']);
        return (JSON.parse(stdout) as Listed).runs.map(({ state, projects, jobs }) => [state, projects, jobs]);
      };
      expect(await run(['partial-export', '--resume', short, '-o', 'here.tar'])).toMatchObject({ code: 0 });
      // The run that started it has nothing left to do either.
      expect(await rows()).toEqual([
        ['done', ['Billing'], [short]],
        ['done', ['Billing'], [short]],
      ]);
      const there = await run(['partial-export', '--resume', short, '-o', 'there.tar'], {
        env: { ...env, ...elsewhere() },
      });
      expect(there).toMatchObject({ code: 0 });
    });
  });

  test('a run whose process was killed is interrupted, and its row says so', async () => {
    await withWorkshop({}, async ({ run, path }) => {
      await run(['partial-export', '--from', 'lab', '--project', 'Billing', ...password, '--no-wait']);
      const folder = path('state/runs');
      for (const name of (await readdir(folder)).filter((one) => /^\d.*Z-[0-9a-f]+\.[0-9a-f]+\.json$/u.test(one))) {
        const record = JSON.parse(await readFile(join(folder, name), 'utf8')) as Record<string, object>;
        await writeFile(
          join(folder, name),
          JSON.stringify({ ...record, left: undefined, owner: { ...record['owner'], pid: 2 ** 30 } }),
        );
      }
      const { stdout } = await run(['job', 'list', '--json']);
      expect((JSON.parse(stdout) as Listed).runs).toMatchObject([
        { state: 'interrupted', error: { message: expect.stringContaining('ended without a word') } },
      ]);
      expect((await run(['job', 'list'])).stdout).toMatch(/interrupted +its process ended/u);
    });
  });
});
