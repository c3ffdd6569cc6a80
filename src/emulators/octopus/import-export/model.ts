// Documents of an export as the product's database holds them: their members, in their order.
import { asList, asObject, asObjects, isObject, type Json } from '../../shared/json.ts';
import type { Entry } from '../../shared/store.ts';
import { encryptUnlike, type MigrationKey } from '../migrations/encryption.ts';
import { withDefaults } from '../document-defaults.ts';
import { asText } from '../tolerant-json.ts';
import { isSealed, type Vault } from '../vault.ts';
import { idsIn, marked } from './ids.ts';

/** What a document shows that was never changed. */
export const neverModified = '0001-01-01T00:00:00+00:00';

/** Members in the order of a file. */
const orders: Readonly<Record<string, readonly string[]>> = {
  Projects: [
    ...['SpaceId', 'Id', 'Name', 'Slug', 'Description', 'ExecuteDeploymentsOnResilientPipeline', 'IsDisabled'],
    ...['VariableSetId', 'DeploymentProcessId', 'DeploymentSettingsId', 'ClonedFromProjectId', 'ProjectGroupId'],
    ...['LifecycleId', 'AutoCreateRelease', 'PersistenceSettings', 'DynamicEnvironmentSettings'],
    ...['DiscreteChannelRelease', 'IncludedLibraryVariableSetIds', 'UsedPackages', 'TenantedDeploymentMode'],
    ...['Templates', 'ReleaseCreationStrategy', 'AutoDeployReleaseOverrides', 'ExtensionSettings'],
    ...['AllowIgnoreChannelRules', 'LastModified'],
  ],
  ProjectGroups: ['Id', 'Name', 'Description', 'SpaceId'],
  Channels: [
    ...['SpaceId', 'Id', 'Name', 'Description', 'Slug', 'ProjectId', 'LifecycleId', 'IsDefault', 'TenantTags'],
    ...['Rules', 'GitReferenceRules', 'GitResourceRules', 'LastModified'],
  ],
  Environments: [
    ...['Type', 'Id', 'Name', 'Description', 'SortOrder', 'UseGuidedFailure', 'Slug', 'AllowDynamicInfrastructure'],
    ...['SpaceId', 'ExtensionSettings', 'LastModified'],
  ],
  Lifecycles: [
    ...['Id', 'Name', 'Description', 'Phases', 'ReleaseRetentionPolicy', 'TentacleRetentionPolicy', 'Slug', 'SpaceId'],
  ],
  LibraryVariableSets: [
    ...['Id', 'Name', 'Description', 'VariableSetId', 'SpaceId', 'ContentType', 'Templates', 'Version'],
  ],
  Variables: ['Id', 'OwnerId', 'OwnerType', 'Version', 'Variables', 'SpaceId', 'RelatedDocumentIds'],
  DeploymentProcesses: ['Id', 'OwnerId', 'Version', 'SpaceId', 'Steps'],
  Tenants: [
    ...['Id', 'Name', 'ProjectEnvironments', 'TenantTags', 'SpaceId', 'Slug', 'ClonedFromTenantId', 'Description'],
    ...['ProjectIds', 'LogoAttachmentKey', 'LogoAttachmentMimeType', 'LastModified'],
  ],
};

/** Members that only the database has, with what they are where nothing was changed. */
const inDatabase: Readonly<Record<string, Json>> = {
  Projects: {
    DynamicEnvironmentSettings: { ProvisioningRunbook: null, DeprovisioningRunbook: null },
    UsedPackages: [],
    AutoDeployReleaseOverrides: [],
    LastModified: neverModified,
  },
  Channels: { LastModified: neverModified },
  Environments: { Type: 'Static', LastModified: neverModified },
  LibraryVariableSets: { Version: 1 },
  Tenants: { LastModified: neverModified },
};

/** Documents of these kinds have no mark of change. */
const unmarkedKinds = new Set(['LibraryVariableSets', 'Variables', 'DeploymentProcesses', 'RunbookProcesses']);

