import { describe, expect, test } from '@jest/globals';
import type { RunningEmulator } from '../../src/emulators/index.ts';
import { ask, packagesOf, projectsOf, send } from '../support/octopus-api.ts';
import { withWorkshop, type Workshop } from '../support/workshop.ts';

const password = ['--password', 'env:MOVE_PASSWORD'];

interface Project {
  readonly Id: string;
  readonly Name: string;
  readonly Description?: string;
}

async function project(server: RunningEmulator, name: string): Promise<Project | undefined> {
  const { Items } = (await ask(server, '/api/Spaces-1/projects?take=1000')) as { readonly Items: readonly Project[] };
  return Items.find(({ Name }) => Name === name);
}

async function describeAs(server: RunningEmulator, name: string, Description: string): Promise<void> {
  const found = await project(server, name);
  await send(server, 'PUT', `/api/Spaces-1/projects/${found?.Id ?? ''}`, { ...found, Description });
}

async function document({ run }: Workshop, args: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  const { code, stdout, stderr } = await run([...args, '--json']);
  if (code !== 0) throw new Error(`exit ${String(code)}: ${stderr}`);
  return JSON.parse(stdout) as Readonly<Record<string, unknown>>;
}

/**
 * Web Shop is on prod, with a text of its own. Then Web Shop and Billing are imported over it, in one command or, detached,
 * in two.
 */
async function overwritten(workshop: Workshop, { detached = false } = {}): Promise<Readonly<Record<string, unknown>>> {
  const { lab, prod } = workshop;
  const exporting = (...names: string[]) => [
    'partial-export',
    '--from',
    'lab',
    ...names.flatMap((n) => ['--project', n]),
  ];
  await document(workshop, [...exporting('Web Shop'), ...password, '-o', 'first.tar']);
  await document(workshop, ['import', 'first.tar', '--to', 'prod', ...password]);
  await describeAs(prod, 'Web Shop', 'as prod had it');
  await describeAs(lab, 'Web Shop', 'as lab has it');
  await document(workshop, [...exporting('Web Shop', 'Billing'), ...password, '-o', 'both.tar']);
  const importing = ['import', 'both.tar', '--to', 'prod', '--overwrite-existing', ...password];
  const imported = await document(workshop, detached ? [...importing, '--no-wait'] : importing);
  if (detached) await document(workshop, ['job', 'wait', String(imported['handle'])]);
  expect(await project(prod, 'Web Shop')).toMatchObject({ Description: 'as lab has it' });
  return imported;
}

describe('an import that overwrites', () => {
  test('takes a sealed backup, and the undo brings back what it overwrote and removes what it created', async () => {
    await withWorkshop({}, async (workshop) => {
      const { prod, run } = workshop;
      const { backup, handle } = await overwritten(workshop);
      expect(await run(['package', 'verify', String(backup)])).toMatchObject({ code: 0 });
      expect((await packagesOf(prod)).length).toBe(2);

      const silent = await run(['job', 'undo', String(handle)]);
      expect(silent).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') });
      expect(await projectsOf(prod)).toContain('Billing');

      const undone = await document(workshop, ['job', 'undo', String(handle), '--yes']);
      expect(undone).toMatchObject({ outcome: 'done', backup, differences: [] });
      expect(await project(prod, 'Web Shop')).toMatchObject({ Description: 'as prod had it' });
      expect(await projectsOf(prod)).not.toContain('Billing');
      expect((await packagesOf(prod)).length).toBe(2);
    });
  });

  test('and that job wait ended is undone in the same way', async () => {
    await withWorkshop({}, async (workshop) => {
      const { backup, handle } = await overwritten(workshop, { detached: true });
      const undone = await document(workshop, ['job', 'undo', String(handle), '--yes']);
      expect(undone).toMatchObject({ outcome: 'done', backup, differences: [] });
      expect(await projectsOf(workshop.prod)).not.toContain('Billing');
    });
  });

  test('only what projects share has no backup, so --backup is refused', async () => {
    await withWorkshop({}, async ({ run, prod }) => {
      const moving = [
        'migrate-project',
        'Search',
        '--from',
        'lab',
        '--to',
        'prod',
        '--overwrite-existing',
        ...password,
      ];
      const refused = await run([...moving, '--backup', 'b.tar', '--yes']);
      expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('and --backup asks for one') });
      expect(await projectsOf(prod)).not.toContain('Search');
    });
  });
});
