// Decides for each document of an export what becomes of it here: made, used as it is, merged, or left out. Shared documents
// are the same when they have the same name. A project that is here already is left alone, with all that belongs to it.
import { asList, type Json } from '../../shared/json.ts';
import type { Entry } from '../../shared/store.ts';
import { newId, type Instance } from '../instance.ts';
import { kindNamed, kinds, type Kind } from '../kinds.ts';
import { TaskFailure } from '../task-queue.ts';
import { asText } from '../tolerant-json.ts';
import type { ReadDocument } from './archive.ts';
import { kindOfType, projectVariablesType, settingsType, tenantVariableType } from './document-types.ts';
import { marked, unmarked } from './ids.ts';

export interface Placed {
  readonly document: ReadDocument;
  readonly kind: Kind;
  readonly target: string;
  /** The document here that counts as the same. */
  readonly existing: Entry | undefined;
}

export interface Placement {
  readonly instance: Instance;
  readonly space: string;
  readonly documents: readonly ReadDocument[];
  /** The documents that are made, used or merged, in the order of an import. */
  readonly placed: readonly Placed[];
  /** The projects that are here already. */
  readonly skipped: readonly ReadDocument[];
  /** Documents of types that do not travel. */
  readonly ignored: readonly ReadDocument[];
  /** The id here, or null for what is left out, by the id in the export. */
  readonly ids: ReadonlyMap<string, string | null>;
}

/** Kinds that belong to one project. All others are shared. */
const projectKinds = new Set([
  'Channels',
  'DeploymentProcesses',
  'Variables',
  'Releases',
  'Deployments',
  'ServerTasks',
  'Runbooks',
  'RunbookProcesses',
  'RunbookSnapshots',
  'RunbookRuns',
]);

/** The id of the project that a document belongs to, as far as it belongs to one. */
const projectOf = ({ type, model }: ReadDocument): readonly string[] =>
  kindOfType(type) === undefined || projectKinds.has(kindOfType(type) ?? '')
    ? [asText(model['ProjectId']), asText(model['OwnerId'])]
    : [];

function twin(instance: Instance, space: string, kind: Kind, { model, name }: ReadDocument): Entry | undefined {
  const { store } = instance;
  if (kind.name === 'Teams') {
    const here = ({ body }: Entry) => (body['SpaceId'] ?? space) === space;
    return store.all('Teams').find((team) => here(team) && team.name.toLowerCase() === name.toLowerCase());
  }
  return store.named(kind.name, kind.scoped ? space : undefined, asText(model['Name'], name));
}

/** The ids of variable sets and processes contain the id of their owner; frozen ones add a suffix. */
function ownedId(prefix: string, { id }: ReadDocument, ids: ReadonlyMap<string, string | null>): string {
  const [, owner = '', tail = ''] = /^([A-Za-z]+-\d+)(.*)$/.exec(unmarked(id).slice(prefix.length)) ?? [];
  return `${prefix}${ids.get(marked(owner)) ?? owner}${tail}`;
}

export function place(instance: Instance, space: string, documents: readonly ReadDocument[]): Placement {
  const { store } = instance;
  const ids = new Map<string, string | null>();
  const byKind = new Map<string, ReadDocument[]>();
  const ignored: ReadDocument[] = [];
  for (const document of documents) {
    const kind = kindOfType(document.type);
    if (kind !== undefined) byKind.set(kind, [...(byKind.get(kind) ?? []), document]);
    else if (![settingsType, tenantVariableType].includes(document.type)) ignored.push(document);
    // What is not placed below is left out.
    ids.set(document.id, null);
  }
  const skipped = (byKind.get('Projects') ?? []).filter((one) => twin(instance, space, kindNamed('Projects'), one));
  const left = new Set(skipped.map(({ id }) => id));
  for (const one of skipped) ids.set(one.id, twin(instance, space, kindNamed('Projects'), one)?.id ?? null);
  const placed: Placed[] = [];
  for (const { name } of kinds) {
    const kind = kindNamed(name);
    for (const document of byKind.get(name) ?? []) {
      if (left.has(document.id) || projectOf(document).some((id) => left.has(id))) continue;
      const target = kind.prefix === undefined ? undefined : ownedId(kind.prefix, document, ids);
      const existing =
        target === undefined
          ? projectKinds.has(name)
            ? undefined
            : twin(instance, space, kind, document)
          : store.get(name, target);
      const id = target ?? existing?.id ?? newId(store, name);
      ids.set(document.id, id);
      placed.push({ document, kind, target: id, existing });
    }
  }
  return { instance, space, documents, placed, skipped, ignored, ids };
}

/** `Environment 'Production'`: what the product calls the type here, or the type of the export. */
export function titleOf({ type, name }: ReadDocument): string {
  const kind = kindOfType(type);
  return `${kind === undefined || kind === 'Variables' ? type : kindNamed(kind).item} '${name}'`;
}

/** A failure with the way to the document that it is about, in a line of its own, as the product writes it. */
export function failureAt(sentence: string, at: Pick<Placement, 'documents'>, document?: ReadDocument): TaskFailure {
  const about = document ?? at.documents.find(({ type }) => type === 'Project');
  return new TaskFailure(about === undefined ? sentence : `${sentence}\nReference path: ${pathTo(at, about)}`);
}

/** `Project 'P' => Tenant 'T'`: the way to a document from the project that brought it along. */
export function pathTo({ documents }: Pick<Placement, 'documents'>, document: ReadDocument): string {
  const { id, type, name, model } = document;
  const projects = documents.filter((one) => one.type === 'Project');
  const find = (wanted: unknown) => documents.find((one) => one.id === wanted);
  const step = (one: ReadDocument | undefined, what: string) => (one === undefined ? '' : ` => ${what} '${one.name}'`);
  const using = (test: (model: Json) => boolean) => projects.find((one) => test(one.model));
  const start = (project: ReadDocument | undefined) => `Project '${(project ?? projects[0])?.name ?? ''}'`;
  if (type === 'Project') return `Project '${name}'`;
  if (type === tenantVariableType || type === 'Tenant') {
    const tenant = type === 'Tenant' ? find(id) : find(model['TenantId']);
    const links = Object.keys((tenant?.model['ProjectEnvironments'] as Json | undefined) ?? {});
    return `${start(projects.find((one) => links.includes(one.id)))}${step(tenant, 'Tenant')}`;
  }
  const owner = find(model['OwnerId']);
  if (owner?.type === 'LibraryVariableSet') {
    const project = using((one) => asList(one['IncludedLibraryVariableSetIds']).includes(owner.id));
    return `${start(project)}${step(owner, 'Library Variable Set')}`;
  }
  const project = find(model['ProjectId']) ?? find(model['OwnerId']);
  if (type === projectVariablesType) return `${start(project)} => Project Variables`;
  if (type === settingsType) return `${start(project)} => Deployment Settings`;
  return `${start(project?.type === 'Project' ? project : undefined)} => ${titleOf(document)}`;
}
