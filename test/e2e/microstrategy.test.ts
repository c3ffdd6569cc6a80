import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, jest, test } from '@jest/globals';
import { parseFault } from '../../src/emulators/index.ts';
import { commandLine } from '../support/command-line.ts';
import { crashAt } from '../support/crash.ts';
import { passwordOf } from '../support/account-workshop.ts';
import { withLibraryWorkshop } from '../support/library-workshop.ts';
import { sample } from '../support/sample.ts';
import type { Workshop } from '../support/workshop.ts';

jest.setTimeout(240_000);

const tutorial = 'MicroStrategy Tutorial';
const year = '8D679D5111D3E4981000E787EC6DE8A4:attribute';
const objects = ['--object', `${year}:force_replace`];
const moving = ['migrate-project', tutorial, '--from', 'lab', '--to', 'prod', ...objects];

async function document(workshop: Workshop, args: readonly string[], code = 0): Promise<Record<string, unknown>> {
  const { stdout, stderr, code: exit } = await workshop.run([...args, '--json']);
  expect({ args, exit, stderr: exit === code ? '' : stderr }).toEqual({ args, exit: code, stderr: '' });
  expect(stdout + stderr).not.toContain(passwordOf(workshop.lab));
  expect(stdout + stderr).not.toContain(passwordOf(workshop.prod));
  return JSON.parse(stdout) as Record<string, unknown>;
}

async function jobsOn(workshop: Workshop, name: string) {
  const { folder, env } = workshop;
  const { stdout } = await commandLine(['job', 'list', '--from', name, '--json'], { cwd: folder, env });
  const { jobs } = JSON.parse(stdout) as { jobs: unknown };
  return jobs as readonly { readonly handle: string; readonly state: string; readonly wireState: string }[];
}

describe('migrate-project', () => {
  test('migrate-project moves objects from server to server, and undo takes them back', async () => {
    await withLibraryWorkshop({}, async (workshop) => {
      const moved = await document(workshop, moving);
      expect(moved).toMatchObject({ outcome: 'done', route: 'move' });
      const [handle = ''] = moved['jobs'] as string[];
      expect(handle).toMatch(/^microstrategy:lab:[0-9A-F]{32}:[0-9A-F]{32}@prod$/);
      expect(await jobsOn(workshop, 'prod')).toMatchObject([{ state: 'succeeded', wireState: 'imported' }]);
      const undone = await document(workshop, ['job', 'undo', handle, '--yes']);
      expect(undone).toMatchObject({
        outcome: 'done',
        status: { kind: 'undo', wireState: 'undo_success' },
        differences: [],
      });
      expect(await document(workshop, ['job', 'undo', handle, '--yes'], 7)).toMatchObject({ code: 'CONFLICT' });
    });
  });

  test('--request-only makes a request that a user on another machine approves', async () => {
    await withLibraryWorkshop({}, async (workshop) => {
      const started = await document(workshop, [...moving, '--request-only']);
      expect(started).toMatchObject({ outcome: 'started' });
      const [handle = ''] = started['jobs'] as string[];
      expect(await jobsOn(workshop, 'prod')).toEqual([]);
      const other = {
        ...workshop,
        run: (args: readonly string[]) => workshop.run(args, { env: workshop.elsewhere() }),
      };
      await document(other, ['job', 'approve', handle]);
      expect(await document(other, ['job', 'approve', handle], 7)).toMatchObject({ code: 'CONFLICT' });
      expect(await document(other, ['job', 'wait', handle])).toMatchObject({
        outcome: 'done',
        status: { kind: 'move' },
      });
      expect(await jobsOn(workshop, 'prod')).toMatchObject([{ wireState: 'imported' }]);
    });
  });

  test('--dry-run lets the servers validate the move and leaves nothing', async () => {
    await withLibraryWorkshop({}, async (workshop) => {
      expect(await document(workshop, [...moving, '--dry-run'])).toMatchObject({ outcome: 'done', dryRun: true });
      expect(await jobsOn(workshop, 'lab')).toEqual([]);
      expect(await jobsOn(workshop, 'prod')).toEqual([]);
    });
  });

  test('migrate-project goes through this machine when the Libraries share no storage', async () => {
    await withLibraryWorkshop({ apart: true }, async (workshop) => {
      const unapproved = await document(workshop, [...moving, '--request-only'], 2);
      expect(unapproved).toMatchObject({ code: 'UNSUPPORTED' });
      expect(await jobsOn(workshop, 'lab')).toEqual([]);
      expect(await document(workshop, [...moving, '--dry-run'])).toMatchObject({
        outcome: 'done',
        dryRun: true,
        plan: [{ kind: 'attribute', name: 'Year', action: 'unchanged' }],
      });
      expect([await jobsOn(workshop, 'lab'), await jobsOn(workshop, 'prod')]).toEqual([[], []]);
      expect(await document(workshop, moving)).toMatchObject({ outcome: 'done', route: 'relay' });
      expect(await jobsOn(workshop, 'prod')).toMatchObject([{ wireState: 'imported' }]);
    });
  });

  test('a move to an older release is refused before any change, and a move to a newer one works', async () => {
    await withLibraryWorkshop({ lab: { version: '11.4.0600' }, prod: { version: '11.3.0900' } }, async (workshop) => {
      expect(await document(workshop, moving, 2)).toMatchObject({ code: 'UNSUPPORTED' });
      expect(await jobsOn(workshop, 'lab')).toEqual([]);
    });
    await withLibraryWorkshop({ lab: { version: '11.3.0900' }, prod: { version: '11.4.0600' } }, async (workshop) => {
      expect(await document(workshop, moving)).toMatchObject({ outcome: 'done' });
    });
  });
});

