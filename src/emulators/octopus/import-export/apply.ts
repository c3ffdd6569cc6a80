// Puts the documents of an export into a space. The caller runs this inside one transaction or one trial.
import { asList, asObject, asObjects, type Json } from '../../shared/json.ts';
import type { Entry } from '../../shared/store.ts';
import { putDocument } from '../instance.ts';
import type { MigrationKey } from '../migrations/encryption.ts';
import { mergeVariables } from '../migrations/merge-variables.ts';
import { putTask } from '../tasks.ts';
import { asText } from '../tolerant-json.ts';
import type { ReadDocument } from './archive.ts';
import { settingsType, tenantVariableType } from './document-types.ts';
import { replaceMarked, unmarked } from './ids.ts';
import { failureAt, titleOf as title, type Placed, type Placement } from './place.ts';
import { resealed, restored, settingsOf } from './restore.ts';
import { refuseUnmapped } from './unmapped-ids.ts';

export interface ImportLine {
  readonly category: 'Info' | 'Warning';
  readonly text: string;
}

interface Importing extends Placement {
  readonly key: MigrationKey;
  readonly lines: ImportLine[];
  /** A certificate that is not made although the import says so. */
  readonly lost: string | undefined;
}

const say = ({ lines }: Importing, text: string, category: ImportLine['category'] = 'Info') =>
  lines.push({ category, text });

/** A document's model with the ids and the sensitive values of this server. */
function translated(state: Importing, document: ReadDocument): Json {
  const { instance, space, ids, key } = state;
  const own = (id: string) => ids.get(id) ?? (/^Spaces-\d+$/.test(unmarked(id)) ? space : undefined);
  const failed = () => {
    throw failureAt(`A sensitive value of ${title(document)} could not be decrypted.`, state, document);
  };
  return resealed(instance, key, replaceMarked(document.model, own), failed) as Json;
}

/** The connections that the export has and this server lacks. */
function withConnections(here: Json, there: Json): Json {
  const links = asObject(here['ProjectEnvironments']);
  const added = Object.entries(asObject(there['ProjectEnvironments'])).map(
    ([project, environments]) => [project, [...new Set([...asList(links[project]), ...asList(environments)])]] as const,
  );
  return { ...here, ProjectEnvironments: { ...links, ...Object.fromEntries(added) } };
}

/** A tenant is not connected to projects that were left alone. */
function connections({ skipped, ids }: Importing, model: Json): Json {
  const alone = new Set(skipped.map(({ id }) => ids.get(id)));
  const links = Object.entries(asObject(model['ProjectEnvironments'])).filter(([project]) => !alone.has(project));
  return { ...model, ProjectEnvironments: Object.fromEntries(links) };
}

/** A document that is here already. Returns what became of it. */
function meet(state: Importing, { document, kind, existing }: Placed, body: Json): string {
  const { store } = state.instance;
  if (existing === undefined) throw new Error('there is nothing to meet');
  if (kind.name === 'Variables') {
    const merged = mergeVariables(existing.body, body, false);
    putDocument(store, kind.name, merged.body);
    return `was merged: ${merged.added} added, ${merged.kept} kept`;
  }
  if (kind.name === 'Tenants') {
    putDocument(store, kind.name, withConnections(existing.body, body));
    return 'exists, and its connections were merged';
  }
  const newer = Number(document.model['Version'] ?? 0) > Number(existing.body['Version'] ?? 0);
  if (kind.name === 'ActionTemplates' && newer) {
    putDocument(store, kind.name, { ...existing.body, ...body, Id: existing.id, Name: existing.name });
    return `exists, and version ${asText(document.model['Version'])} was added`;
  }
  return 'exists and is used as it is';
}

function make(state: Importing, { kind, target }: Placed, body: Json): void {
  const { instance, space } = state;
  const complete = { ...body, Id: target, ...(kind.scoped || kind.name === 'Teams' ? { SpaceId: space } : {}) };
  if (kind.name === 'ServerTasks') putTask(instance, complete);
  else putDocument(instance.store, kind.name, complete);
}

