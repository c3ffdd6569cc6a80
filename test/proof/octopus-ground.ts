import { moved, withOctopusPair } from '../support/octopus-pair.ts';
import type { Random } from '../support/random.ts';
import type { Ground, Moved, Plant } from './ground.ts';
import { another, isMap, places, swapped, type Place } from './json-places.ts';
import { openTables, putRow, removeRow, rowsOf, type Json, type Row, type Tables } from '../support/tables.ts';

const space = 'Spaces-1';
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);
const mapsIn = (value: unknown): Json[] => listOf(value).filter(isMap);
const current = (row: Row): boolean => !row.id.includes('-s-');

const inSpace = (tables: Tables, kind: string): Row[] =>
  rowsOf(tables, 'kind = ? AND container = ?', kind, space).filter(current);

function addRow(tables: Tables, like: Row, id: string, body: Json & { Name?: string; Version?: string }): void {
  putRow(tables, { ...like, id, name: body.Name ?? body.Version ?? id, body: { ...like.body, ...body, Id: id } });
}

/** Ids that no sample has. */
let number = 9000;
const newId = (kind: string): string => `${kind}-${(number += 1)}`;

function scopeOf(tables: Tables, random: Random, project: string): Json {
  const idsOf = (kind: string, own = false): string[] =>
    inSpace(tables, kind).flatMap(({ id, body }) => (own && body['ProjectId'] !== project ? [] : [id]));
  const scope = {
    Environment: random.some(idsOf('Environments'), 3),
    Channel: random.some(idsOf('Channels', true), 1),
    Role: random.some(['web', 'db', 'cache', 'worker'], 2),
    TenantTag: random.some(['Tier/Gold', 'Tier/Silver'], 1),
  };
  return Object.fromEntries(Object.entries(scope).filter(([, values]) => values.length > 0 && random.chance(0.5)));
}

const variable = (name: string, value: unknown, scope: Json, random: Random): Json => ({
  Id: random.word(),
  Name: name,
  Value: value,
  Description: random.chance(0.5) ? random.word() : null,
  Scope: scope,
  IsEditable: true,
  Prompt: random.chance(0.2) ? { Label: random.word(), Required: random.chance(0.5) } : null,
  Type: isMap(value) ? 'Sensitive' : 'String',
  IsSensitive: isMap(value),
});

function fillVariables(tables: Tables, set: string, project: string, random: Random): void {
  const row = rowsOf(tables, "kind = 'Variables' AND id = ?", set)[0]!;
  const [sealed] = inSpace(tables, 'Accounts').flatMap(({ body }) =>
    Object.values(body).filter((value) => isMap(value) && '$sensitive' in value),
  );
  const variables = mapsIn(row.body['Variables']);
  for (let left = 1 + random.below(5); left > 0; left -= 1) {
    const name = random.chance(0.3) && variables.length > 0 ? String(random.pick(variables)['Name']) : random.word();
    const scope = scopeOf(tables, random, project);
    const taken = variables.some(
      (one) => one['Name'] === name && JSON.stringify(one['Scope']) === JSON.stringify(scope),
    );
    if (!taken) variables.push(variable(name, random.chance(0.2) ? sealed : random.word(), scope, random));
  }
  putRow(tables, { ...row, body: { ...row.body, Variables: variables } });
}

function stepsOf(tables: Tables, project: string, random: Random): Json[] {
  const environments = inSpace(tables, 'Environments').map(({ id }) => id);
  const channels = inSpace(tables, 'Channels').filter(({ body }) => body['ProjectId'] === project);
  return Array.from({ length: 1 + random.below(3) }, () => {
    const name = random.word();
    const action = (called: string): Json => ({
      Id: random.word(),
      Name: called,
      ActionType: 'Octopus.Script',
      IsDisabled: random.chance(0.2),
      Environments: random.some(environments, 2),
      ExcludedEnvironments: [],
      Channels: random.some(
        channels.map(({ id }) => id),
        1,
      ),
      TenantTags: random.some(['Tier/Gold', 'Tier/Silver'], 1),
      Packages: [],
      Properties: { 'Octopus.Action.Script.ScriptBody': random.word(), 'Octopus.Action.Script.Syntax': 'Bash' },
    });
    return {
      Id: random.word(),
      Name: name,
      Slug: name,
      PackageRequirement: 'LetOctopusDecide',
      Properties: { 'Octopus.Action.TargetRoles': random.pick(['web', 'db', 'web,db']) },
      Condition: random.pick(['Success', 'Always', 'Failure']),
      StartTrigger: 'StartAfterPrevious',
      Actions: [action(name), ...(random.chance(0.4) ? [action(random.word())] : [])],
    };
  });
}

