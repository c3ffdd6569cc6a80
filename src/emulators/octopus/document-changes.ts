import type { Body, Entry, Store } from '../store.ts';
import { defaultSpace, newId, putDocument, slugOf, wireDate, type Instance } from './instance.ts';
import type { Kind } from './kinds.ts';
import { invalid } from './refusal.ts';
import { sealed } from './sensitive.ts';

const article = (word: string) => (/^[aeiou]/i.test(word) ? 'an' : 'a');
const words = (kind: Kind) => kind.item.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();

function checkName(store: Store, kind: Kind, space: string, body: Body, own: string | undefined): void {
  if (kind.match.by !== 'name') return;
  const name = body['Name'];
  if (typeof name !== 'string' || name.trim() === '') throw invalid(`Please provide a value for Name.`);
  const taken = store.named(kind.name, kind.scoped ? space : undefined, name);
  if (taken !== undefined && taken.id !== own && !['Certificates'].includes(kind.name)) {
    throw invalid(
      `${article(words(kind)) === 'an' ? 'An' : 'A'} ${words(kind)} with this name already exists. Please choose a different name.`,
    );
  }
}

function stored(instance: Instance, body: Body, before: Body | undefined): Record<string, unknown> {
  const kept = sealed(instance.vault, body, before) as Record<string, unknown>;
  return Object.fromEntries(Object.entries(kept).filter(([name]) => name !== 'Links' && name !== 'Id'));
}

const variableSet = (id: string, ownerId: string, space: string): Body => ({
  Id: id,
  OwnerId: ownerId,
  SpaceId: space,
  Version: 0,
  Variables: [],
  ScopeValues: {},
});

/** Gives a new project what each project has: a variable set, a process, a default channel. */
function furnishProject(store: Store, id: string, space: string): Body {
  const parts = { VariableSetId: `variableset-${id}`, DeploymentProcessId: `deploymentprocess-${id}` };
  putDocument(store, 'Variables', variableSet(parts.VariableSetId, id, space));
  putDocument(store, 'DeploymentProcesses', {
    Id: parts.DeploymentProcessId,
    OwnerId: id,
    ProjectId: id,
    SpaceId: space,
    Version: 0,
    Steps: [],
    LastSnapshotId: null,
  });
  putDocument(store, 'Channels', {
    Id: newId(store, 'Channels'),
    Name: 'Default',
    Description: null,
    ProjectId: id,
    SpaceId: space,
    LifecycleId: null,
    IsDefault: true,
    Rules: [],
    TenantTags: [],
  });
  return parts;
}

/** What the server fills in itself when a document of that type is made. */
function defaultsOf(store: Store, kind: Kind, id: string, body: Body, space: string): Body {
  const slug = typeof body['Name'] === 'string' ? { Slug: slugOf(body['Name']) } : {};
  switch (kind.name) {
    case 'Projects':
      return {
        Description: null,
        ClonedFromProjectId: null,
        IsDisabled: false,
        ...slug,
        IsVersionControlled: false,
        PersistenceSettings: { Type: 'Database' },
        TenantedDeploymentMode: 'Untenanted',
        IncludedLibraryVariableSetIds: [],
        VersioningStrategy: {
          Template: '#{Octopus.Version.LastMajor}.#{Octopus.Version.LastMinor}.#{Octopus.Version.NextPatch}',
        },
        ...furnishProject(store, id, space),
      };
    case 'LibraryVariableSets': {
      const VariableSetId = `variableset-${id}`;
      putDocument(store, 'Variables', variableSet(VariableSetId, id, space));
      return { Description: null, ContentType: 'Variables', Templates: [], VariableSetId };
    }
    case 'Environments':
      return { Description: '', SortOrder: store.all('Environments', space).length, UseGuidedFailure: false, ...slug };
    case 'Lifecycles':
      return {
        Description: null,
        Phases: [],
        ReleaseRetentionPolicy: { Unit: 'Days', QuantityToKeep: 0, ShouldKeepForever: true },
      };
    case 'Tenants':
      return { Description: null, TenantTags: [], ProjectEnvironments: {}, ...slug };
    case 'Machines':
      return {
        EnvironmentIds: [],
        Roles: [],
        TenantIds: [],
        TenantTags: [],
        IsDisabled: false,
        HealthStatus: 'Unknown',
        ...slug,
      };
    case 'Releases':
      return { Assembled: wireDate(new Date()), ReleaseNotes: null, SelectedPackages: [] };
    case 'Deployments':
      return { Created: wireDate(new Date()), TenantId: null, Comments: null };
    default:
      return 'Name' in body && kind.match.by === 'name' ? { Description: null, ...slug } : {};
  }
}

export function createDocument(instance: Instance, kind: Kind, space: string, body: Body): Entry {
  const { store } = instance;
  if (kind.prefix !== undefined) throw invalid(`${kind.item} documents are made together with their owner.`);
  checkName(store, kind, space, body, undefined);
  return store.atomically(() => {
    const id = newId(store, kind.name);
    const defaults = defaultsOf(store, kind, id, body, space);
    // Clients send null for what they leave to the server.
    const given = Object.entries(stored(instance, body, undefined)).filter(
      ([name, value]) => value !== null || !(name in defaults),
    );
    return putDocument(store, kind.name, {
      Id: id,
      ...defaults,
      ...Object.fromEntries(given),
      ...(kind.scoped ? { SpaceId: space } : {}),
    });
  });
}

/** Replaces the whole document; sensitive values that are not given anew stay. */
export function replaceDocument(instance: Instance, kind: Kind, entry: Entry, body: Body): Entry {
  const space = entry.container ?? defaultSpace;
  checkName(instance.store, kind, space, body, entry.id);
  const version = entry.body['Version'];
  const sent = body['Version'];
  if (kind.prefix !== undefined && typeof sent === 'number' && sent !== version) {
    throw invalid('The document was changed by somebody else since it was loaded. Please reload it and try again.');
  }
  return putDocument(instance.store, kind.name, {
    Id: entry.id,
    ...stored(instance, body, entry.body),
    ...(kind.scoped ? { SpaceId: space } : {}),
    ...(kind.prefix !== undefined && typeof version === 'number' ? { Version: version + 1 } : {}),
  });
}

const ownedKinds = [
  'Channels',
  'Releases',
  'Deployments',
  'Runbooks',
  'ProjectTriggers',
  'DeploymentProcesses',
  'Variables',
];

/** Removes a document and what belongs to it. */
export function deleteDocument(instance: Instance, entry: Entry): void {
  const { store } = instance;
  store.atomically(() => {
    for (const name of ownedKinds) {
      for (const one of store.all(name, entry.container)) {
        if (
          one.body['ProjectId'] === entry.id ||
          one.body['OwnerId'] === entry.id ||
          one.body['ReleaseId'] === entry.id
        ) {
          store.remove(name, one.id);
        }
      }
    }
    store.remove(entry.kind, entry.id);
  });
}
