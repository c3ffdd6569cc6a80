// The types of documents in an export, and the kind of document that each of them is here.
import { asObject, asText } from '../../shared/json.ts';
import type { Entry } from '../../shared/store.ts';

/** Types that belong to no kind of their own here. */
export const settingsType = 'DeploymentSettings';
export const tenantVariableType = 'TenantVariable';
export const projectVariablesType = 'ProjectVariables';

const types: Readonly<Record<string, string>> = {
  Projects: 'Project',
  ProjectGroups: 'ProjectGroup',
  Channels: 'Channel',
  DeploymentProcesses: 'DeploymentProcess',
  Environments: 'StaticDeploymentEnvironment',
  Lifecycles: 'Lifecycle',
  LibraryVariableSets: 'LibraryVariableSet',
  Tenants: 'Tenant',
  Accounts: 'Account',
  Certificates: 'Certificate',
  WorkerPools: 'WorkerPool',
  ActionTemplates: 'ActionTemplate',
  CommunityActionTemplates: 'CommunityActionTemplate',
  GitCredentials: 'GitCredential',
  Teams: 'ConfigurableTeam',
  Releases: 'Release',
  Deployments: 'Deployment',
  Runbooks: 'Runbook',
  RunbookProcesses: 'RunbookProcess',
  RunbookSnapshots: 'RunbookSnapshot',
  RunbookRuns: 'RunbookRun',
  ServerTasks: 'ServerTask',
};

/** The kinds whose documents travel. What refers to others loses the reference. */
export const carriedKinds: ReadonlySet<string> = new Set([...Object.keys(types), 'Variables', 'Feeds']);

const kinds = new Map<string, string>([
  ...Object.entries(types).map(([kind, type]) => [type, kind] as const),
  [projectVariablesType, 'Variables'],
  ['LibraryVariables', 'Variables'],
]);

export function documentType({ kind, body }: Entry): string {
  if (kind === 'Feeds') return `${asText(body['FeedType'])}Feed`;
  if (kind !== 'Variables') return types[kind] ?? kind;
  return asText(asObject(body)['OwnerId']).startsWith('LibraryVariableSets-')
    ? 'LibraryVariables'
    : projectVariablesType;
}

/** Undefined for types that an import leaves out. */
export const kindOfType = (type: string): string | undefined =>
  kinds.get(type) ?? (/.Feed$/.test(type) ? 'Feeds' : undefined);

/** The server's model class as error texts name it. */
const models: Readonly<Record<string, string>> = {
  Project: 'Projects.Project',
  Channel: 'Projects.Channel',
  DeploymentProcess: 'Projects.DeploymentProcess',
  ProjectVariables: 'Variables.ProjectVariables',
  LibraryVariables: 'Variables.LibraryVariables',
  TenantVariable: 'Variables.TenantVariable',
  ActionTemplate: 'ActionTemplates.ActionTemplate',
};

export const modelOfType = (type: string): string => `Octopus.Core.Model.${models[type] ?? `${type}s.${type}`}`;

/** The order of documents in an export, as far as a real one shows it. */
const order: readonly string[] = [
  'Project',
  'ProjectGroup',
  'Channel',
  settingsType,
  'DeploymentProcess',
  projectVariablesType,
  'Runbook',
  'RunbookProcess',
  'StaticDeploymentEnvironment',
  'Lifecycle',
  'LibraryVariableSet',
  'LibraryVariables',
  'Tenant',
  tenantVariableType,
];

export const rankOfType = (type: string): number => (order.includes(type) ? order.indexOf(type) : order.length);
