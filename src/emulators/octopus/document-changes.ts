import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { isObject, type Json } from '../shared/json.ts';
import type { Entry, Store } from '../shared/store.ts';
import { artifactFile } from './artifacts.ts';
import { withCertificateMembers } from './certificate-members.ts';
import { defaultsOf } from './document-defaults.ts';
import { defaultSpace, newId, putDocument, slugOf, type Instance } from './instance.ts';
import type { Kind } from './kinds.ts';
import { invalid } from './refusal.ts';
import { sealed } from './sensitive.ts';
import { asText } from './tolerant-json.ts';
import { isSealed } from './vault.ts';

const article = (word: string) => (/^[aeiou]/i.test(word) ? 'An' : 'A');
const words = (kind: Kind) => kind.item.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();

/** The product cuts the blanks around a name. Look-ups cut them too. */
const trimmed = (body: Json): Json =>
  typeof body['Name'] === 'string' ? { ...body, Name: body['Name'].trim() } : body;

function asSent(kind: Kind, sent: Json, before: Json | undefined): Json {
  return kind.name === 'Certificates' ? withCertificateMembers(trimmed(sent), before) : trimmed(sent);
}

function checkName(store: Store, kind: Kind, space: string, body: Json, own: string | undefined): void {
  if (kind.match.by !== 'name') return;
  const name = body['Name'];
  if (typeof name !== 'string' || name.trim() === '') throw invalid(`Please provide a value for Name.`);
  const taken = store.named(kind.name, kind.scoped ? space : undefined, name);
  if (taken !== undefined && taken.id !== own) {
    const what = words(kind);
    throw invalid(`${article(what)} ${what} with this name already exists. Please choose a different name.`);
  }
}

const partLists = new Set(['Steps', 'Actions', 'Packages', 'Variables', 'Phases', 'Templates', 'Tags']);

/** Gives an id to the parts of a document that clients send without one, as the server does. */
function withPartIds(value: unknown, isPart = false): unknown {
  if (Array.isArray(value)) return value.map((one) => withPartIds(one, isPart));
  if (!isObject(value) || isSealed(value)) return value;
  const filled = Object.entries(value).map(([name, member]) => [
    name,
    withPartIds(member, Array.isArray(member) && partLists.has(name)),
  ]);
  const id = value['Id'];
  const missing = isPart && (id === undefined || id === null || id === '');
  return { ...Object.fromEntries(filled), ...(missing ? { Id: randomUUID() } : {}) };
}

function stored(instance: Instance, body: Json, before: Json | undefined): Record<string, unknown> {
  const kept = sealed(instance.vault, body, before) as Record<string, unknown>;
  const named = withPartIds(kept) as Record<string, unknown>;
  return Object.fromEntries(Object.entries(named).filter(([name]) => name !== 'Links' && name !== 'Id'));
}

const variableSet = (id: string, ownerId: string, space: string): Json => ({
  Id: id,
  OwnerId: ownerId,
  SpaceId: space,
  Version: 0,
  Variables: [],
  ScopeValues: {},
});

/** Gives a new project what each project has: a variable set, a process, a default channel. */
function furnishProject(store: Store, id: string, space: string): Json {
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
    Slug: 'default',
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

/** What the server gives to a new document of that type, besides what every document of the type has. */
function made(store: Store, kind: Kind, id: string, body: Json, space: string): Json {
  const slug = typeof body['Name'] === 'string' ? { Slug: slugOf(body['Name']) } : {};
  switch (kind.name) {
    case 'Projects':
      return {
        ...slug,
        IsVersionControlled: false,
        VersioningStrategy: {
          Template: '#{Octopus.Version.LastMajor}.#{Octopus.Version.LastMinor}.#{Octopus.Version.NextPatch}',
          DonorPackage: null,
        },
        ReleaseCreationStrategy: { ChannelId: null, ReleaseCreationPackage: null },
        ...furnishProject(store, id, space),
      };
    case 'LibraryVariableSets': {
      const VariableSetId = `variableset-${id}`;
      putDocument(store, 'Variables', variableSet(VariableSetId, id, space));
      return { VariableSetId };
    }
    case 'Environments':
      return { SortOrder: store.all('Environments', space).length, ...slug };
    case 'Lifecycles':
      return {};
    case 'Channels':
      return slug;
    default:
      return 'Name' in body && kind.match.by === 'name' ? { Description: null, ...slug } : {};
  }
}

export function createDocument(instance: Instance, kind: Kind, space: string, sent: Json): Entry {
  const { store } = instance;
  const body = asSent(kind, sent, undefined);
  checkName(store, kind, space, body, undefined);
  return store.atomically(() => {
    const id = newId(store, kind.name);
    const defaults = { ...defaultsOf(kind.name), ...made(store, kind, id, body, space) };
    // Clients send null for what the server shall choose.
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

/** Processes, variable sets and step templates count their writes. */
const countsWrites = (kind: Kind): boolean => kind.prefix !== undefined || kind.name === 'ActionTemplates';

/** Members that stay when a client leaves them out of a change. */
const serverOwned = new Set(['Slug', 'OwnerId', 'VariableSetId', 'DeploymentProcessId', 'RunbookProcessId']);

/**
 * Replaces a document. Sensitive values that the client does not set stay, and so do members that clients never see.
 */
export function replaceDocument(instance: Instance, kind: Kind, entry: Entry, given: Json): Entry {
  const space = entry.container ?? defaultSpace;
  const body = asSent(kind, given, entry.body);
  checkName(instance.store, kind, space, body, entry.id);
  const version = entry.body['Version'];
  const sent = body['Version'];
  if (kind.prefix !== undefined && typeof sent === 'number' && sent !== version) {
    throw invalid('The document was changed by somebody else since it was loaded. Please reload it and try again.');
  }
  const kept = Object.entries(entry.body).filter(
    ([name]) => name.startsWith('$') || (serverOwned.has(name) && asText(body[name]) === ''),
  );
  return putDocument(instance.store, kind.name, {
    Id: entry.id,
    ...stored(instance, body, entry.body),
    ...Object.fromEntries(kept),
    ...(kind.scoped ? { SpaceId: space } : {}),
    ...(countsWrites(kind) ? { Version: (typeof version === 'number' ? version : 0) + 1 } : {}),
  });
}

const ownedKinds = [
  'Channels',
  'Releases',
  'Deployments',
  'Runbooks',
  'RunbookProcesses',
  'RunbookSnapshots',
  'RunbookRuns',
  'ProjectTriggers',
  'DeploymentProcesses',
  'Variables',
];
const ownerMembers = ['ProjectId', 'OwnerId', 'ReleaseId', 'RunbookId'];

/** Removes a document and what belongs to it, the contents of an artifact included. */
export function deleteDocument(instance: Instance, entry: Entry): void {
  const { store } = instance;
  store.atomically(() => {
    for (const name of ownedKinds) {
      for (const one of store.all(name, entry.container)) {
        if (ownerMembers.some((member) => one.body[member] === entry.id)) store.remove(name, one.id);
      }
    }
    store.remove(entry.kind, entry.id);
  });
  const contents = artifactFile(instance, entry);
  if (contents !== undefined) rmSync(contents, { force: true });
}
