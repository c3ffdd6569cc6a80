// What people see when the server fails in an export or an import of projects.
import { describe, expect, jest, test } from '@jest/globals';
import { parseFault } from '../../src/emulators/index.ts';
import { ask, send } from '../support/octopus-api.ts';
import { withWorkshop, type Workshop } from '../support/workshop.ts';

jest.setTimeout(180_000);

const prod = { version: '2025.3.1', flavor: 'linux', sample: false } as const;
const secret = ['--password', 'env:MOVE_PASSWORD'];
const exporting = (...projects: readonly string[]) => [
  ...['partial-export', '--from', 'lab', ...projects.flatMap((name) => ['--project', name])],
  ...[...secret, '--via', 'export-import', '--force', '-o', 'move.tar', '--json'],
];
const importing = ['import', 'move.tar', '--to', 'prod', ...secret, '--fresh', '--json'];

interface Failure {
  readonly message: string;
  readonly hint: string;
  readonly code: string;
}

async function failure({ run }: Workshop, line: readonly string[]): Promise<{ code: number; error: Failure }> {
  const { code, stdout } = await run(line);
  const said = JSON.parse(stdout) as Failure & { readonly error?: Failure };
  return { code, error: said.error ?? said };
}

/** Gives a tenant of the sample a value for a template of the project. */
async function withTenantValue({ lab }: Workshop): Promise<void> {
  const named = async (kind: string, name: string) =>
    ((await ask(lab, `/api/${kind}/all`)) as { Id: string; Name: string }[]).find(({ Name }) => Name === name)!;
  const project = await named('projects', 'Warehouse');
  const Templates = [{ Id: 'a1b2', Name: 'Greeting', DisplaySettings: {} }];
  await send(lab, 'PUT', `/api/projects/${project.Id}`, { ...project, Templates });
  const path = `/api/tenants/${(await named('tenants', 'Tailspin Toys')).Id}/variables`;
  const values = (await ask(lab, path)) as { ProjectVariables: Record<string, { Variables: object }> };
  const own = values.ProjectVariables[project.Id]!;
  const [environment] = Object.keys(own.Variables);
  const changed = { ...own, Variables: { ...own.Variables, [environment!]: { a1b2: 'hello' } } };
  await send(lab, 'PUT', path, { ...values, ProjectVariables: { [project.Id]: changed } });
}

test('each failure of the server is told with its sentence and the way to the document, and ends with 8', async () => {
  await withWorkshop({ prod }, async (workshop) => {
    await withTenantValue(workshop);
    const warehouse = exporting('Warehouse');
    expect((await workshop.run(warehouse)).code).toBe(0);
    const cases: readonly (readonly [string, readonly string[], RegExp])[] = [
      [
        'duplicate-project-groups',
        exporting('Web Shop', 'Search'),
        /same key has already been added\. Key: ProjectGroups-\d+\s*Reference path: Project '.+' => Project Group '/,
      ],
      [
        'changed-channel',
        warehouse,
        /given key 'Channels-\d+' was not present in the dictionary\.\s*Reference path: Project 'Warehouse' => Release '/,
      ],
      [
        'unmapped-ids',
        importing,
        /Found unmapped Ids in document .*"Messages-1-.*Reference path: Project 'Warehouse' => Project Variables/s,
      ],
      [
        'unmapped-ids form=2',
        importing,
        /'unknown name' .*"RelatedDocumentId": "Certificates-643-.*Reference path: Project 'Warehouse' => Tenant '/s,
      ],
      [
        'duplicate-tenant-variables',
        importing,
        /FI_TenantVariable'\.\s*Reference path: Project 'Warehouse' => Tenant 'Tailspin Toys'/,
      ],
      ['upgrade-fails', importing, /Newtonsoft\.Json\.Linq\.JValue\.\s*Reference path: Project 'Warehouse'/],
    ];
    for (const [fault, line, sentence] of cases) {
      workshop[line === importing ? 'prod' : 'lab'].faults.add(parseFault(`${fault} times=1`));
      const { code, error } = await failure(workshop, line === importing ? line : [...line, '--fresh']);
      expect({ fault, code, error }).toMatchObject({ fault, code: 8, error: { code: 'JOB_FAILED' } });
      expect(error.message).toMatch(sentence);
    }
  });
});

describe('a server that', () => {
  test('ends an import that did nothing in Success, without a flag, is found out', async () => {
    await withWorkshop({ prod }, async (workshop) => {
      expect((await workshop.run(exporting('Search'))).code).toBe(0);
      workshop.prod.faults.add(parseFault('success-with-errors quiet=1 times=1'));
      const { code, error } = await failure(workshop, importing);
      expect({ code, error }).toMatchObject({ code: 8, error: { code: 'JOB_FAILED' } });
      expect(JSON.stringify(error)).toMatch(/"kind":"project","name":"Search","action":"not-seen"/);
    });
  });

  test('takes no file of this size is told as what it cannot do, with exit code 4', async () => {
    await withWorkshop({ prod }, async (workshop) => {
      expect((await workshop.run(exporting('Search'))).code).toBe(0);
      workshop.prod.faults.add(parseFault('POST /api/projects/import-export/import-files status=413'));
      const { code, error } = await failure(workshop, importing);
      expect({ code, error }).toMatchObject({ code: 4, error: { code: 'UNSUPPORTED' } });
      expect(error.hint).toContain('administrator');
    });
  });
});
