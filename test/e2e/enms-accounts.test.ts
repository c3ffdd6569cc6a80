import { hostname } from 'node:os';
import { expect, jest, test } from '@jest/globals';
import type { RunningEmulator } from '../../src/emulators/index.ts';
import { passwordOf } from '../support/account-workshop.ts';
import { commandLine } from '../support/command-line.ts';
import { withEnmsWorkshop } from '../support/enms-workshop.ts';
import type { Workshop } from '../support/workshop.ts';

jest.setTimeout(120_000);

type Document = Record<string, unknown>;

async function run(
  { folder, env }: Workshop,
  args: readonly string[],
): Promise<Document & { readonly exit: number; readonly stderr: string }> {
  const { code, stdout, stderr } = await commandLine([...args, '--json'], { cwd: folder, env, host: hostname() });
  return { ...(JSON.parse(stdout) as Document), exit: code, stderr };
}

async function write(server: RunningEmulator, type: string, json: Document): Promise<void> {
  const authorization = `Basic ${Buffer.from(`admin:${passwordOf(server)}`).toString('base64')}`;
  const response = await fetch(`${server.url}/rest/instance/${type}`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify(json),
  });
  expect(await response.json()).toEqual({ success: [json['name']] });
}

/** The account that the workshop uses is an administrator no more. It may read over the REST API. */
async function demote(server: RunningEmulator): Promise<void> {
  await write(server, 'group', { name: 'readers', users: ['admin'], ...reads });
  await write(server, 'user', { name: 'admin', is_admin: false });
}

const reads = {
  get_requests: ['/rest/instance', '/rest/query', '/rest/is_alive'],
  post_requests: ['/rest/search'],
  delete_requests: [],
  menu: [],
  pages: [],
};

const exporting = ['partial-export', '--from', 'lab', '--project', 'nightly', '-o', 'nightly.tar'];
const importing = ['import', 'nightly.tar', '--to', 'prod', '--overwrite-existing', '--yes'];

test('an export of an account that does not see everything is partial, and says so', async () => {
  await withEnmsWorkshop(async (workshop) => {
    await demote(workshop.lab);
    const objects = [...exporting, '--via', 'rest', '--type', 'device'];
    const done = await run(workshop, objects);
    expect(done).toMatchObject({ exit: 3, outcome: 'partial' });
    expect(done.stderr).toContain('admin is not an administrator: it sees only what it owns');
    expect(JSON.stringify(done['warnings'])).toContain('are not in the export');
    const listed = await run(workshop, ['inventory', 'device', '--from', 'lab']);
    expect(listed.stderr).toContain('admin is not an administrator: it sees only what it owns');
  });
});

test.each([[[]], [['--via', 'rest', '--type', 'device']]])(
  'an import %j of an account that is no administrator is refused as such, not as one of another release',
  async (way) => {
    await withEnmsWorkshop(async (workshop) => {
      expect(await run(workshop, [...exporting, ...way])).toMatchObject({ exit: 0 });
      await demote(workshop.prod);
      const refused = await run(workshop, importing);
      expect(refused).toMatchObject({ exit: 4, code: 'AUTH_REFUSED', hint: expect.stringContaining('administrator') });
    });
  },
);
