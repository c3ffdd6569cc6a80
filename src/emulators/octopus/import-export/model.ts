// Documents of an export as the product's database holds them: their members, in their order.
import { asList, asObject, asObjects, isObject, type Json } from '../../shared/json.ts';
import type { Entry } from '../../shared/store.ts';
import { encryptUnlike, type MigrationKey } from '../migrations/encryption.ts';
import { asText } from '../tolerant-json.ts';
import { isSealed, type Vault } from '../vault.ts';
import { idsIn, marked } from './ids.ts';

/** What a document shows that was never changed. */
export const neverModified = '0001-01-01T00:00:00+00:00';

const forever = { Unit: 'Days', QuantityToKeep: 0, ShouldKeepForever: true };

/** Members in the order of a file, with the value of one that a document lacks. */
const shapes: Readonly<Record<string, Json>> = {
  Projects: {
    SpaceId: null,
    Id: null,
    Name: null,
    Slug: null,
    Description: null,
    ExecuteDeploymentsOnResilientPipeline: null,
    IsDisabled: false,
    VariableSetId: null,
    DeploymentProcessId: null,
    DeploymentSettingsId: null,
    ClonedFromProjectId: null,
    ProjectGroupId: null,
    LifecycleId: null,
    AutoCreateRelease: false,
    PersistenceSettings: { Type: 'Database' },
    DynamicEnvironmentSettings: { ProvisioningRunbook: null, DeprovisioningRunbook: null },
    DiscreteChannelRelease: false,
    IncludedLibraryVariableSetIds: [],
    UsedPackages: [],
    TenantedDeploymentMode: 'Untenanted',
    Templates: [],
    ReleaseCreationStrategy: null,
    AutoDeployReleaseOverrides: [],
    ExtensionSettings: [],
    AllowIgnoreChannelRules: false,
    LastModified: neverModified,
  },
  ProjectGroups: { Id: null, Name: null, Description: null, SpaceId: null },
  Channels: {
    SpaceId: null,
    Id: null,
    Name: null,
    Description: null,
    Slug: null,
    ProjectId: null,
    LifecycleId: null,
    IsDefault: false,
    TenantTags: [],
    Rules: [],
    GitReferenceRules: [],
    GitResourceRules: [],
    LastModified: neverModified,
  },
  Environments: {
    Type: 'Static',
    Id: null,
    Name: null,
    Description: '',
    SortOrder: 0,
    UseGuidedFailure: false,
    Slug: null,
    AllowDynamicInfrastructure: false,
    SpaceId: null,
    ExtensionSettings: [],
    LastModified: neverModified,
  },
  Lifecycles: {
    Id: null,
    Name: null,
    Description: null,
    Phases: [],
    ReleaseRetentionPolicy: forever,
    TentacleRetentionPolicy: forever,
    Slug: null,
    SpaceId: null,
  },
  LibraryVariableSets: {
    Id: null,
    Name: null,
    Description: null,
    VariableSetId: null,
    SpaceId: null,
    ContentType: 'Variables',
    Templates: [],
    Version: 1,
  },
  Variables: {
    Id: null,
    OwnerId: null,
    OwnerType: null,
    Version: 0,
    Variables: [],
    SpaceId: null,
    RelatedDocumentIds: [],
  },
  DeploymentProcesses: { Id: null, OwnerId: null, Version: 0, SpaceId: null, Steps: [] },
  Tenants: {
    Id: null,
    Name: null,
    ProjectEnvironments: {},
    TenantTags: [],
    SpaceId: null,
    Slug: null,
    ClonedFromTenantId: null,
    Description: null,
    ProjectIds: [],
    LogoAttachmentKey: null,
    LogoAttachmentMimeType: null,
    LastModified: neverModified,
  },
};

/** Documents of these kinds have no mark of change. */
const unmarkedKinds = new Set(['LibraryVariableSets', 'Variables', 'DeploymentProcesses', 'RunbookProcesses']);

const phase = {
  Id: null,
  Name: null,
  AutomaticDeploymentTargets: [],
  OptionalDeploymentTargets: [],
  MinimumEnvironmentsBeforePromotion: 0,
  IsOptionalPhase: false,
  IsPriorityPhase: false,
  ReleaseRetentionPolicy: null,
  TentacleRetentionPolicy: null,
};

const template = { Id: null, Name: null, Label: null, HelpText: null, DefaultValue: null, DisplaySettings: {} };

const ordered = (body: Json, shape: Json): Record<string, unknown> =>
  Object.fromEntries(Object.entries(shape).map(([name, otherwise]) => [name, body[name] ?? otherwise]));

const custom = /^[A-Za-z]+-\d+$/;

