// What scripts send that follow the vendor's notebooks, and what they read.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { encoded, pub, rest, startPlane, stopPlanes, type ControlPlane, type Json } from './control-plane.ts';

const project = '/Acme-Dev/Finance/Invoices';

let plane: ControlPlane;
beforeAll(async () => {
  plane = await startPlane();
});
afterAll(stopPlanes);

const entry = async (path: string, name: string): Promise<Json> =>
  (await plane.list(path)).find((one) => one['name'] === name)!;

describe('a task', () => {
  const create = async (more: Json): Promise<Json> => {
    const { snode_id: pipeline } = await entry(project, 'notify');
    const { snode_id: other } = await entry(project, 'load_invoices');
    const parameters = { pipeline_snode_id: pipeline, runtime_path_id: 'Acme-Dev/rt/cloudplex/main', timeout: 300 };
    const body = { path_id: project.slice(1), enabled: true, parameters, ...more };
    const made = await plane.post(`${rest}/slsched/job?duplicate_check=False`, body);
    expect([made.status, made.text]).toEqual([200, expect.any(String)]);
    return { ...made.map, other };
  };

  test('is made with path_id and the pipeline among the parameters, and read back with its token', async () => {
    const made = await create({ job_name: 'My_Task' });
    const { map } = await plane.get(`${rest}/slsched/job/${String(made['snode_id'])}?include_rbin=true`);
    expect(map).toMatchObject({
      job_name: 'My_Task',
      enabled: true,
      pipeline_name: 'notify',
      parameters: {
        pipeline_snode_id: (await entry(project, 'notify'))['snode_id'],
        runtime_path_id: 'Acme-Dev/rt/cloudplex/main',
        timeout: 300,
        llfeed_token: expect.stringMatching(/^[\w-]{32}$/),
      },
    });
  });

  test('that is put back whole takes what its parameters change', async () => {
    const { other, ...made } = await create({ job_name: 'Put_Task' });
    const url = `${rest}/slsched/job/${String(made['snode_id'])}?duplicate_check=True`;
    const parameters = made['parameters'] as Json;
    const moved = { ...parameters, runtime_path_id: 'Acme-Dev/rt/groundplex/main', pipeline_snode_id: other };
    const { map } = await plane.call('PUT', url, { json: { ...made, enabled: false, parameters: moved } });
    expect(map).toMatchObject({
      enabled: false,
      pipeline_name: 'load_invoices',
      runtime_path_id: 'Acme-Dev/rt/groundplex/main',
      parameters: moved,
    });
  });

  test('may be placed by the id of its project, and not nowhere', async () => {
    const { snode_id: id } = await entry('/Acme-Dev/Finance', 'Invoices');
    expect(await create({ job_name: 'By_Id', path_id: id })).toMatchObject({ path: `${project}/By_Id` });
    expect(await plane.post(`${rest}/slsched/job`, { job_name: 'x' })).toMatchObject({
      status: 400,
      text: expect.stringContaining('path_id'),
    });
  });

  test('in the recycle bin is shown only to those who ask for the bin', async () => {
    const { snode_id: id } = await create({ job_name: 'Binned' });
    await plane.call('DELETE', `${rest}/asset${project}/Binned`);
    expect((await plane.get(`${rest}/slsched/job/${String(id)}`)).status).toBe(404);
    expect((await plane.get(`${rest}/slsched/job/${String(id)}?include_rbin=true`)).status).toBe(200);
  });

  test('is enabled by a form too', async () => {
    await create({ job_name: 'By_Form', enabled: false });
    const answer = await plane.call('POST', `${pub}/task/enable`, {
      text: `task_path=${encodeURIComponent(`${project}/By_Form`)}`,
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    });
    expect(answer.map).toMatchObject({ success: [{ task_path: `${project}/By_Form` }], failed: [] });
  });
});

test.each(['/Acme-Dev/Finance/Invoices', '/Acme-Dev/Finance/shared', '/Acme-Dev/shared'])(
  'an account inside `account` keeps its content, in %s',
  async (holder) => {
    const account = {
      class_id: 'com-snaplogic-snaps-jdbc-account',
      class_version: 1,
      property_map: { info: { label: { value: 'boxed' } }, settings: { username: { value: 'u' } } },
    };
    await plane.post(`${pub}/assetapi/project/Acme-Dev/Finance/shared`, {});
    const made = await plane.post(`${rest}/asset${holder}/boxed`, { asset_type: 'Account', account });
    expect([made.status, made.text]).toEqual([200, expect.any(String)]);
    expect((await plane.get(`${rest}/asset${encoded(holder)}/boxed`)).map).toMatchObject(account);
  },
);

test('a session and the environments of a user have what scripts read', async () => {
  expect((await plane.get(`${rest}/asset/session?caller=ci`)).map).toMatchObject({
    logging_token: expect.any(String),
  });
  const { map } = await plane.get(`${rest}/asset/user/ci%40acme.example`);
  const orgs = Object.entries(map['org_snodes'] as Record<string, Json>);
  expect(orgs.map(([id, { snode_id }]) => id === snode_id)).toEqual(orgs.map(() => true));
});

describe('what is not supported is refused with a sentence', () => {
  test.each([
    ['GET', `${rest}/asset/list${project}?details=true`],
    ['GET', `${pub}/project/export${project}?asset_type=Pipeline`],
    ['POST', `${pub}/project/migrate${project}?async=true`],
    ['GET', `${rest}/slsched/job/x?full=1`],
    ['DELETE', `${rest}/asset${project}/notify?soft_delete=false`],
  ])('a parameter that the route does not know: %s %s', async (method, path) => {
    const name = /\?(\w+)=/.exec(path)?.[1] ?? '';
    expect(await plane.call(method, path, method === 'POST' ? { json: {} } : {})).toMatchObject({
      status: 400,
      text: expect.stringContaining(`'${name}' of this route is not supported`),
    });
  });

  test.each(['pull', 'checkout', 'repo-status', 'create-project'])('a call of Git: %s', async (call) => {
    const answer = await plane.post(`${pub}/project/${call}${project}`, { repo: 'x' });
    expect(answer).toMatchObject({ status: 501, text: expect.stringContaining('no Git') });
  });

  test.each(['a#b', 'a?b', 'a\\b'])('a pipeline called %s', async (name) => {
    const { org_snode_id: org } = await entry('/Acme-Dev/Finance', 'Invoices');
    const pipe = { property_map: { info: { label: { value: name } } }, snap_map: {} };
    const answer = await plane.post(`/api/2/${String(org)}/rest/project/import/pipe/slp${project}`, { pipe });
    expect(answer).toMatchObject({ status: 400, text: expect.stringContaining('is not a valid name') });
  });
});
