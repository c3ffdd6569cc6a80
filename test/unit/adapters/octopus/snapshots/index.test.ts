import { describe, expect, test } from '@jest/globals';
import type { Json } from '../../../../../src/ports/journal.ts';
import type { SnapshotItem } from '../../../../../src/ports/snapshot.ts';
import { never } from '../../../../support/adapter-tools.ts';
import { ask, keyOf } from '../../../../support/octopus-api.ts';
import { withOctopus } from '../../../../support/octopus-client.ts';
import { moved, withOctopusPair, type Body, type Pair, type Side } from '../../../../support/octopus-pair.ts';
import { sample } from '../../../../support/sample.ts';
import type { Exchange } from '../../../../support/scripted-server.ts';
import { openTables } from '../../../../support/tables.ts';

const scopeOf = (side: Side, projects: readonly string[], options = {}) =>
  side.adapter.snapshots!.scopeOf(projects, options, never);
const key = ({ kind, name }: SnapshotItem): string => `${kind} ${name}`;
const marks = (items: readonly SnapshotItem[]) => new Map(items.map((item) => [key(item), item.mark]));
const fields = (items: readonly SnapshotItem[]) => new Map(items.map((item) => [key(item), item.fields]));

/** The items of the first list that the second lacks or has otherwise. */
function lost(from: ReadonlyMap<string, unknown>, to: ReadonlyMap<string, unknown>): string[] {
  return [...from].flatMap(([name, value]) => (JSON.stringify(to.get(name)) === JSON.stringify(value) ? [] : [name]));
}

async function planted(pair: Pair, plant: () => void) {
  const scope = await scopeOf(pair.source, ['Web Shop']);
  const look = async () => ({
    listing: marks(await pair.source.look(scope, 'listing')),
    content: fields(await pair.source.look(scope, 'content')),
  });
  const before = await look();
  plant();
  const after = await look();
  return { listing: lost(before.listing, after.listing), content: lost(before.content, after.content) };
}

describe('a change in the tables of the server is seen', () => {
  const step = (body: Body) => body['Steps'] as Body[];
  const cases: readonly (readonly [string, string, string, (body: Body) => Body | undefined])[] = [
    ['Projects', 'Web Shop', 'project Web Shop', (body) => ({ ...body, Description: 'changed' })],
    ['Projects', 'Web Shop', 'project Web Shop', (body) => ({ ...body, IncludedLibraryVariableSetIds: [] })],
    [
      'DeploymentProcesses',
      'deploymentprocess-',
      'process Web Shop',
      (body) => ({ ...body, Steps: step(body).toReversed() }),
    ],
    ['Variables', 'variableset-Projects-', 'variable Web Shop/Site.Certificate', without('Site.Certificate')],
    ['Variables', 'variableset-LibraryVariableSets-', 'set-variable Acme Common/Acme.Region', without('Acme.Region')],
    ['Channels', 'Hotfix', 'channel Web Shop/Hotfix', (body) => ({ ...body, LifecycleId: null })],
    ['Environments', 'Staging', 'environment Staging', (body) => ({ ...body, UseGuidedFailure: true })],
    ['Lifecycles', 'Hotfix', 'lifecycle Hotfix', (body) => ({ ...body, Phases: step2(body['Phases']) })],
    ['LibraryVariableSets', 'Acme Common', 'variable-set Acme Common', (body) => ({ ...body, Description: 'changed' })],
    ['ProjectGroups', 'Storefront', 'project-group Storefront', (body) => ({ ...body, Description: 'changed' })],
    ['Machines', 'prod-web-01', 'machine prod-web-01', (body) => ({ ...body, IsDisabled: true })],
    ['Certificates', 'Web Shop TLS', 'certificate Web Shop TLS', () => undefined],
    ['MachinePolicies', 'Default Machine Policy', 'machine-policy Default', (body) => ({ ...body, IsDefault: 'x' })],
  ];

  test('of any kind', async () => {
    await withOctopusPair(async (pair) => {
      const tables = openTables(pair.source.directory);
      const whole = tables.keep();
      // All of them in `npm run prove`.
      for (const [kind, name, item, edit] of sample(cases, 5)) {
        const id = ownerRow(pair.source, kind, name);
        const { listing, content } = await planted(pair, () => pair.source.change(kind, id, edit));
        const seen = [listing, content].map((lost) => lost.some((one) => one.startsWith(item)));
        expect([kind, name, String(edit), ...seen]).toEqual([kind, name, String(edit), true, true]);
        tables.restore(whole);
      }
      tables.close();
    });
  });

  test('of a release, in the content', async () => {
    await withOctopusPair(async (pair) => {
      const [release] = pair.source.rows('Releases').filter(({ body }) => body['ProjectId'] === projectId(pair.source));
      const { content } = await planted(pair, () =>
        pair.source.change('Releases', release!.id, (body) => ({ ...body, ReleaseNotes: 'changed' })),
      );
      expect(content).toEqual([`release Web Shop/${release!.name}`]);
    });
  });

  test('of a secret that is no longer there', async () => {
    await withOctopusPair(async (pair) => {
      const { rows, change, look } = pair.source;
      const [account] = rows('Accounts');
      const users = rows('Projects').map(({ name }) => name);
      const scope = await scopeOf(pair.source, users);
      const before = fields(await look(scope, 'content'));
      expect(JSON.stringify(before.get(`account ${account!.name}`))).toContain('true');
      change('Accounts', account!.id, (body) =>
        Object.fromEntries(
          Object.entries(body).map(([name, value]) => [
            name,
            typeof value === 'object' && value !== null && !Array.isArray(value) ? null : value,
          ]),
        ),
      );
      expect(lost(before, fields(await look(scope, 'content')))).toEqual([`account ${account!.name}`]);
    });
  });
});