test('partial-export exports a list of objects, and its package can be imported', async () => {
  await withLibraryWorkshop({ apart: true }, async (workshop) => {
    await writeFile(workshop.path('objects.csv'), 'name,type,action,includeDependents\nYear,attribute,replace,true\n');
    const exporting = [
      'partial-export',
      '--from',
      'lab',
      '--project',
      tutorial,
      '--objects',
      'objects.csv',
      '-o',
      'year.tar',
    ];
    expect(await document(workshop, exporting)).toMatchObject({ outcome: 'done' });
    expect(await document(workshop, ['import', 'year.tar', '--to', 'prod', '--dry-run'])).toMatchObject({
      dryRun: true,
    });
    expect(await jobsOn(workshop, 'prod')).toEqual([]);
    // A wrong project is found before the package is uploaded.
    const elsewhere = ['import', 'year.tar', '--to', 'prod', '--target-project', 'Tutorail', '--yes'];
    expect(await document(workshop, elsewhere, 2)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await document(workshop, ['package', 'list', '--from', 'prod'])).toMatchObject({ packages: [] });
    const imported = await document(workshop, ['import', 'year.tar', '--to', 'prod', '--yes']);
    expect(imported).toMatchObject({ outcome: 'done', upload: 'created' });
    const { packages } = await document(workshop, ['package', 'list', '--from', 'prod']);
    const [{ id }] = packages as [{ id: string }];
    expect(await document(workshop, ['package', 'delete', id, '--from', 'prod', '--yes'])).toMatchObject({});
    expect(await jobsOn(workshop, 'prod')).toEqual([]);
  });
});

