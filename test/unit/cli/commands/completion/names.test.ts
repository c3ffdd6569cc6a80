import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { systemRandom } from '../../../../../src/cli/runtime.ts';
import { generateSigningKey } from '../../../../../src/package/index.ts';
import { sharedWorkshop } from '../../../../support/shared-workshop.ts';
import { requestsOf } from '../../../../support/request-count.ts';

const { here, run } = sharedWorkshop();
const names = async (kind: string, typed?: string) =>
  (await run(['completion', '--names', kind, ...(typed === undefined ? [] : ['--typed', typed])])).stdout
    .trimEnd()
    .split('\n');

describe('completion --names', () => {
  let handle = '';
  beforeAll(async () => {
    expect(await names('project')).toEqual(['']);
    expect((await run(['inventory', '--from', 'lab'])).code).toBe(0);
    const line = ['partial-export', '--from', 'lab', '--project', 'Billing', '--password', 'env:MOVE_PASSWORD'];
    const exported = await run([...line, '-o', 'b.tar', '--json']);
    handle = (JSON.parse(exported.stdout) as { handle: string }).handle;
  });

  test('knows instances, projects and kinds of earlier listings, jobs, products, schemas and pages, and asks no server', async () => {
    const { result, requests } = await requestsOf({ lab: here().lab }, async () => ({
      instance: await names('instance'),
      project: await names('project'),
      kind: await names('kind'),
      handle: await names('handle'),
      product: await names('product'),
      schema: await names('schema'),
      page: await names('page'),
    }));
    expect(requests).toEqual([]);
    expect(result.instance).toEqual(expect.arrayContaining(['lab', 'prod']));
    expect(result.project).toEqual(expect.arrayContaining(['Web Shop', 'Billing']));
    expect(result.kind).toEqual(expect.arrayContaining(['project', 'environment', 'space']));
    // Handles of jobs are as short as they can be.
    expect(handle.startsWith(`${result.handle[0]!}/`)).toBe(true);
    expect(result.product).toEqual(['octopus', 'enms', 'microstrategy', 'snaplogic']);
    expect(result.schema).toEqual(expect.arrayContaining(['config', 'manifest', 'error', 'job-wait', 'version']));
    expect(result.page).toEqual(expect.arrayContaining(['exit-codes', 'octopus', 'import', 'topics']));
  });

  test('the line before the cursor chooses: the projects of its source, the commands below a word of help', async () => {
    expect((await run(['inventory', '--from', 'prod'])).code).toBe(0);
    expect(await names('project', 'migrator migrate-project --from prod')).not.toContain('Billing');
    expect(await names('project', 'migrator migrate-project --from prod')).toContain('Store Kiosk');
    expect(await names('project', 'compare --to prod --from = lab --project')).toContain('Billing');
    expect(await names('project', 'compare --from="lab"')).not.toContain('Store Kiosk');
    expect(await names('project', 'migrator compare')).toEqual(expect.arrayContaining(['Billing', 'Store Kiosk']));
    expect(await names('page', 'migrator help job')).toEqual(expect.arrayContaining(['wait', 'undo', 'list']));
    expect(await names('page', 'migrator help job')).not.toContain('doctor');
    expect(await names('page', 'migrator help job wait')).toEqual(['']);
    expect(await names('page', 'migrator help')).toContain('doctor');
  });

  test('handles, projects and ways are those of the rc file, and --resume gets handles of exports alone', async () => {
    expect(await run(['import', 'b.tar', '--to', 'prod', '--password', 'env:MOVE_PASSWORD'])).toMatchObject({
      code: 0,
    });
    const handles = await names('handle');
    expect(handles.filter((one) => one.startsWith('octopus:prod:'))).toHaveLength(1);
    const exported = await names('export');
    expect(exported.some((one) => handle.startsWith(`${one}/`))).toBe(true);
    expect(exported.filter((one) => one.startsWith('octopus:prod:'))).toEqual([]);

    const other = here().path('other.yaml');
    await writeFile(
      other,
      'instances:\n  lab: { product: enms, url: "embedded:./other" }\n  prod: { product: octopus, url: "embedded:./o" }\n',
    );
    const typed = `migrator job wait --config ${other}`;
    expect(await names('handle', typed)).toEqual(['']);
    expect(await names('export', typed)).toEqual(['']);
    // Another server of the same name.
    expect(await names('project', `${typed} --from lab`)).toEqual(['']);
    expect(await names('way')).toEqual(['auto', 'export-import', 'migration-api']);
    expect(await names('way', `migrator migrate-project --config ${other}`)).toEqual(
      expect.arrayContaining(['web', 'rest', 'auto']),
    );
    expect(await names('way', `migrator migrate-project --config ${other} --from lab`)).toEqual(['web', 'rest']);
  });

  test('packages of a server are those of the last list, and signers are those that are trusted', async () => {
    expect(await names('package')).toEqual(['']);
    expect((await run(['package', 'list', '--from', 'lab'])).code).toBe(0);
    expect((await names('package', 'migrator package delete --from lab')).join()).toMatch(/^Octopus\.[^@]+@\S+/u);
    expect(await names('package', 'migrator package delete --from prod')).toEqual(['']);
    // The list of packages has not replaced what is known of projects.
    expect(await names('project', 'partial-export --from lab')).toContain('Billing');
    expect(await names('signer')).toEqual(['']);
    const key = String(generateSigningKey(systemRandom).publicKey);
    expect((await run(['key', 'trust', key, '--name', 'alice'])).code).toBe(0);
    expect(await names('signer')).toEqual(['alice']);
  });

  test('the scripts ask for these names where they belong', async () => {
    const { stdout } = await run(['completion', 'bash']);
    for (const line of [
      "'package delete'':'0) _migrator_names package",
      "'package download'':'0) _migrator_names package",
      "'key untrust'':'0) _migrator_names signer",
      "'partial-export'':'--resume) _migrator_names export",
      "'migrate-project'':'--via) _migrator_names way",
      "'package verify'':'0) _migrator_files",
    ])
      expect(stdout).toContain(line);
  });

  test('every schema that it offers is one that config schema prints', async () => {
    for (const name of await names('schema')) {
      expect({ name, code: (await run(['config', 'schema', name])).code }).toEqual({ name, code: 0 });
    }
  });

  test('--instances prints what scripts of earlier releases ask for', async () => {
    expect((await run(['completion', '--instances'])).stdout.split('\n')).toEqual(
      expect.arrayContaining(['lab', 'prod']),
    );
  });

  test('a kind that it does not know is a USAGE error', async () => {
    expect(await run(['completion', '--names', 'nothing'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('it knows instance, project, handle'),
    });
  });

  test('a broken rc file and a damaged cache give no names and no error', async () => {
    const folder = here().path('broken');
    await mkdir(join(folder, 'state', 'names'), { recursive: true });
    await writeFile(join(folder, '.migratorrc.yaml'), 'instances: [');
    const env = { ...here().env, MIGRATOR_STATE_DIR: join(folder, 'state') };
    for (const kind of ['instance', 'project', 'handle']) {
      expect(await run(['completion', '--names', kind], { cwd: folder, env })).toEqual({
        code: 0,
        stdout: '',
        stderr: '',
      });
    }
    await writeFile(
      join(folder, '.migratorrc.yaml'),
      'instances: { lab: { product: octopus, url: "http://127.0.0.1:9" } }',
    );
    await writeFile(join(folder, 'state', 'names', 'lab.json'), '{"projects":');
    expect(await run(['completion', '--names', 'project'], { cwd: folder, env })).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
  });
});
