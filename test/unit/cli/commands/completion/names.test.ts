import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { sharedWorkshop } from '../../../../support/shared-workshop.ts';
import { requestsOf } from '../../../../support/request-count.ts';

const { here, run } = sharedWorkshop();
const names = async (kind: string) => (await run(['completion', '--names', kind])).stdout.trimEnd().split('\n');

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
