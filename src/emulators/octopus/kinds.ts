/** One type of document: its routes, the form of its ids, and its form in a package. */
export interface Kind {
  /** The key in the store and the folder in a migration package. */
  readonly name: string;
  /** Path segment below `/api`. */
  readonly route: string;
  /** The singular, as ItemType of collections; ids are `<name>-<number>` unless `prefix` says otherwise. */
  readonly item: string;
  readonly prefix?: string;
  /** Belongs to a space. */
  readonly scoped: boolean;
  /** Lists of the whole server and lists of a space hold what both have. */
  readonly mixed: boolean;
  /** The permissions to see and to change it. */
  readonly view: string;
  readonly edit: string;
  /** The server's model class, `$type` in packages. */
  readonly model: string;
  /**
   * How an import recognises that a document exists here: by its name in the space, or by the given properties. `none`:
   * an import never looks for one.
   */
  readonly match: Match;
  /** Which of the generic POST, PUT and DELETE exist: all, all but POST, or none. */
  readonly writing: Writing;
}

export type Match =
  { readonly by: 'name' } | { readonly by: 'properties'; readonly names: readonly string[] } | { readonly by: 'none' };

type Writing = 'all' | 'no-create' | 'none';

const byName: Match = { by: 'name' };
const byProperties = (...names: string[]): Match => ({ by: 'properties', names });
/** Types that a migration never contains. */
const local = { match: { by: 'none' } } as const;

interface Given {
  readonly item?: string;
  readonly prefix?: string;
  readonly route?: string;
  readonly scoped?: boolean;
  readonly mixed?: boolean;
  readonly area?: string;
  readonly view?: string;
  readonly edit?: string;
  readonly model?: string;
  readonly match?: Match;
  readonly writing?: Writing;
}

function kind(name: string, given: Given = {}): Kind {
  const item = given.item ?? name.replace(/s$/, '');
  const area = given.area ?? item;
  return {
    name,
    route: given.route ?? name.toLowerCase(),
    item,
    ...(given.prefix === undefined ? {} : { prefix: given.prefix }),
    scoped: given.scoped ?? true,
    mixed: given.mixed ?? false,
    view: given.view ?? `${area}View`,
    edit: given.edit ?? `${area}Edit`,
    model: `Octopus.Core.Model.${given.model ?? `${name}.${item}`}, Octopus.Core`,
    match: given.match ?? byName,
    writing: given.writing ?? (given.prefix === undefined ? 'all' : 'no-create'),
  };
}

/** In the order of an import: a type comes before the types that refer to it. */
export const kinds = [
  kind('Spaces', { scoped: false, writing: 'none' }),
  kind('ExtensionConfigurations', { scoped: false, area: 'Configure', edit: 'ConfigureServer', writing: 'none' }),
  kind('Environments', { model: 'Environments.DeploymentEnvironment' }),
  kind('MachinePolicies', { item: 'MachinePolicy', model: 'Machines.MachinePolicy' }),
  kind('WorkerPools'),
  kind('TagSets'),
  kind('Feeds', { match: byProperties('Name') }),
  kind('Lifecycles'),
  kind('ProjectGroups'),
  kind('Tenants'),
  kind('Certificates', { model: 'Certificates.Certificate', match: byProperties('Name', 'Thumbprint') }),
  kind('Accounts', { model: 'Accounts.Account' }),
  kind('Machines', { model: 'Machines.DeploymentTarget' }),
  kind('Workers', { area: 'Worker', model: 'Machines.Worker' }),
  kind('ActionTemplates'),
  kind('LibraryVariableSets'),
  kind('Projects'),
  kind('Channels', { area: 'Process', match: byProperties('ProjectId', 'Name') }),
  kind('DeploymentProcesses', {
    item: 'DeploymentProcess',
    prefix: 'deploymentprocess-',
    area: 'Process',
    model: 'Projects.DeploymentProcess',
    match: byProperties('OwnerId'),
  }),
  kind('Variables', {
    item: 'VariableSet',
    prefix: 'variableset-',
    area: 'Variable',
    model: 'Variables.VariableSet',
    match: byProperties('OwnerId'),
  }),
  kind('Releases', { match: byProperties('ProjectId', 'Version'), writing: 'no-create' }),
  kind('Deployments', {
    match: byProperties('ReleaseId', 'EnvironmentId', 'TenantId', 'Created'),
    writing: 'no-create',
  }),
  kind('ServerTasks', {
    item: 'Task',
    area: 'Task',
    model: 'Tasks.ServerTask',
    match: { by: 'none' },
    writing: 'none',
  }),
  kind('Runbooks', { match: byProperties('ProjectId', 'Name'), writing: 'no-create' }),
  kind('RunbookProcesses', {
    item: 'RunbookProcess',
    prefix: 'RunbookProcess-',
    area: 'Runbook',
    model: 'Runbooks.RunbookProcess',
    match: byProperties('OwnerId'),
  }),
  kind('RunbookSnapshots', { area: 'Runbook', match: byProperties('RunbookId', 'Name'), writing: 'no-create' }),
  kind('RunbookRuns', { ...local, view: 'RunbookRunView', edit: 'RunbookRunCreate', writing: 'none' }),
  kind('ProjectTriggers', { area: 'Trigger', match: byProperties('ProjectId', 'Name') }),
  kind('Artifacts', local),
  kind('BuildInformation', {
    ...local,
    route: 'build-information',
    area: 'BuildInformation',
    edit: 'BuildInformationAdminister',
    writing: 'no-create',
  }),
  kind('Interruptions', { ...local, writing: 'none' }),
  kind('Proxies', { item: 'Proxy' }),
  kind('GitCredentials', { route: 'git-credentials' }),
  kind('Subscriptions'),
  kind('Events', { ...local, mixed: true, writing: 'none' }),
  kind('Users', { scoped: false, view: 'UserView', edit: 'UserEdit', writing: 'none' }),
  kind('Teams', { scoped: false, mixed: true, writing: 'none' }),
  kind('UserRoles', { scoped: false, writing: 'none' }),
  kind('ScopedUserRoles', { ...local, scoped: false, mixed: true, area: 'Team', writing: 'none' }),
  kind('CommunityActionTemplates', { scoped: false, view: 'ActionTemplateView', writing: 'none' }),
] as const satisfies readonly Kind[];

const byKindName = new Map<string, Kind>(kinds.map((one) => [one.name, one]));

export function kindNamed(name: string): Kind {
  const found = byKindName.get(name);
  if (found === undefined) throw new Error(`there is no document type ${name}`);
  return found;
}

const numbered = new RegExp(`^(?:${kinds.map(({ name }) => name).join('|')}|ActionTemplateVersions)-\\d+$`);
const owned = /^(?:variableset|deploymentprocess|RunbookProcess)-[A-Za-z]+-\d+(?:-s-\d+-[A-Z0-9]+)?$/;

/** True for texts that have the form of a document id, even when there is no such document. */
export const looksLikeId = (text: string): boolean => text.length < 120 && (numbered.test(text) || owned.test(text));

/** The type of a document, from the form of its id. Undefined for types that this server does not have. */
export function kindOfId(id: string): Kind | undefined {
  const special = kinds.find((one: Kind) => one.prefix !== undefined && id.startsWith(one.prefix));
  return special ?? byKindName.get(id.slice(0, id.lastIndexOf('-')));
}