test('a package can be edited, and can be certified only where its migration exists', async () => {
  await withLibraryWorkshop({}, async (workshop) => {
    const { jobs } = await document(workshop, [...moving, '--request-only']);
    const [handle = ''] = jobs as string[];
    const id = handle.split(':')[2] ?? '';
    const edit = ['package', 'edit', id, '--at', 'lab'];
    expect(await document(workshop, [...edit, '--name', 'too late'], 7)).toMatchObject({ code: 'CONFLICT' });
    await document(workshop, ['job', 'reject', handle]);
    expect(await document(workshop, edit, 2)).toMatchObject({ code: 'USAGE' });
    const change = [...edit, '--name', 'mended', '--default-action', 'replace'];
    expect(await document(workshop, change)).toMatchObject({
      outcome: 'done',
      status: { state: 'succeeded', wireState: 'created' },
    });

    // When the second Library fails, the output still says what was done on the first one.
    const alone = await workshop.run(['package', 'certify', id, '--at', 'lab', '--at', 'prod']);
    expect(alone).toMatchObject({ code: 2, stderr: expect.stringContaining(`${id} is certified on lab`) });
    expect(alone.stderr).toContain('prod has no migration');

    const [moved = ''] = (await document(workshop, moving))['jobs'] as string[];
    const certify = ['package', 'certify', moved.split(':')[2] ?? '', '--at', 'lab'];
    expect(await document(workshop, [...certify, '--status', 'requested'])).toMatchObject({
      results: [{ instance: 'lab', status: 'requested' }],
    });
    const { results } = await document(workshop, [...certify, '--at', 'prod']);
    const [here, there] = results as Record<string, unknown>[];
    expect(here).toMatchObject({ instance: 'lab', status: 'certified', by: { name: 'Administrator' } });
    expect(there).toEqual({ ...here, instance: 'prod' });
  });
});

test('an account without the privileges is refused before any change', async () => {
  await withLibraryWorkshop({}, async (workshop) => {
    const operator = { LAB_PASSWORD: 'operator-sample', PROD_PASSWORD: 'operator-sample' };
    const rc = (await readFile(workshop.path('.migratorrc.yaml'), 'utf8')).replaceAll('"Administrator"', 'operator');
    await writeFile(workshop.path('operator.yaml'), rc);
    const run = async (args: readonly string[]) =>
      commandLine(args, {
        cwd: workshop.folder,
        env: { ...workshop.env, ...operator, MIGRATOR_CONFIG: 'operator.yaml' },
      });
    const refused = await run([...moving, '--json']);
    expect({ code: refused.code, out: JSON.parse(refused.stdout) as unknown }).toMatchObject({
      code: 4,
      out: { code: 'AUTH_REFUSED', details: { lacking: expect.arrayContaining(['Manage Migration Packages']) } },
    });
    expect(await jobsOn(workshop, 'lab')).toEqual([]);
    expect((await run(['doctor', 'lab'])).stdout).toContain('may not import');
    // An account that may only make packages leaves the rest to others.
    expect((await run([...moving, '--request-only'])).code).toBe(0);
    expect(await jobsOn(workshop, 'lab')).toMatchObject([{ wireState: 'requested' }]);
  });
});