function variable(one: Json): Json {
  const id = asText(one['Id']);
  const scope = Object.entries(asObject(one['Scope'])).filter(([, values]) => asList(values).length > 0);
  return {
    // Ids of variables are not replaced. One that looks like an id of a document is marked as if it were one.
    Id: custom.test(id) ? marked(id) : id,
    Name: one['Name'] ?? null,
    Description: one['Description'] ?? null,
    Type: one['Type'] ?? 'String',
    Value: one['Value'] ?? null,
    ...(isObject(one['Prompt']) ? { Prompt: one['Prompt'] } : {}),
    ...(scope.length === 0 ? {} : { Scope: Object.fromEntries(scope) }),
  };
}

/** The members that a kind keeps elsewhere or computes. */
function computed({ kind, id, body }: Entry): Json {
  const parts = (name: string, shape: Json) => ({ [name]: asObjects(body[name]).map((one) => ordered(one, shape)) });
  if (kind === 'Projects') {
    const persistence = asObject(body['PersistenceSettings'] ?? { Type: 'Database' });
    // Connections of GitHub Apps do not travel.
    const connected = asObject(persistence['Credentials'])['Type'] === 'GitHub';
    return {
      DeploymentSettingsId: `deploymentsettings-${id}`,
      PersistenceSettings: connected ? { ...persistence, Credentials: { Type: 'Anonymous' } } : persistence,
      ...parts('Templates', template),
    };
  }
  if (kind === 'LibraryVariableSets') return parts('Templates', template);
  if (kind === 'Lifecycles') return parts('Phases', phase);
  if (kind === 'Tenants') return { ProjectIds: Object.keys(asObject(body['ProjectEnvironments'])) };
  if (kind !== 'Variables') return {};
  const variables = asObjects(body['Variables']);
  return {
    OwnerType: asText(body['OwnerId']).startsWith('Projects-') ? 'Project' : 'LibraryVariableSet',
    Variables: variables.map(variable),
    RelatedDocumentIds: [...new Set(variables.flatMap((one) => idsIn([one['Value'], one['Scope']])))],
  };
}

/** The members of a document in their order, its ids and sensitive values still as they are here. */
export function membersOf(entry: Entry): Json {
  const plain = Object.fromEntries(
    Object.entries(entry.body).filter(([name]) => !name.startsWith('$') && name !== 'Links' && name !== 'ScopeValues'),
  );
  const body = { ...plain, ...computed(entry) };
  const shape = shapes[entry.kind];
  const { Id, Name, ...rest } = body as Record<string, unknown>;
  return shape === undefined ? { Id, ...(Name === undefined ? {} : { Name }), ...rest } : ordered(body, shape);
}

/** Eight bytes that a database changes with each change of a row. */
export function withDataVersion(kind: string, model: Json, index: number): Json {
  if (unmarkedKinds.has(kind)) return model;
  const version = Buffer.alloc(8);
  version.writeUInt32BE(0x8_0000 + index, 4);
  return { ...model, DataVersion: version.toString('base64') };
}

/** Encrypts sensitive values: those of variables as texts, all others as `{ SensitiveValue }`. */
export function encrypted(vault: Vault, key: MigrationKey, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => encrypted(vault, key, one));
  if (!isObject(value)) return value;
  if (isSealed(value)) return { SensitiveValue: encryptUnlike(key, vault.reveal(value)) };
  // A sensitive member without a value.
  if (value['HasValue'] === false && Object.keys(value).every((name) => ['HasValue', 'NewValue'].includes(name)))
    return null;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      name === 'Value' && value['Type'] === 'Sensitive' && isSealed(member)
        ? encryptUnlike(key, vault.reveal(member))
        : encrypted(vault, key, member),
    ]),
  );
}

/** The settings of a project's deployments, which are members of the project here. */
export const deploymentSettings = ({ id, container, body }: Entry): Json => ({
  SpaceId: container,
  ProjectId: id,
  Id: `deploymentsettings-${id}`,
  VersioningStrategy: ordered(asObject(body['VersioningStrategy']), { DonorPackage: null, Template: null }),
  ReleaseNotesTemplate: body['ReleaseNotesTemplate'] ?? null,
  DefaultToSkipIfAlreadyInstalled: body['DefaultToSkipIfAlreadyInstalled'] ?? false,
  ConnectivityPolicy: ordered(asObject(body['ProjectConnectivityPolicy']), {
    SkipMachineBehavior: 'None',
    TargetRoles: [],
    AllowDeploymentsToNoTargets: false,
    ExcludeUnhealthyTargets: false,
  }),
  DeploymentChangesTemplate: body['DeploymentChangesTemplate'] ?? null,
  DefaultGuidedFailureMode: body['DefaultGuidedFailureMode'] ?? 'EnvironmentDefault',
  ForcePackageDownload: body['ForcePackageDownload'] ?? false,
});
