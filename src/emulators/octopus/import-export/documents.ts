// The documents of an export, ready to be written.
import { isObject, type Json } from '../../shared/json.ts';
import type { Entry, Store } from '../../shared/store.ts';
import { builtInFeed } from '../feed.ts';
import type { Instance } from '../instance.ts';
import { kindOfId } from '../kinds.ts';
import type { MigrationKey } from '../migrations/encryption.ts';
import { asText } from '../tolerant-json.ts';
import { isSealed } from '../vault.ts';
import type { ExportSet } from './collect.ts';
import { carriedKinds, documentType, rankOfType, settingsType, tenantVariableType } from './document-types.ts';
import { idsIn, marked, replaceIds, type OtherId } from './ids.ts';
import { deploymentSettings, encrypted, membersOf, neverModified, withDataVersion } from './model.ts';

export interface ExportDocument {
  /** With the suffix of exported ids, as `parent` is. */
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly parent: string | null;
  readonly model: Json;
}

/**
 * Marks the ids of what travels. What is here and does not travel is taken out. What is not here at all is marked too: the
 * server looks at the form of an id only, and the import finds it missing.
 */
function marking(store: Store, set: ExportSet, holder: string): OtherId {
  return (id) => {
    const kind = kindOfId(id)?.name;
    if (kind === 'Spaces' || set.entries.has(id)) return marked(id);
    if (kind !== undefined && !carriedKinds.has(kind)) return undefined;
    // Step templates in Git refer to credentials that do not come along, and so may values of tenants. Real servers write
    // the reference all the same.
    if (holder === tenantVariableType || (holder === 'ActionTemplates' && kind === 'GitCredentials')) return marked(id);
    return kind !== undefined && store.get(kind, id) !== undefined ? undefined : marked(id);
  };
}

/** In every space the built-in feed is also found by the id that it has in the default space. */
function withPlainFeed(value: unknown): unknown {
  if (typeof value === 'string') return /^feeds-builtin-Spaces-\d+$/.test(value) ? builtInFeed : value;
  if (Array.isArray(value)) return value.map(withPlainFeed);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withPlainFeed(member)]));
}

function nameOf({ kind, id, name, body }: Entry): string {
  if (kind === 'DeploymentProcesses' || kind === 'RunbookProcesses') return 'Deployment process';
  if (kind === 'Variables') return `Variables ${marked(id)}`;
  return typeof body['Name'] === 'string' || kind === 'Releases' ? name : marked(id);
}

/** Sorted as real exports are; the variables of a set follow the set. */
function sorted(documents: readonly ExportDocument[]): readonly ExportDocument[] {
  const position = new Map(documents.map(({ id }, index) => [id, index]));
  const key = ({ type, id, model }: ExportDocument): readonly [number, number, number] => {
    const ofSet = type === 'LibraryVariables';
    const owner = ofSet ? asText(model['OwnerId']) : id;
    return [rankOfType(ofSet ? 'LibraryVariableSet' : type), position.get(owner) ?? 0, ofSet ? 1 : 0];
  };
  return documents.toSorted((a, b) => {
    const [left, right] = [key(a), key(b)];
    return left[0] - right[0] || left[1] - right[1] || left[2] - right[2];
  });
}

export function documentsOf(instance: Instance, set: ExportSet, key: MigrationKey): readonly ExportDocument[] {
  const { store, vault } = instance;
  const modelOf = (holder: string, members: Json): Json =>
    encrypted(vault, key, withPlainFeed(replaceIds(members, marking(store, set, holder)))) as Json;
  const own = [...set.entries.values()].map((entry, index) => {
    const model = modelOf(entry.kind, membersOf(entry));
    const parent = entry.kind === 'Channels' ? marked(asText(entry.body['ProjectId'])) : null;
    const settings =
      entry.kind === 'Projects' ? { DeploymentSettingsId: marked(asText(model['DeploymentSettingsId'])) } : {};
    return {
      id: marked(entry.id),
      name: nameOf(entry),
      type: documentType(entry),
      parent,
      model: withDataVersion(entry.kind, { ...model, ...settings }, index),
    };
  });
  const settings = set.projects.map((project, index) => {
    const model = modelOf(project.kind, deploymentSettings(project));
    const [id, parent] = [marked(`deploymentsettings-${project.id}`), marked(project.id)];
    return {
      id,
      name: `Settings for project ${parent}`,
      type: settingsType,
      parent,
      model: withDataVersion(settingsType, { ...model, Id: id }, own.length + index),
    };
  });
  const values = set.values.map(({ tenant, owner, environment, template, value }, index) => {
    const id = marked(`TenantVariables-${index + 1}`);
    const related = isSealed(value) ? undefined : idsIn(value)[0];
    const model = modelOf(tenantVariableType, {
      TenantId: tenant.id,
      OwnerId: owner.id,
      OwnerType: owner.kind === 'Projects' ? 'Project' : 'LibraryVariableSet',
      EnvironmentId: environment ?? null,
      VariableTemplateId: template,
      SpaceId: tenant.container,
      Value: value,
      RelatedDocumentId: related ?? null,
      LastModified: neverModified,
    });
    return { id, name: id, type: tenantVariableType, parent: null, model: { Id: id, ...model } };
  });
  return sorted([...own, ...settings, ...values]);
}