/** Random content beside that of the sample: of each project, and of what projects share. */
function fill(tables: Tables, random: Random): readonly string[] {
  const [lifecycle] = inSpace(tables, 'Lifecycles').filter(({ body }) => listOf(body['Phases']).length > 1);
  const [set] = inSpace(tables, 'LibraryVariableSets');
  const environments = inSpace(tables, 'Environments');
  for (let left = random.below(3); left > 0; left -= 1) {
    const name = random.word();
    addRow(tables, random.pick(environments), newId('Environments'), {
      Name: name,
      Slug: name,
      Description: random.word(),
    });
  }
  const chosen = random.some(inSpace(tables, 'Projects'), 2);
  const projects = chosen.length > 0 ? chosen : [random.pick(inSpace(tables, 'Projects'))];
  for (const project of projects) {
    const { id } = project;
    const life = newId('Lifecycles');
    const lifeName = random.word();
    addRow(tables, lifecycle!, life, { Name: lifeName, Slug: lifeName, Description: random.word() });
    const library = newId('LibraryVariableSets');
    const libraryName = random.word();
    addRow(tables, set!, library, {
      Name: libraryName,
      Slug: libraryName,
      VariableSetId: `variableset-${library}`,
      Description: random.word(),
    });
    const variables = rowsOf(tables, "kind = 'Variables' AND id = ?", `variableset-${set!.id}`)[0]!;
    addRow(tables, { ...variables, name: libraryName }, `variableset-${library}`, { OwnerId: library, Variables: [] });
    fillVariables(tables, `variableset-${library}`, id, random);
    const [channel] = inSpace(tables, 'Channels').filter(({ body }) => body['ProjectId'] === id);
    for (let left = random.below(3); left > 0; left -= 1) {
      const Rules = random.chance(0.5)
        ? []
        : [{ VersionRange: `[${random.below(9)}.0,)`, Tag: random.word(), ActionPackages: [] }];
      addRow(tables, channel!, newId('Channels'), {
        Name: random.word(),
        IsDefault: false,
        LifecycleId: random.pick([life, null]),
        Rules,
      });
    }
    putRow(tables, {
      ...project,
      body: {
        ...project.body,
        Description: random.word(),
        LifecycleId: random.pick([life, project.body['LifecycleId']]),
        IncludedLibraryVariableSetIds: [...listOf(project.body['IncludedLibraryVariableSetIds']), library],
        DefaultToSkipIfAlreadyInstalled: random.chance(0.5),
        Templates: random.chance(0.5) ? [{ Id: random.word(), Name: random.word(), Label: random.word() }] : [],
      },
    });
    const [process] = rowsOf(tables, "kind = 'DeploymentProcesses' AND id = ?", `deploymentprocess-${id}`);
    putRow(tables, {
      ...process!,
      body: { ...process!.body, Steps: [...listOf(process!.body['Steps']), ...stepsOf(tables, id, random)] },
    });
    fillVariables(tables, `variableset-${id}`, id, random);
    for (let left = 1 + random.below(2); left > 0; left -= 1) {
      const runbook = newId('Runbooks');
      const Name = random.word();
      const RunbookProcessId = `RunbookProcess-${runbook}`;
      const base = { SpaceId: space, ProjectId: id };
      const of = (kind: string, row: string, name: string, body: Json): void =>
        putRow(tables, { kind, id: row, container: space, name, body: { ...base, ...body, Id: row } });
      of('RunbookProcesses', RunbookProcessId, RunbookProcessId, {
        OwnerId: runbook,
        RunbookId: runbook,
        Version: 1,
        Steps: stepsOf(tables, id, random),
      });
      of('Runbooks', runbook, Name, {
        Name,
        Slug: Name,
        Description: random.word(),
        RunbookProcessId,
        PublishedRunbookSnapshotId: null,
        MultiTenancyMode: 'Untenanted',
        EnvironmentScope: 'Specified',
        Environments: random.some(
          environments.map((one) => one.id),
          2,
        ),
      });
      const trigger = random.word();
      of('ProjectTriggers', newId('ProjectTriggers'), trigger, {
        Name: trigger,
        IsDisabled: random.chance(0.5),
        Description: random.word(),
        Filter: {
          FilterType: 'MachineFilter',
          EnvironmentIds: random.some(
            environments.map((one) => one.id),
            2,
          ),
          EventCategories: ['MachineHealthy'],
        },
        Action: { ActionType: 'AutoDeploy', ShouldRedeploy: true },
      });
    }
  }
  return projects.map(({ name }) => name);
}

