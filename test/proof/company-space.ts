// Puts a company into a space of an embedded server and reads one from it, by plain requests.
import type { RunningEmulator } from '../../src/emulators/index.ts';
import { keyOf } from '../support/octopus-api.ts';
import type { Company, Step, Variable } from './company.ts';

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
    all.map(({ name: Name, environments, value, account }) => ({
      Name,
      Value: account === undefined ? value : idOf('accounts', account),
      Type: account === undefined ? 'String' : 'UsernamePasswordAccount',
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
  await make('accounts', 'accounts', company.accounts, ({ text }) => ({
    ...{ AccountType: 'UsernamePassword', Username: text, Password: { HasValue: true, NewValue: 'a long secret' } },
  }));
  await make('templates', 'actiontemplates', company.templates, ({ text, version }) => ({
    ...{ ActionType: 'Octopus.Script', Version: version, Properties: { [scriptBody]: text } },
  }));
  await make('sets', 'libraryvariablesets', company.sets, ({ text }) => ({ Description: text }));
  for (const [one, { variables: all }] of Object.entries(company.sets))
    await fillSet(await call('GET', `libraryvariablesets/${idOf('sets', one)}`), all);
  await make('projects', 'projects', company.projects, ({ text, group, lifecycle, sets }) => ({
    Description: text,
    ProjectGroupId: idOf('groups', group),
    LifecycleId: idOf('lifecycles', lifecycle),
    IncludedLibraryVariableSetIds: sets.map((set) => idOf('sets', set)),
    TenantedDeploymentMode: 'TenantedOrUntenanted',
  }));
  const action = ({ name: Name, feed, template, environments, deploys }: Step): Json => ({
    Name,
    ActionType: deploys === undefined ? 'Octopus.Script' : 'Octopus.DeployRelease',
    Environments: environmentIds(environments),
    ...(feed === undefined ? {} : { Container: { Image: 'node', FeedId: idOf('feeds', feed) } }),
    Properties: {
      ...(template === undefined ? {} : { [templateId]: idOf('templates', template) }),
      ...(deploys === undefined ? {} : { [deployedId]: idOf('projects', deploys) }),
    },
    Packages: [],
  });
  for (const [one, { channels, variables: all, steps }] of Object.entries(company.projects)) {
    const project = await call('GET', `projects/${idOf('projects', one)}`);
    await fillSet(project, all);
    for (const [Name, lifecycle] of Object.entries(channels)) {
      const LifecycleId = lifecycle === null ? null : idOf('lifecycles', lifecycle);
      await call('POST', 'channels', { Name, ProjectId: id(project), LifecycleId });
    }
    const path = `deploymentprocesses/${String(project['DeploymentProcessId'])}`;
    const Steps = steps.map((step) => ({ Name: step.name, Properties: {}, Actions: [action(step)] }));
    await call('PUT', path, { ...(await call('GET', path)), Steps });
  }
  await make('tenants', 'tenants', company.tenants, ({ text, links }) => ({
    Description: text,
    ProjectEnvironments: Object.fromEntries(
      Object.entries(links).map(([project, all]) => [idOf('projects', project), environmentIds(all)]),
    ),
  }));
  return space;
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
  const variablesOf = async (owner: Json): Promise<readonly Variable[]> =>
    sortedVariables(
      listOf((await call('GET', `variables/${String(owner['VariableSetId'])}`))['Variables']).map((one) => ({
        name: String(one['Name']),
        environments: sorted((one['Scope'] as Json)['Environment']),
        ...(one['Type'] === 'String' ? { value: String(one['Value']) } : { value: '', account: nameOf(one['Value']) }),
      })),
    );
  const sets = new Map<unknown, readonly Variable[]>();
  for (const owner of [...lists.sets, ...lists.projects]) sets.set(owner['Id'], await variablesOf(owner));
  const steps = new Map<unknown, readonly Step[]>();
  for (const project of lists.projects) {
    const process = await call('GET', `deploymentprocesses/${String(project['DeploymentProcessId'])}`);
    steps.set(
      project['Id'],
      listOf(process['Steps']).map((step) => {
        const [action] = listOf(step['Actions']);
        const properties = action!['Properties'] as Json;
        const container = action!['Container'] as Json | null | undefined;
        return {
          name: String(step['Name']),
          environments: sorted(action!['Environments']),
          ...(typeof container?.['FeedId'] !== 'string' ? {} : { feed: nameOf(container['FeedId']) }),
          ...(properties[templateId] === undefined ? {} : { template: nameOf(properties[templateId]) }),
          ...(properties[deployedId] === undefined ? {} : { deploys: nameOf(properties[deployedId]) }),
        };
      }),
    );
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
    accounts: named(lists.accounts, (one) => ({ text: String(one['Username']) })),
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
    })),
    projects: named(lists.projects, (one) => ({
      text: text(one),
      group: nameOf(one['ProjectGroupId']),
      lifecycle: nameOf(one['LifecycleId']),
      sets: namesOf(one['IncludedLibraryVariableSetIds']),
      channels: channelsOf(one),
      variables: sets.get(one['Id'])!,
      steps: steps.get(one['Id'])!,
    })),
  };
}

export function sortedVariables(all: readonly Variable[]): readonly Variable[] {
  const key = ({ name, environments }: Variable) => `${name} ${environments.join()}`;
  return [...all].sort((one, other) => (key(one) < key(other) ? -1 : 1));
}