const inPhase = [
  ...['Id', 'Name', 'AutomaticDeploymentTargets', 'OptionalDeploymentTargets', 'MinimumEnvironmentsBeforePromotion'],
  ...['IsOptionalPhase', 'IsPriorityPhase', 'ReleaseRetentionPolicy', 'TentacleRetentionPolicy'],
];
const inTemplate = ['Id', 'Name', 'Label', 'HelpText', 'DefaultValue', 'DisplaySettings'];

const ordered = (body: Json, names: readonly string[], otherwise: Json = {}): Record<string, unknown> =>
  Object.fromEntries(names.map((name) => [name, body[name] ?? otherwise[name] ?? null]));

const custom = /^[A-Za-z]+-\d+$/;

function variable(one: Json): Json {
  const id = asText(one['Id']);
  const scope = Object.entries(asObject(one['Scope'])).filter(([, values]) => asList(values).length > 0);
  return {
    // Ids of variables are not replaced. One that looks like an id of a document is marked as if it were one.
    Id: custom.test(id) ? marked(id) : id,
    Name: one['Name'] ?? null,
    Description: one['Description'] ?? null,
    Type: one['Type'],
    Value: one['Value'] ?? null,
    ...(isObject(one['Prompt']) ? { Prompt: one['Prompt'] } : {}),
    ...(scope.length === 0 ? {} : { Scope: Object.fromEntries(scope) }),
  };
}

/** The members that a kind keeps elsewhere or computes. */
function computed(kind: string, id: string, body: Json): Json {
  const parts = (name: string, names: readonly string[], otherwise: Json = {}) => ({
    [name]: asObjects(body[name]).map((one) => ordered(one, names, otherwise)),
  });
  if (kind === 'Projects') {
    const persistence = asObject(body['PersistenceSettings']);
    // Connections of GitHub Apps do not travel.
    const connected = asObject(persistence['Credentials'])['Type'] === 'GitHub';
    return {
      DeploymentSettingsId: `deploymentsettings-${id}`,
      PersistenceSettings: connected ? { ...persistence, Credentials: { Type: 'Anonymous' } } : persistence,
      ...parts('Templates', inTemplate, { DisplaySettings: {} }),
    };
  }
  if (kind === 'LibraryVariableSets') return parts('Templates', inTemplate, { DisplaySettings: {} });
  if (kind === 'Lifecycles') return parts('Phases', inPhase);
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
  const { kind, id } = entry;
  const plain = Object.fromEntries(
    Object.entries(withDefaults(kind, entry.body)).filter(
      ([name]) => !name.startsWith('$') && name !== 'Links' && name !== 'ScopeValues',
    ),
  );
  const body = { ...plain, ...computed(kind, id, plain) };
  const names = orders[kind];
  const { Id, Name, ...rest } = body as Record<string, unknown>;
  return names === undefined
    ? { Id, ...(Name === undefined ? {} : { Name }), ...rest }
    : ordered(body, names, inDatabase[kind]);
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

const inPolicy = ['SkipMachineBehavior', 'TargetRoles', 'AllowDeploymentsToNoTargets', 'ExcludeUnhealthyTargets'];

/** The settings of a project's deployments, which are members of the project here. */
export function deploymentSettings({ kind, id, container, body }: Entry): Json {
  const project = withDefaults(kind, body);
  return {
    SpaceId: container,
    ProjectId: id,
    Id: `deploymentsettings-${id}`,
    VersioningStrategy: ordered(asObject(project['VersioningStrategy']), ['DonorPackage', 'Template']),
    ReleaseNotesTemplate: project['ReleaseNotesTemplate'],
    DefaultToSkipIfAlreadyInstalled: project['DefaultToSkipIfAlreadyInstalled'],
    ConnectivityPolicy: ordered(asObject(project['ProjectConnectivityPolicy']), inPolicy),
    DeploymentChangesTemplate: project['DeploymentChangesTemplate'],
    DefaultGuidedFailureMode: project['DefaultGuidedFailureMode'],
    ForcePackageDownload: project['ForcePackageDownload'],
  };
}