function step2(phases: unknown): unknown {
  return (phases as unknown[]).slice(1);
}

function without(name: string): (body: Body) => Body {
  return (body) => ({ ...body, Variables: (body['Variables'] as Body[]).filter(({ Name }) => Name !== name) });
}

/** A process that deploys a release of another project. */
function releasing(project: string): (body: Body) => Body {
  const Properties = { 'Octopus.Action.DeployRelease.ProjectId': project };
  const Actions = [{ Id: 'a', Name: 'Release', Properties }];
  return (body) => ({ ...body, Steps: [{ Id: 's', Name: 'Release', Actions }] });
}

const projectId = (side: Side): string => side.rows('Projects').find(({ name }) => name === 'Web Shop')!.id;

/** Processes and variable sets have the id of their owner at their end. */
function ownerRow(side: Side, kind: string, name: string): string {
  if (!name.endsWith('-')) return name;
  const owners = kind === 'Variables' && name.includes('Library') ? 'LibraryVariableSets' : 'Projects';
  const owner = side.rows(owners).find((row) => ['Web Shop', 'Acme Common'].includes(row.name))!;
  return `${kind === 'Variables' ? 'variableset' : 'deploymentprocess'}-${owner.id}`;
}

describe('after a move', () => {
  test('the target holds the content of the source, but for what it had already and kept', async () => {
    await withOctopusPair(async (pair) => {
      const scope = await scopeOf(pair.source, ['Web Shop']);
      const set = ownerRow(pair.target, 'Variables', 'variableset-LibraryVariableSets-');
      pair.target.change('Variables', set, (body) => ({
        ...body,
        Variables: (body['Variables'] as Body[]).map((one) => ({ ...one, Value: 'eu-production' })),
      }));
      const source = fields(await pair.source.look(scope, 'content'));
      const { before, after } = await moved(pair, ['Web Shop']);
      const target = fields(await pair.target.look(scope, 'content'));
      const had = new Set(before.map(key));
      expect(lost(source, target).filter((name) => !had.has(name))).toEqual([]);
      expect(lost(source, target)).toContain('set-variable Acme Common/Acme.Region');
      const created = after.map(key).filter((name) => !had.has(name));
      expect(created).toContain('project Web Shop');
      expect(created).not.toContain('environment Production');
    });
  });

  test('a project that was there before does not look new because the imported one refers to it', async () => {
    await withOctopusPair(async (pair) => {
      const { source } = pair;
      const shared = source.rows('Projects').find(({ name }) => name === 'Image Service')!;
      source.change('DeploymentProcesses', `deploymentprocess-${projectId(source)}`, releasing(shared.id));
      const { before, after } = await moved(pair, ['Web Shop']);
      const had = new Set(before.map(key));
      const created = after.map(key).filter((name) => !had.has(name));
      expect(had).toContain('project Image Service');
      expect(created.filter((name) => name.includes('Image Service'))).toEqual([]);
    });
  });

  test('an overwrite by equal content changes the mark of the project', async () => {
    await withOctopusPair(async (pair) => {
      await moved(pair, ['Web Shop']);
      const { before, after } = await moved(pair, ['Web Shop'], { overwriteExisting: true });
      expect(marks(before).get('project Web Shop')).not.toBe(marks(after).get('project Web Shop'));
    });
  });

  test('an import that skips everything changes no mark of what it skipped', async () => {
    await withOctopusPair(async (pair) => {
      await moved(pair, ['Web Shop']);
      const { before, after } = await moved(pair, ['Web Shop']);
      expect(lost(marks(before), marks(after)).filter((name) => !name.startsWith('project '))).toEqual([]);
      expect(after).toHaveLength(before.length);
    });
  });
});