/** Members that each server makes itself, or that no migration carries. */
const made =
  /^(?:\$.*|Id|SpaceId|OwnerId|ProjectId|RunbookId|Version|VariableSetId|DeploymentProcessId|RunbookProcessId|.*Snapshot.*|Assembled|ScopeValues|IsEditable|IsFrozen|Health.*|Status|ClonedFrom.*|Links)$/u;
const isId = (text: unknown): text is string => typeof text === 'string' && /^[A-Za-z]+-\d+$/u.test(text);

/** What a migration carries, with what belongs to one project only. */
const owned = ['Channels', 'Runbooks', 'ProjectTriggers', 'Releases'];
const parts = ['DeploymentProcesses', 'Variables', 'RunbookProcesses'];
const shared = [
  'Environments',
  'Lifecycles',
  'ProjectGroups',
  'LibraryVariableSets',
  'Tenants',
  'TagSets',
  'Accounts',
  'Certificates',
  'Machines',
];
const carried = ['Projects', ...owned, ...parts, ...shared];

export function withOctopusGround<T>(work: (ground: Ground) => Promise<T>): Promise<T> {
  return withOctopusPair(async (pair) => {
    const source = openTables(pair.source.directory);
    const target = openTables(pair.target.directory);
    // What has the name of something that arrives would stay as it is.
    target.run("DELETE FROM entries WHERE kind IN ('Environments', 'ProjectGroups')");
    const before = new Set(rowsOf(target).map(({ kind, id }) => `${kind} ${id}`));
    /** What the move has brought to the target. */
    const arrived = (...of: readonly string[]): Row[] =>
      rowsOf(target).filter((row) => of.includes(row.kind) && current(row) && !before.has(`${row.kind} ${row.id}`));
    /** Changes one place, of those that fit, in one document of these kinds. */
    const change = (
      of: readonly string[],
      random: Random,
      fits: (place: Place, row: Row) => boolean,
      to: (place: Place, row: Row) => unknown,
    ): string | undefined => {
      const found = arrived(...of).flatMap((row) =>
        places(row.body).flatMap((place) => (fits(place, row) ? [{ place, row }] : [])),
      );
      if (found.length === 0) return undefined;
      const { place, row } = random.pick(found);
      const value = to(place, row);
      place.set(value);
      putRow(target, row);
      return `${row.kind} ${row.name} ${place.path.join('.')}: ${JSON.stringify(place.value)?.slice(0, 200)} -> ${JSON.stringify(value)}`;
    };
    const last = ({ path }: Place): string => path.at(-1) ?? '';
    const clear = ({ path }: Place): boolean => path.every((key) => !made.test(key));
    const isSensitive = ({ path, value }: Place, row: Row): boolean =>
      row.kind === 'Variables' && path.length === 2 && isMap(value) && value['IsSensitive'] === true;
    const idsOf = (id: string): string[] =>
      rowsOf(target, 'kind = ? AND id <> ?', id.replace(/-\d+$/u, ''), id).map((row) => row.id);

    const plants: Plant[] = [
      {
        kind: 'an object removed',
        at: (random) => {
          const row = random.pick(
            arrived(...owned, 'Projects', 'Environments', 'Lifecycles', 'LibraryVariableSets', 'ProjectGroups'),
          );
          removeRow(target, row);
          return `${row.kind} ${row.name}`;
        },
      },
      {
        kind: 'a part removed',
        at: (random) =>
          change(
            carried,
            random,
            (place) =>
              clear(place) && /^\d+$/u.test(last(place)) && (isMap(place.value) || typeof place.value === 'string'),
            () => undefined,
          ),
      },
      {
        kind: 'a field changed',
        at: (random) =>
          change(
            carried,
            random,
            (place, row) =>
              (clear(place) || (row.kind === 'Releases' && last(place) === 'Version' && place.path.length > 1)) &&
              ['string', 'number', 'boolean'].includes(typeof place.value) &&
              !isId(place.value) &&
              place.value !== 'feeds-builtin' &&
              // The place among all environments or tag sets, which the comparison says that it cannot see.
              !(place.path.length === 1 && last(place) === 'SortOrder'),
            ({ value }) => another(value as string, random),
          ),
      },
      {
        kind: 'a scope changed',
        at: (random) =>
          change(
            [...parts, 'ProjectTriggers', 'Runbooks', 'Machines'],
            random,
            (place) =>
              /^(?:Environment|Channel|Role|TenantTag|Environments|Channels|EnvironmentIds|Roles|TenantTags)$/u.test(
                last(place),
              ) && listOf(place.value).length > 0,
            ({ value }) => listOf(value).slice(1),
          ),
      },
      {
        kind: 'a relation changed',
        at: (random) =>
          change(
            carried,
            random,
            (place) => clear(place) && isId(place.value) && idsOf(place.value).length > 0,
            ({ value }) => random.pick(idsOf(value as string)),
          ),
      },
      {
        kind: 'an order changed',
        at: (random) =>
          change(
            [...parts, 'Lifecycles', 'TagSets'],
            random,
            (place) => /^(?:Steps|Actions|Phases|Tags)$/u.test(last(place)) && listOf(place.value).length > 1,
            ({ value }) => swapped(listOf(value)),
          ),
      },
      {
        kind: 'a secret emptied',
        at: (random) =>
          change(
            ['Accounts', 'Certificates'],
            random,
            ({ value }) => isMap(value) && '$sensitive' in value,
            () => null,
          ),
      },
      {
        kind: 'a second copy',
        at: (random) => {
          const row = random.pick(arrived(...owned));
          addRow(target, row, newId(row.kind), row.kind === 'Releases' ? { Version: `${row.name}.1` } : {});
          return `${row.kind} ${row.name}`;
        },
      },
      {
        kind: 'a second copy',
        at: (random) =>
          change(
            ['Variables'],
            random,
            (place) => last(place) === 'Variables' && listOf(place.value).length > 0,
            ({ value }) => [...listOf(value), random.pick(listOf(value))],
          ),
      },
      {
        kind: 'another secret',
        blind: true,
        at: (random) =>
          change(
            ['Accounts', 'Certificates'],
            random,
            ({ value }) => isMap(value) && '$sensitive' in value,
            () => ({ $sensitive: 'AAAA|AAAA' }),
          ),
      },
      {
        kind: 'a secret emptied',
        blind: true,
        at: (random) =>
          change(['Variables'], random, isSensitive, ({ value }) => ({ ...(value as Json), Value: null })),
      },
    ];
    const move = async (random: Random): Promise<Moved> => {
      const projects = fill(source, random);
      await moved(pair, projects);
      return { projects, options: {} };
    };
    try {
      return await work({
        source: { name: 'lab', adapter: pair.source.adapter },
        target: { name: 'prod', adapter: pair.target.adapter },
        tables: [source, target],
        move,
        plants,
      });
    } finally {
      source.close();
      target.close();
    }
  }, false);
}
