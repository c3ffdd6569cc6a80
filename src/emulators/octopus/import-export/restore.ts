// Documents of an export as this server keeps them.
import { asObject, asObjects, isObject, type Json } from '../../shared/json.ts';
import type { Instance } from '../instance.ts';
import { decryptValue, type MigrationKey } from '../migrations/encryption.ts';
import { asText } from '../tolerant-json.ts';

/** Members that are computed, or that belong to the database alone. */
const database = ['DataVersion', 'LastModified'];
const dropped: Readonly<Record<string, readonly string[]>> = {
  Projects: [
    'DeploymentSettingsId',
    'ExecuteDeploymentsOnResilientPipeline',
    'DynamicEnvironmentSettings',
    'UsedPackages',
    'AutoDeployReleaseOverrides',
  ],
  Environments: ['Type'],
  Tenants: ['ProjectIds', 'LogoAttachmentKey', 'LogoAttachmentMimeType'],
  Variables: ['OwnerType', 'RelatedDocumentIds'],
  LibraryVariableSets: ['Version'],
};

const settingsMembers = [
  'VersioningStrategy',
  'ReleaseNotesTemplate',
  'DefaultToSkipIfAlreadyInstalled',
  'DeploymentChangesTemplate',
  'DefaultGuidedFailureMode',
  'ForcePackageDownload',
] as const;

/** The settings of a project's deployments as members of the project. */
export const settingsOf = (model: Json | undefined): Json =>
  model === undefined
    ? {}
    : {
        ...Object.fromEntries(settingsMembers.map((name) => [name, model[name] ?? null])),
        ProjectConnectivityPolicy: model['ConnectivityPolicy'] ?? null,
      };

const restoredVariable = (one: Json): Json => ({
  Scope: {},
  Prompt: null,
  IsEditable: true,
  ...one,
  IsSensitive: one['Type'] === 'Sensitive',
});

/** Steps that run on the server run on the default worker pool of Octopus Cloud, which has no server to run on. */
function onWorkers(steps: unknown, pool: string | undefined): unknown {
  return asObjects(steps).map((step) => ({
    ...step,
    Actions: asObjects(step['Actions']).map((action) => {
      const onServer = asText(asObject(action['Properties'])['Octopus.Action.RunOnServer']).toLowerCase() === 'true';
      return onServer && asText(action['WorkerPoolId']) === '' ? { ...action, WorkerPoolId: pool ?? null } : action;
    }),
  }));
}

/** The default worker pool of a space. */
const defaultPool = ({ store }: Instance, space: string) =>
  store.all('WorkerPools', space).find(({ body }) => body['IsDefault'] === true)?.id;

/** A document of a kind, its ids already those of this server. */
export function restored(instance: Instance, space: string, kind: string, model: Json): Json {
  const gone = new Set([...database, ...(dropped[kind] ?? [])]);
  const body: Json = Object.fromEntries(Object.entries(model).filter(([name]) => !gone.has(name)));
  switch (kind) {
    case 'Projects': {
      const type = asText(asObject(body['PersistenceSettings'])['Type'], 'Database');
      return { ...body, IsVersionControlled: type !== 'Database' };
    }
    case 'Variables':
      return { ...body, Variables: asObjects(body['Variables']).map(restoredVariable), ScopeValues: {} };
    case 'DeploymentProcesses':
    case 'RunbookProcesses': {
      const steps =
        instance.flavor === 'cloud' ? onWorkers(body['Steps'], defaultPool(instance, space)) : body['Steps'];
      return { ProjectId: body['OwnerId'], ...body, Steps: steps ?? [], LastSnapshotId: null };
    }
    case 'WorkerPools': {
      // Dynamic pools exist in Octopus Cloud alone.
      const dynamic = body['WorkerPoolType'] === 'DynamicWorkerPool' && instance.flavor !== 'cloud';
      return { ...body, IsDefault: false, ...(dynamic ? { WorkerPoolType: 'StaticWorkerPool' } : {}) };
    }
    case 'Teams':
      return { ...body, MemberUserIds: [], ExternalSecurityGroups: [] };
    default:
      return body;
  }
}

/** Encrypts sensitive values with this server's own key. `failed` is called for one that the password does not open. */
export function resealed(instance: Instance, key: MigrationKey, value: unknown, failed: () => void): unknown {
  if (Array.isArray(value)) return value.map((one) => resealed(instance, key, one, failed));
  if (!isObject(value)) return value;
  const seal = (text: string) => {
    const clear = decryptValue(key, text);
    if (clear !== undefined) return instance.vault.seal(clear);
    failed();
    return null;
  };
  if (typeof value['SensitiveValue'] === 'string' && Object.keys(value).length === 1)
    return seal(value['SensitiveValue']);
  const sensitive = value['Type'] === 'Sensitive' && typeof value['Value'] === 'string';
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      sensitive && name === 'Value' ? seal(String(member)) : resealed(instance, key, member, failed),
    ]),
  );
}