function write(state: Importing, one: Placed): void {
  const { instance, space } = state;
  const { document, kind, existing, target } = one;
  const body = restored(instance, space, kind.name, translated(state, document));
  const own = kind.name === 'Tenants' ? connections(state, body) : body;
  if (existing !== undefined) {
    say(state, `${title(document)} ${meet(state, one, own)} (${existing.id})`);
    return;
  }
  const settings =
    kind.name === 'Projects'
      ? state.documents.find((other) => other.type === settingsType && other.model['ProjectId'] === document.id)
      : undefined;
  if (document.id !== state.lost) {
    make(state, one, settings === undefined ? own : { ...own, ...settingsOf(translated(state, settings)) });
  }
  say(state, `${title(document)} was imported as ${target}`);
}

/** The id of a template here. A variable set that was here has other ids for templates of the same name. */
function templateOf(state: Importing, owner: Entry, model: Json): string | undefined {
  const id = asText(model['VariableTemplateId']);
  const here = asObjects(owner.body['Templates']);
  if (here.some(({ Id }) => Id === id)) return id;
  const there = state.documents.find((one) => one.id === model['OwnerId'])?.model['Templates'];
  const name = asObjects(there).find(({ Id }) => Id === id)?.['Name'];
  const same = here.find(({ Name }) => name !== undefined && Name === name);
  return same === undefined ? undefined : asText(same['Id']);
}

/** The value that a tenant gives to a template, unless it has one here. */
function writeValue(state: Importing, document: ReadDocument): void {
  const { store } = state.instance;
  const model = translated(state, document);
  const tenant = store.get('Tenants', asText(model['TenantId']));
  const owner =
    store.get('Projects', asText(model['OwnerId'])) ?? store.get('LibraryVariableSets', asText(model['OwnerId']));
  if (tenant === undefined || owner === undefined) return;
  const template = templateOf(state, owner, { ...document.model, VariableTemplateId: model['VariableTemplateId'] });
  if (template === undefined) {
    const text = `A value of Tenant '${tenant.name}' was not imported: '${owner.name}' has no such template`;
    say(state, text, 'Warning');
    return;
  }
  const all = asObject(tenant.body['$variables']);
  const kept = asObject(all[owner.id]);
  const environment = model['EnvironmentId'];
  const own =
    typeof environment === 'string'
      ? { ...kept, [environment]: { [template]: model['Value'], ...asObject(kept[environment]) } }
      : { [template]: model['Value'], ...kept };
  putDocument(store, 'Tenants', { ...tenant.body, $variables: { ...all, [owner.id]: own } });
}

/** Tasks are listed by the environment of their deployment or run, which their own document does not name. */
function nameEnvironments({ instance, placed }: Importing): void {
  for (const { kind, target, existing } of placed) {
    if (!['Deployments', 'RunbookRuns'].includes(kind.name) || existing !== undefined) continue;
    const body = instance.store.get(kind.name, target)?.body;
    const task = instance.store.get('ServerTasks', asText(body?.['TaskId']));
    if (task !== undefined) putTask(instance, { ...task.body, $environmentId: body?.['EnvironmentId'] });
  }
}

/** Writes everything, or fails with TaskFailure. */
export function applyImport(placement: Placement, key: MigrationKey, losesCertificate: boolean): readonly ImportLine[] {
  const { placed, skipped, ignored, documents } = placement;
  const made = placed.filter(({ existing }) => existing === undefined);
  const certificate = made.find(({ kind }) => kind.name === 'Certificates');
  const state: Importing = {
    ...placement,
    key,
    lines: [],
    lost: losesCertificate ? certificate?.document.id : undefined,
  };
  const alone = new Set(skipped.map(({ id }) => id));
  const belongs = ({ model }: ReadDocument) =>
    !alone.has(asText(model['OwnerId'])) && !alone.has(asText(model['ProjectId']));
  const values = documents.filter((one) => one.type === tenantVariableType && belongs(one));
  const settings = documents.filter((one) => one.type === settingsType && belongs(one));
  const merged = placed.filter(
    ({ kind, existing }) => existing !== undefined && ['Variables', 'Tenants'].includes(kind.name),
  );
  refuseUnmapped(placement, [...[...made, ...merged].map(({ document }) => document), ...settings, ...values]);
  for (const { name } of skipped) {
    say(state, `Project '${name}' already exists in this space and was not imported`);
  }
  for (const one of ignored) {
    const plain = one.type === 'Machine' || one.type === 'Worker';
    say(state, `${title(one)} was not imported: its type does not travel`, plain ? 'Info' : 'Warning');
  }
  for (const one of placed) write(state, one);
  for (const one of values) writeValue(state, one);
  nameEnvironments(state);
  return state.lines;
}