describe('a listing', () => {
  test('of one project takes 23 requests, and not more when the space has more projects', async () => {
    await withOctopusPair(async ({ source }) => {
      const scope = await scopeOf(source, ['Web Shop']);
      await source.look(scope, 'listing');
      source.asked();
      await source.look(scope, 'listing');
      const asked = source.asked();
      expect(asked).toHaveLength(23);
      expect(new Set(asked).size).toBe(asked.length);
    });
  });

  test('twice is the same, and each pair of kind and name comes once', async () => {
    await withOctopusPair(async ({ source }) => {
      const all = source.rows('Projects').map(({ name }) => name);
      const scope = await scopeOf(source, all);
      const first = await source.look(scope, 'listing');
      expect(await source.look(scope, 'listing')).toEqual(first);
      expect(new Set(first.map(key)).size).toBe(first.length);
    });
  });

  test('leaves out what the options of the export leave out', async () => {
    await withOctopusPair(async ({ source }) => {
      const options = { ignoreMachines: true, ignoreCertificates: true, ignoreTenants: true };
      const kinds = new Set((await source.look(await scopeOf(source, ['Web Shop'], options), 'listing')).map(kindOf));
      expect(kinds.has('machine') || kinds.has('certificate') || kinds.has('tenant')).toBe(false);
    });
  });

  test('follows projects that a process refers to', async () => {
    await withOctopusPair(async ({ source }) => {
      const other = source.rows('Projects').find(({ name }) => name !== 'Web Shop')!;
      source.change('DeploymentProcesses', `deploymentprocess-${projectId(source)}`, releasing(other.id));
      const items = await source.look(await scopeOf(source, ['Web Shop']), 'listing');
      expect(items.map(key)).toEqual(expect.arrayContaining([`project ${other.name}`, `process ${other.name}`]));
    });
  });

  test('tells a second certificate of the same name apart by its thumbprint', async () => {
    await withOctopusPair(async ({ source }) => {
      const items = await source.look(await scopeOf(source, ['Web Shop']), 'listing');
      expect(items.filter(({ kind }) => kind === 'certificate').map(({ name }) => name)).toEqual([
        expect.stringMatching(/^Web Shop TLS\/[0-9A-F]{40}$/),
      ]);
    });
  });

  test('of a list that is refused is AUTH_REFUSED, and nothing is listed as a whole', async () => {
    await withOctopusPair(async ({ source }) => {
      const scope = await scopeOf(source, ['Web Shop']);
      source.server.faults.add({ type: 'route', method: 'GET', path: '*/tagsets*', status: 403 });
      await expect(() => source.look(scope, 'listing')).toThrowCode('AUTH_REFUSED');
    });
  });
});

