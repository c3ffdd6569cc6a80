// Puts a company into a space of an embedded server and reads one from it, by plain requests.
import type { RunningEmulator } from '../../src/emulators/index.ts';
import { createHash } from 'node:crypto';
import { keyOf } from '../support/octopus-api.ts';
import { hidden, type Company, type Runbook, type Step, type Tenant, type Variable } from './company.ts';

type Json = Readonly<Record<string, unknown>>;
type Call = (method: string, path: string, body?: Json) => Promise<Json>;

/** Calls below a space; without one, below the server. */
function callsTo(server: RunningEmulator, space?: string): Call {
  return async (method, path, body) => {
    const answer = await fetch(`${server.url}/api/${space === undefined ? '' : `${space}/`}${path}`, {
      method,
      headers: { 'X-Octopus-ApiKey': keyOf(server), 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${String(answer.status)} ${text}`);
    return JSON.parse(text) as Json;
  };
}

const id = ({ Id }: Json): string => Id as string;
const listOf = (value: unknown): readonly Json[] => value as readonly Json[];
const scriptBody = 'Octopus.Action.Script.ScriptBody';
const templateId = 'Octopus.Action.Template.Id';
const deployedId = 'Octopus.Action.DeployRelease.ProjectId';

/** Makes a space of this name with the company in it, and returns its id. */
export async function spaceWith(server: RunningEmulator, name: string, company: Company): Promise<string> {
  const space = id(await callsTo(server)('POST', 'spaces', { Name: name }));
  const call = callsTo(server, space);
  const ids: Record<string, Record<string, string>> = {};
  const idOf = (kind: string, wanted: string): string => ids[kind]![wanted]!;
  for (const [kind, path] of [
    ['lifecycles', 'lifecycles'],
    ['groups', 'projectgroups'],
  ] as const) {
    const there = listOf(await call('GET', `${path}/all`));
    ids[kind] = Object.fromEntries(there.map((one) => [String(one['Name']), id(one)]));
  }
  const make = async <Thing>(
    kind: string,
    path: string,
    things: Readonly<Record<string, Thing>>,
    members: (thing: Thing) => Json,
  ): Promise<void> => {
    const own = (ids[kind] ??= {});
    for (const [Name, thing] of Object.entries(things)) {
      const known = own[Name];
      if (known === undefined) own[Name] = id(await call('POST', path, { Name, ...members(thing) }));
      else await call('PUT', `${path}/${known}`, { ...(await call('GET', `${path}/${known}`)), ...members(thing) });
    }
  };
  const environmentIds = (names: readonly string[]) => names.map((one) => idOf('environments', one));
  const variables = (all: readonly Variable[]) =>
    all.map(({ name: Name, environments, value, account, certificate, secret }) => ({
      Name,
      ...(account !== undefined
        ? { Type: 'UsernamePasswordAccount', Value: idOf('accounts', account) }
        : certificate !== undefined
          ? { Type: 'Certificate', Value: idOf('certificates', certificate) }
          : secret !== undefined
            ? { Type: 'Sensitive', IsSensitive: true, Value: secret }
            : { Type: 'String', Value: value }),
      Scope: environments.length === 0 ? {} : { Environment: environmentIds(environments) },
    }));
  const fillSet = async (owner: Json, all: readonly Variable[]): Promise<void> => {
    const path = `variables/${String(owner['VariableSetId'])}`;
    await call('PUT', path, { ...(await call('GET', path)), Variables: variables(all) });
  };
  await make('environments', 'environments', company.environments, ({ text }) => ({ Description: text }));
  await make('lifecycles', 'lifecycles', company.lifecycles, ({ text, phases }) => ({
    Description: text,
    Phases: phases.map((one) => ({ Name: one, OptionalDeploymentTargets: environmentIds([one]) })),
  }));
  await make('groups', 'projectgroups', company.groups, ({ text }) => ({ Description: text }));
  await make('feeds', 'feeds', company.feeds, ({ text }) => ({
    FeedType: 'Docker',
    FeedUri: `https://${text}.example`,
  }));
  await make('accounts', 'accounts', company.accounts, ({ text, secret }) => ({
    ...{ AccountType: 'UsernamePassword', Username: text, Password: { HasValue: true, NewValue: secret } },
  }));
  await make('certificates', 'certificates', company.certificates, ({ text }) => ({
    Notes: text,
    CertificateData: { HasValue: true, NewValue: Buffer.from(text).toString('base64') },
    Thumbprint: createHash('sha1').update(text).digest('hex').toUpperCase(),
  }));
  await make('pools', 'workerpools', company.pools, () => ({ WorkerPoolType: 'StaticWorkerPool' }));
  await make('templates', 'actiontemplates', company.templates, ({ text, version }) => ({
    ...{ ActionType: 'Octopus.Script', Version: version, Properties: { [scriptBody]: text } },
  }));
  await make('sets', 'libraryvariablesets', company.sets, ({ text }) => ({
    ...{ Description: text, Templates: [templateOf('Motto')] },
  }));
  for (const [one, { variables: all }] of Object.entries(company.sets))
    await fillSet(await call('GET', `libraryvariablesets/${idOf('sets', one)}`), all);
  await make('projects', 'projects', company.projects, ({ text, group, lifecycle, sets }) => ({
    Description: text,
    ProjectGroupId: idOf('groups', group),
    LifecycleId: idOf('lifecycles', lifecycle),
    IncludedLibraryVariableSetIds: sets.map((set) => idOf('sets', set)),
    TenantedDeploymentMode: 'TenantedOrUntenanted',
    Templates: [templateOf('Greeting'), templateOf('Pin', 'Sensitive')],
  }));
  const action = ({ name: Name, feed, template, pool, environments, deploys }: Step): Json => ({
    Name,
    ActionType: deploys === undefined ? 'Octopus.Script' : 'Octopus.DeployRelease',
    Environments: environmentIds(environments),
    ...(feed === undefined ? {} : { Container: { Image: 'node', FeedId: idOf('feeds', feed) } }),
    ...(pool === undefined ? {} : { WorkerPoolId: idOf('pools', pool) }),
    Properties: {
      ...(template === undefined ? {} : { [templateId]: idOf('templates', template) }),
      ...(deploys === undefined ? {} : { [deployedId]: idOf('projects', deploys) }),
    },
    Packages: [],
  });
  const fillProcess = async (path: string, steps: readonly Step[]): Promise<void> => {
    const Steps = steps.map((step) => ({ Name: step.name, Properties: {}, Actions: [action(step)] }));
    await call('PUT', path, { ...(await call('GET', path)), Steps });
  };
  for (const [one, { channels, variables: all, steps, runbooks }] of Object.entries(company.projects)) {
    const project = await call('GET', `projects/${idOf('projects', one)}`);
    await fillSet(project, all);
    for (const [Name, lifecycle] of Object.entries(channels)) {
      const LifecycleId = lifecycle === null ? null : idOf('lifecycles', lifecycle);
      await call('POST', 'channels', { Name, ProjectId: id(project), LifecycleId });
    }
    await fillProcess(`deploymentprocesses/${String(project['DeploymentProcessId'])}`, steps);
    for (const [Name, { text, steps: own }] of Object.entries(runbooks)) {
      const runbook = await call('POST', 'runbooks', { Name, Description: text, ProjectId: id(project) });
      await fillProcess(`runbookProcesses/${String(runbook['RunbookProcessId'])}`, own);
    }
  }
  for (const [one, { releases }] of Object.entries(company.projects)) {
    for (const Version of releases)
      await call('POST', 'releases', { ProjectId: idOf('projects', one), Version, SelectedPackages: [] });
  }
  await make('tenants', 'tenants', company.tenants, ({ text, links }) => ({
    Description: text,
    ProjectEnvironments: Object.fromEntries(
      Object.entries(links).map(([project, all]) => [idOf('projects', project), environmentIds(all)]),
    ),
  }));
  for (const [one, { values }] of Object.entries(company.tenants)) await fillValues(call, idOf('tenants', one), values);
  return space;
}

const templateOf = (Name: string, control = 'SingleLineText'): Json => ({
  ...{ Name, Label: Name, DisplaySettings: { 'Octopus.ControlType': control } },
});

type Values = Record<string, unknown>;

/** An owner of templates in the document of a tenant's variables. For projects values stand below the environment. */
interface ValueHolder {
  readonly Templates: readonly Json[];
  Variables: Record<string, Values> | Values;
}

interface ValueDocument {
  readonly ProjectVariables: Readonly<Record<string, ValueHolder & { readonly ProjectName: string }>>;
  readonly LibraryVariables: Readonly<Record<string, ValueHolder & { readonly LibraryVariableSetName: string }>>;
}

const holdersIn = (document: ValueDocument): ReadonlyMap<string, ValueHolder> =>
  new Map<string, ValueHolder>([
    ...Object.values(document.ProjectVariables).map((one) => [`project ${one.ProjectName}`, one] as const),
    ...Object.values(document.LibraryVariables).map((one) => [`set ${one.LibraryVariableSetName}`, one] as const),
  ]);

async function fillValues(call: Call, tenant: string, values: Tenant['values']): Promise<void> {
  const environments = new Map(
    listOf(await call('GET', 'environments/all')).map((one) => [String(one['Name']), id(one)] as const),
  );
  const document = (await call('GET', `tenants/${tenant}/variables`)) as Json & ValueDocument;
  const holders = holdersIn(document);
  for (const [owner, own] of Object.entries(values)) {
    const holder = holders.get(owner)!;
    for (const [place, value] of Object.entries(own)) {
      const [template = '', environment] = place.split('/');
      const key = id(holder.Templates.find(({ Name }) => Name === template)!);
      const given = template === 'Pin' ? { HasValue: true, NewValue: value } : value;
      const all = holder.Variables as Record<string, Values>;
      if (environment === undefined) (all as Values)[key] = given;
      else (all[environments.get(environment)!] ??= {})[key] = given;
    }
  }
  await call('PUT', `tenants/${tenant}/variables`, document);
}

const byName = <Thing>(all: readonly (readonly [string, Thing])[]): Record<string, Thing> =>
  Object.fromEntries([...all].sort(([one], [other]) => (one < other ? -1 : 1)));

/** Reads what is in the space. A reference that leads nowhere in the space shows as `nowhere`. */
export async function companyIn(server: RunningEmulator, space: string): Promise<Company> {
  const call = callsTo(server, space);
  const names = new Map<string, string>();
  const all = async (path: string): Promise<readonly Json[]> => {
    const found = listOf(await call('GET', `${path}/all`));
    for (const one of found) names.set(id(one), String(one['Name']));
    return found;
  };
  const nameOf = (wanted: unknown): string => names.get(String(wanted)) ?? `nowhere (${String(wanted)})`;
  const namesOf = (ids: unknown): string[] => ((ids ?? []) as string[]).map(nameOf);
  const sorted = (ids: unknown): string[] => namesOf(ids).sort();
  const text = ({ Description }: Json): string => (typeof Description === 'string' ? Description : '');
  const lists = {
    environments: await all('environments'),
    lifecycles: await all('lifecycles'),
    groups: await all('projectgroups'),
    feeds: (await all('feeds')).filter(({ FeedType }) => FeedType === 'Docker'),
    accounts: await all('accounts'),
    templates: await all('actiontemplates'),
    certificates: await all('certificates'),
    pools: (await all('workerpools')).filter(({ IsDefault }) => IsDefault !== true),
    sets: await all('libraryvariablesets'),
    projects: await all('projects'),
    tenants: await all('tenants'),
    channels: await all('channels'),
  };
  const named = <Thing>(things: readonly Json[], read: (one: Json) => Thing): Record<string, Thing> => {
    if (new Set(things.map(({ Name }) => Name)).size < things.length)
      throw new Error(`two of one name: ${things.map(({ Name }) => String(Name)).join()}`);
    return byName(things.map((one) => [String(one['Name']), read(one)] as const));
  };
  const valueOf = ({ Type, Value }: Json) => {
    if (Type === 'String') return { value: String(Value) };
    if (Type === 'Sensitive') return { value: '', secret: hidden };
    return { value: '', [Type === 'Certificate' ? 'certificate' : 'account']: nameOf(Value) };
  };
  const variablesOf = async (owner: Json): Promise<readonly Variable[]> =>
    sortedVariables(
      listOf((await call('GET', `variables/${String(owner['VariableSetId'])}`))['Variables']).map((one) => ({
        name: String(one['Name']),
        environments: sorted((one['Scope'] as Json)['Environment']),
        ...valueOf(one),
      })),
    );
  const sets = new Map<unknown, readonly Variable[]>();
  for (const owner of [...lists.sets, ...lists.projects]) sets.set(owner['Id'], await variablesOf(owner));
  const stepsOf = async (path: string): Promise<readonly Step[]> =>
    listOf((await call('GET', path))['Steps']).map((step) => {
      const [action] = listOf(step['Actions']);
      const properties = action!['Properties'] as Json;
      const container = action!['Container'] as Json | null | undefined;
      const pool = action!['WorkerPoolId'];
      return {
        name: String(step['Name']),
        environments: sorted(action!['Environments']),
        ...(typeof container?.['FeedId'] !== 'string' ? {} : { feed: nameOf(container['FeedId']) }),
        ...(properties[templateId] === undefined ? {} : { template: nameOf(properties[templateId]) }),
        ...(properties[deployedId] === undefined ? {} : { deploys: nameOf(properties[deployedId]) }),
        ...(typeof pool !== 'string' ? {} : { pool: nameOf(pool) }),
      };
    });
  const steps = new Map<unknown, readonly Step[]>();
  const runbooks = new Map<unknown, Record<string, Runbook>>();
  const releases = new Map<unknown, readonly string[]>();
  for (const project of lists.projects) {
    const below = `projects/${id(project)}`;
    steps.set(id(project), await stepsOf(`deploymentprocesses/${String(project['DeploymentProcessId'])}`));
    const own: [string, Runbook][] = [];
    for (const one of listOf((await call('GET', `${below}/runbooks`))['Items'])) {
      const itsSteps = await stepsOf(`runbookProcesses/${String(one['RunbookProcessId'])}`);
      own.push([String(one['Name']), { text: text(one), steps: itsSteps }]);
    }
    runbooks.set(id(project), byName(own));
    const made = listOf((await call('GET', `${below}/releases`))['Items']);
    releases.set(id(project), made.map(({ Version }) => String(Version)).sort());
  }
  const values = new Map<unknown, Tenant['values']>();
  for (const tenant of lists.tenants) {
    const document = (await call('GET', `tenants/${id(tenant)}/variables`)) as Json & ValueDocument;
    values.set(id(tenant), readValues(holdersIn(document), nameOf));
  }
  const channelsOf = (project: Json) =>
    named(
      lists.channels.filter(({ ProjectId, Name }) => ProjectId === project['Id'] && Name !== 'Default'),
      ({ LifecycleId }) => (typeof LifecycleId === 'string' ? nameOf(LifecycleId) : null),
    );
  return {
    environments: named(lists.environments, (one) => ({ text: text(one) })),
    lifecycles: named(lists.lifecycles, (one) => ({
      text: text(one),
      phases: listOf(one['Phases']).flatMap((phase) => namesOf(phase['OptionalDeploymentTargets'])),
    })),
    groups: named(lists.groups, (one) => ({ text: text(one) })),
    feeds: named(lists.feeds, (one) => ({ text: new URL(String(one['FeedUri'])).hostname.replace(/\.example$/, '') })),
    accounts: named(lists.accounts, (one) => ({ text: String(one['Username']), secret: hidden })),
    certificates: named(lists.certificates, (one) => ({ text: String(one['Notes']) })),
    pools: named(lists.pools, () => ({})),
    templates: named(lists.templates, (one) => ({
      text: String((one['Properties'] as Json)[scriptBody]),
      version: Number(one['Version']),
    })),
    sets: named(lists.sets, (one) => ({ text: text(one), variables: sets.get(one['Id'])! })),
    tenants: named(lists.tenants, (one) => ({
      text: text(one),
      links: byName(
        Object.entries(one['ProjectEnvironments'] as Json).map(([project, own]) => [nameOf(project), sorted(own)]),
      ),
      values: values.get(id(one))!,
    })),
    projects: named(lists.projects, (one) => ({
      text: text(one),
      group: nameOf(one['ProjectGroupId']),
      lifecycle: nameOf(one['LifecycleId']),
      sets: namesOf(one['IncludedLibraryVariableSetIds']),
      channels: channelsOf(one),
      variables: sets.get(one['Id'])!,
      steps: steps.get(one['Id'])!,
      runbooks: runbooks.get(one['Id'])!,
      releases: releases.get(one['Id'])!,
    })),
  };
}

function readValues(holders: ReadonlyMap<string, ValueHolder>, nameOf: (id: unknown) => string): Tenant['values'] {
  const shown = (value: unknown): string => (typeof value === 'string' ? value : hidden);
  const found: [string, Record<string, string>][] = [];
  for (const [owner, { Templates, Variables }] of holders) {
    const nameOfTemplate = (key: string): string => String(Templates.find(({ Id }) => Id === key)?.['Name']);
    const rows = (given: Json, tail: string): [string, string][] =>
      Object.entries(given).map(([key, value]) => [`${nameOfTemplate(key)}${tail}`, shown(value)]);
    const own = owner.startsWith('set ')
      ? rows(Variables, '')
      : Object.entries(Variables).flatMap(([environment, given]) => rows(given as Json, `/${nameOf(environment)}`));
    if (own.length > 0) found.push([owner, Object.fromEntries(own)]);
  }
  return Object.fromEntries(found);
}

export function sortedVariables(all: readonly Variable[]): readonly Variable[] {
  const key = ({ name, environments }: Variable) => `${name} ${environments.join()}`;
  return [...all].sort((one, other) => (key(one) < key(other) ? -1 : 1));
}
