// What a server fills in where a client leaves a member out. One table for what clients see, for what is stored and for
// what an export holds: so a document is the same here and, after an export, on its target.
import { asObject, asObjects, isObject, type Json } from '../shared/json.ts';
import { asText } from './tolerant-json.ts';

export const forever = { Unit: 'Days', QuantityToKeep: 0, ShouldKeepForever: true };

/** Of a member that may be empty the value is null: it is named here all the same, because servers show it. */
const tables: Readonly<Record<string, Json>> = {
  Projects: {
    Description: null,
    ClonedFromProjectId: null,
    IsDisabled: false,
    PersistenceSettings: { Type: 'Database' },
    TenantedDeploymentMode: 'Untenanted',
    IncludedLibraryVariableSetIds: [],
    ReleaseNotesTemplate: null,
    DeploymentChangesTemplate: null,
    DefaultToSkipIfAlreadyInstalled: false,
    DefaultGuidedFailureMode: 'EnvironmentDefault',
    ForcePackageDownload: false,
    ProjectConnectivityPolicy: {
      SkipMachineBehavior: 'None',
      TargetRoles: [],
      AllowDeploymentsToNoTargets: false,
      ExcludeUnhealthyTargets: false,
    },
    Templates: [],
    AutoCreateRelease: false,
    DiscreteChannelRelease: false,
    AllowIgnoreChannelRules: false,
    ExtensionSettings: [],
  },
  Channels: {
    Description: null,
    LifecycleId: null,
    IsDefault: false,
    Rules: [],
    TenantTags: [],
    GitReferenceRules: [],
    GitResourceRules: [],
  },
  Environments: {
    Description: '',
    SortOrder: 0,
    UseGuidedFailure: false,
    AllowDynamicInfrastructure: false,
    ExtensionSettings: [],
  },
  Lifecycles: { Description: null, Phases: [], ReleaseRetentionPolicy: forever, TentacleRetentionPolicy: forever },
  LibraryVariableSets: { Description: null, ContentType: 'Variables', Templates: [] },
  ProjectGroups: { Description: null },
  Tenants: { Description: null, TenantTags: [], ProjectEnvironments: {}, ClonedFromTenantId: null },
  WorkerPools: { Description: null, WorkerPoolType: 'StaticWorkerPool', IsDefault: false },
  // Servers count the writes of a template.
  ActionTemplates: { Description: null, Version: 0 },
  Machines: {
    EnvironmentIds: [],
    Roles: [],
    TenantIds: [],
    TenantTags: [],
    IsDisabled: false,
    HealthStatus: 'Unknown',
  },
  Variables: { Version: 0, Variables: [] },
  DeploymentProcesses: { Version: 0, Steps: [] },
};

/** The parts of documents, by the member that lists them. */
const parts: Readonly<Record<string, Readonly<Record<string, Json>>>> = {
  Lifecycles: {
    Phases: {
      AutomaticDeploymentTargets: [],
      OptionalDeploymentTargets: [],
      MinimumEnvironmentsBeforePromotion: 0,
      IsOptionalPhase: false,
      IsPriorityPhase: false,
      ReleaseRetentionPolicy: null,
      TentacleRetentionPolicy: null,
    },
  },
  Variables: { Variables: { Description: null, Scope: {}, Prompt: null, IsEditable: true } },
};

export const defaultsOf = (kind: string): Json => tables[kind] ?? {};

/** A member that is null is left out, as far as clients are concerned. Objects are filled member by member. */
function filled(body: Json, defaults: Json): Json {
  const members = Object.entries(defaults).map(([name, otherwise]) => {
    const value = body[name] ?? otherwise;
    return [name, isObject(value) && isObject(otherwise) ? filled(value, otherwise) : value] as const;
  });
  return { ...body, ...Object.fromEntries(members) };
}

/** The type tells whether a variable is sensitive; older clients send the flag alone. */
function withType(variable: Json): Json {
  const Type = variable['Type'] ?? (variable['IsSensitive'] === true ? 'Sensitive' : 'String');
  return { ...variable, Type, IsSensitive: Type === 'Sensitive' };
}

/** A document with all that a server fills in. */
export function withDefaults(kind: string, body: Json): Json {
  const lists = Object.entries(parts[kind] ?? {}).map(
    ([name, defaults]) => [name, asObjects(body[name]).map((one) => filled(one, defaults))] as const,
  );
  const whole: Json = { ...filled(body, defaultsOf(kind)), ...Object.fromEntries(lists) };
  if (kind === 'Projects') {
    const type = asText(asObject(whole['PersistenceSettings'])['Type'], 'Database');
    return { ...whole, IsVersionControlled: type !== 'Database' };
  }
  return kind === 'Variables' ? { ...whole, Variables: asObjects(whole['Variables']).map(withType) } : whole;
}