const kindOf = ({ kind }: SnapshotItem): string => kind;

describe('each query parameter changes the answer of the server', () => {
  const items = async ({ server }: Side, path: string) =>
    ((await ask(server, `/api/Spaces-1/${path}`)) as { Items: { Id: string }[] }).Items.map(({ Id }) => Id);
  test('skip, take and ids', async () => {
    await withOctopusPair(async ({ source }) => {
      expect(keyOf(source.server)).toBeTruthy();
      const all = await items(source, 'deploymentprocesses?take=1000');
      expect(await items(source, `deploymentprocesses?ids=${all[1] ?? ''},${all[2] ?? ''}`)).toEqual([all[1], all[2]]);
      expect(await items(source, 'environments?skip=1&take=2')).toHaveLength(2);
      const sets = (await ask(source.server, '/api/Spaces-1/variables/all')) as { Id: string }[];
      const one = (await ask(source.server, `/api/Spaces-1/variables/all?ids=${sets[0]!.Id}`)) as { Id: string }[];
      expect(sets.length).toBeGreaterThan(1);
      expect(one.map(({ Id }) => Id)).toEqual([sets[0]!.Id]);
    });
  });
});

describe('a server of an older release', () => {
  const page = (path: string, ...Items: Body[]): Exchange => ({
    request: { method: 'GET', path, query: { skip: '0', take: '100' } },
    response: { json: { ItemType: 'x', TotalResults: Items.length, ItemsPerPage: 100, Items, Links: {} } },
  });
  const links = { Self: '/api', Projects: '/api/projects{/id}{?skip,take}', Lifecycles: '/api/lifecycles{?skip,take}' };
  const root: Exchange = {
    request: { method: 'GET', path: '/api' },
    response: { json: { Application: 'Octopus Deploy', Version: '2018.6.1', ApiVersion: '3.0.0', Links: links } },
  };
  const project = {
    Id: 'Projects-1',
    Name: 'Web Shop',
    LifecycleId: 'Lifecycles-1',
    Description: null,
    LastModifiedOn: '2018-03-03T01:10:26.736+00:00',
    Links: { Self: '/api/projects/Projects-1', Channels: '/api/projects/Projects-1/channels{/id}{?skip,take}' },
  };
  const lifecycle = {
    Id: 'Lifecycles-1',
    Name: 'Default',
    Phases: [{ Id: 'p', Name: 'Live', IsOptionalPhase: false }],
    Links: {},
  };
  const channel = { Id: 'Channels-1', Name: 'Default', ProjectId: 'Projects-1', TenantTags: [], Links: {} };

  test('has no items of kinds that its links do not name', async () => {
    const script = [
      root,
      page('/api/projects', project),
      page('/api/lifecycles', lifecycle),
      page('/api/projects/Projects-1/channels', channel),
    ];
    await withOctopus(script, async ({ octopus }) => {
      const items: Record<string, Readonly<Record<string, Json>> | undefined> = {};
      for await (const item of octopus.snapshots!.take({ projects: ['web shop'] }, 'content', never)) {
        items[key(item)] = item.fields;
      }
      expect(items).toEqual({
        'project Web Shop': { LifecycleId: 'Default' },
        'channel Web Shop/Default': {},
        'lifecycle Default': { Phases: [{ IsOptionalPhase: false, Name: 'Live' }] },
      });
    });
  });

  test('that refuses a list it names is an error', async () => {
    const refused: Exchange = {
      request: { method: 'GET', path: '/api/lifecycles', query: { skip: '0', take: '100' } },
      response: { status: 404, json: { ErrorMessage: 'not found' } },
    };
    await withOctopus(
      [root, page('/api/projects', project), refused, page('/api/projects/Projects-1/channels', channel)],
      ({ octopus }) =>
        expect(async () => {
          for await (const item of octopus.snapshots!.take({ projects: ['Web Shop'] }, 'listing', never))
            expect(item).toBeDefined();
        }).toThrowCode('NOT_FOUND'),
    );
  });
});