describe('what a move needs of people and leaves to them', () => {
  test('its handle is the same in the list, and the command that an approval advises ends', async () => {
    await withLibraryWorkshop({}, async (workshop) => {
      const [handle = ''] = (await document(workshop, [...moving, '--request-only']))['jobs'] as string[];
      const waiting = await document(workshop, ['job', 'list', '--from', 'lab', '--waiting']);
      expect(waiting['jobs']).toMatchObject([{ handle, state: 'waiting' }]);
      // Somebody types the id of the migration only, as Workstation shows it.
      const bare = handle.replace(/\/request-only@prod$/, '');
      const approved = await workshop.run(['job', 'approve', bare]);
      const [advice = ''] = /migrator job wait \S+/.exec(approved.stdout) ?? [];
      const waited = await document(workshop, [...advice.split(' ').slice(1), '--timeout', '60s']);
      expect(waited).toMatchObject({ outcome: 'done', status: { kind: 'move' } });
      expect(await jobsOn(workshop, 'prod')).toMatchObject([{ wireState: 'imported' }]);
      expect(await document(workshop, ['job', 'list', '--from', 'lab', '--waiting'])).toMatchObject({ jobs: [] });
    });
  });

  test('with --no-wait the target has it before the command ends', async () => {
    await withLibraryWorkshop({}, async (workshop) => {
      expect(await document(workshop, [...moving, '--no-wait'])).toMatchObject({ outcome: 'started' });
      expect((await jobsOn(workshop, 'prod')).map(({ wireState }) => wireState)).toEqual([
        expect.stringMatching(/^import(ing|ed)$/),
      ]);
    });
  });

  test('when its package was deleted, the same command starts a new run', async () => {
    await withLibraryWorkshop({}, async (workshop) => {
      const killed = await crashAt('before PATCH /MicroStrategyLibrary/api/migrations/GUID:GUID #1', workshop, moving);
      expect(killed.signal).toBe('SIGKILL');
      const [job] = await jobsOn(workshop, 'lab');
      const id = job?.handle.split(':')[2] ?? '';
      await document(workshop, ['package', 'delete', id, '--from', 'lab', '--yes']);
      const again = await workshop.run([...moving, '--json']);
      expect({ code: again.code, stderr: again.stderr }).toEqual({
        code: 0,
        stderr: expect.stringContaining('does not know the job'),
      });
      expect(await jobsOn(workshop, 'lab')).toHaveLength(1);
    });
  });

  test('a dry run that the servers refuse leaves nothing', async () => {
    await withLibraryWorkshop({ prod: { faults: [parseFault('clock-skew')] } }, async (workshop) => {
      const refused = await document(workshop, [...moving, '--dry-run'], 7);
      expect(refused).toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('five minutes') });
      expect([await jobsOn(workshop, 'lab'), await jobsOn(workshop, 'prod')]).toEqual([[], []]);
    });
  });
});

describe('kill -9 between any two calls of a move', () => {
  const steps = [
    'before POST /MicroStrategyLibrary/api/migrations #1',
    'answer POST /MicroStrategyLibrary/api/migrations #1',
    'answer GET /MicroStrategyLibrary/api/migrations/GUID:GUID #1',
    'before PATCH /MicroStrategyLibrary/api/migrations/GUID:GUID #1',
    'answer PATCH /MicroStrategyLibrary/api/migrations/GUID:GUID #1',
    'before PATCH /MicroStrategyLibrary/api/migrations/GUID:GUID #2',
    'answer PATCH /MicroStrategyLibrary/api/migrations/GUID:GUID #2',
    'answer GET /MicroStrategyLibrary/api/migrations/GUID:GUID?showContent=all #1',
    'before PUT /MicroStrategyLibrary/api/migrations/GUID:GUID?generateUndo=true #1',
    'answer PUT /MicroStrategyLibrary/api/migrations/GUID:GUID?generateUndo=true #1',
  ];

  test.each(sample(steps, 2))(
    'a move that was killed at this step is finished and not made twice: %s',
    async (step) => {
      await withLibraryWorkshop({}, async (workshop) => {
        const killed = await crashAt(step, workshop, moving);
        expect(killed.signal).toBe('SIGKILL');
        const [job] = await jobsOn(workshop, 'lab');
        if (job === undefined || step.includes('POST')) {
          // The same command finds what its killed run began.
          expect(await document(workshop, moving)).toMatchObject({ outcome: 'done' });
        } else {
          // Another machine knows nothing but the handle.
          const other = {
            ...workshop,
            run: (args: readonly string[]) => workshop.run(args, { env: workshop.elsewhere() }),
          };
          // Who has only the list is not taken for the one who approves.
          const { handle } = job;
          if (handle.includes('/request-only')) await document(other, ['job', 'approve', handle]);
          expect(await document(other, ['job', 'wait', handle])).toMatchObject({ outcome: 'done' });
        }
        expect(await jobsOn(workshop, 'lab')).toHaveLength(1);
        expect(await jobsOn(workshop, 'prod')).toMatchObject([{ wireState: 'imported' }]);
      });
    },
  );
});
