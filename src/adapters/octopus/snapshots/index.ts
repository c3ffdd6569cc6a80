import type { Options } from '../../../ports/options.ts';
import type { Depth, Named, Scope, SnapshotItem, Snapshots } from '../../../ports/snapshot.ts';
import { flagOf } from '../../shared/option-values.ts';
import type { Server } from '../server.ts';
import { carried, isFields, listOf, markOf, type NameOf } from './carried-fields.ts';
import { onlyLinkedTo, usedBy, type Shared } from './used-documents.ts';
import { sharedLists } from './list-paths.ts';
import { remove } from './remove.ts';
import { scopeText } from './variable-name.ts';
import {
  idOf,
  nameIn,
  openSpace,
  plainName,
  type Document,
  type ProjectContent,
  type SpaceReader,
} from './space-content.ts';

/** The options of an export that leave documents out, with the kinds that they leave out. */
const leftOut: Readonly<Record<string, readonly string[]>> = {
  ignoreCertificates: ['certificate'],
  ignoreMachines: ['machine', 'worker'],
  ignoreTenants: ['tenant'],
};

/** The scope of an export of these projects. */
export function scopeOf(projects: readonly string[], options: Options): Scope {
  return { projects, ...Object.fromEntries(Object.keys(leftOut).map((name) => [name, flagOf(options, name)])) };
}

/**
 * The scope of an import: the projects, the rows of all other projects, and all that projects of the space share,
 * whether these projects use it yet or not. So what an import finds on the target does not look as if it had made it.
 */
export function importScopeOf(projects: readonly string[], exportedWith: Options): Scope {
  return { ...scopeOf(projects, exportedWith), space: true };
}

/** What Export/Import never brings along. */
const leftBehind = ['machine', 'worker', 'machine-policy', 'proxy', 'tag-set', 'trigger'];

/**
 * Part of the scope of what travels by Export/Import. It finds everything by its name, certificates too. Environments do
 * not come along for the sake of the default lifecycle.
 */
export const byExportImport = { via: 'export-import' };

const isByExportImport = (scope: Scope): boolean => scope['via'] === byExportImport.via;

export const isDefaultLifecycle = (kind: string, { Name = '' }: Document): boolean =>
  kind === 'lifecycle' && /^default lifecycle$/i.test(Name);

export function createSnapshots(server: Server, way: Scope = {}): Snapshots {
  return {
    blind: {
      listing: [
        'releases, deployments and their task logs are not looked at',
        'a process or variables that a project keeps in Git are not looked at',
        'what is in another space than that of the instance is not looked at',
        'values that tenants give to variable templates are not looked at',
        'a new secret in place of an old one shows no change, unless the server counts the write (variable sets)',
      ],
      content: [
        'deployments, snapshots of runbooks and task logs are not compared',
        'a process or variables that a project keeps in Git are not compared',
        'what is in another space than that of the instance is not compared',
        'values that tenants give to variable templates are not compared',
        'the values of secrets are not compared; of a sensitive variable not even whether it has one',
        'the places of environments and tag sets in their lists, and slugs that servers make of names, are not compared',
        'subscriptions, teams, logos and community step templates are not compared',
        ...(isByExportImport(way)
          ? [
              'deployment targets, workers, machine policies, proxies and triggers never travel, tag sets may not: none is compared',
            ]
          : []),
      ],
    },
    scopeOf: (projects, options) => Promise.resolve({ ...scopeOf(projects, options), ...way }),
    take: (scope, depth, signal) => take(server, scope, depth, signal),
    remove: (_, items, signal) => remove(server, items, signal),
  };
}

async function* take(server: Server, scope: Scope, depth: Depth, signal: AbortSignal): AsyncIterable<SnapshotItem> {
  const whole = scope['space'] === true;
  const byName = isByExportImport(scope);
  // The result of an import tells all that changed, also what nobody expects to.
  const omitted = [
    ...Object.entries(leftOut).flatMap(([name, kinds]) => (scope[name] === true ? kinds : [])),
    ...(byName && !whole ? leftBehind : []),
  ];
  const kinds = Object.keys(sharedLists).filter((kind) => !omitted.includes(kind));
  const nameOfShared = byName ? (_: string, document: Document) => plainName(document) : nameIn;
  const reader = await openSpace(server, { kinds, ahead: whole }, signal);
  const names = listOf(scope['projects']).filter((name) => typeof name === 'string');
  const wanted = reader.wanted(names);
  if (wanted.length === 0 && !whole) return;

  const [shared, first] = await Promise.all([reader.shared(), reader.contents(wanted)]);
  const sets = shared.get('variable-set') ?? [];
  const { contents, used, variables } = await follow(
    reader,
    shared,
    first,
    whole ? sets : undefined,
    byName ? isDefaultLifecycle : undefined,
  );
  const shown = (document: Document): boolean => whole || used.has(document.Id);

  const nameOf = namesOf(reader.projects, shared, contents, nameOfShared);
  const item = items(depth, nameOf);
  const chosen = new Set(contents.map(({ project }) => project.Id));
  for (const content of contents) yield* projectItems(content, item, nameOf, omitted);
  for (const project of whole ? reader.projects : []) {
    if (!chosen.has(project.Id)) yield item('project', nameIn('project', project), project);
  }
  for (const [kind, documents] of shared) {
    for (const document of documents.filter(shown)) {
      const own = kind === 'tenant' ? onlyLinkedTo(document, chosen) : document;
      const name = nameOfShared(kind, document);
      yield item(kind, name, own);
      const set = kind === 'variable-set' ? variables.get(idOf(document, 'VariableSetId')) : undefined;
      if (set !== undefined) yield* variableItems('set-variable', name, set, item.of({ kind, name }), nameOf);
    }
  }
  if (depth === 'listing' && scope['releases'] !== true) return;
  for (const { project } of contents) {
    const part = item.of({ kind: 'project', name: nameIn('project', project) });
    for await (const release of reader.releases(project)) {
      yield part('release', `${nameIn('project', project)}/${idOf(release, 'Version')}`, release);
    }
  }
}

interface Followed {
  readonly contents: readonly ProjectContent[];
  readonly used: ReadonlySet<string>;
  readonly variables: ReadonlyMap<string, Document>;
}

/**
 * Reads further projects and library sets as long as what was read refers to more of them. With `all` library sets,
 * projects are not followed: then the list of projects shows them, before and after an import alike.
 */
async function follow(
  reader: SpaceReader,
  shared: Shared,
  first: readonly ProjectContent[],
  all: readonly Document[] | undefined,
  alone: ((kind: string, document: Document) => boolean) | undefined,
): Promise<Followed> {
  const sets = shared.get('variable-set') ?? [];
  let contents = first;
  let variables: ReadonlyMap<string, Document> = new Map();
  for (;;) {
    const variablesOf = (set: Document) => variables.get(idOf(set, 'VariableSetId'));
    const used = usedBy(contents, shared, reader.projects, variablesOf, alone);
    const wantedSets = [...new Set([...(all ?? []), ...sets.filter(({ Id }) => used.shared.has(Id))])]
      .map((set) => idOf(set, 'VariableSetId'))
      .filter((id) => id !== '' && !variables.has(id));
    const read = new Set(contents.map(({ project }) => project.Id));
    const wantedProjects = reader.projects.filter(
      ({ Id }) => all === undefined && used.projects.has(Id) && !read.has(Id),
    );
    if (wantedSets.length === 0 && wantedProjects.length === 0) return { contents, used: used.shared, variables };
    const [moreVariables, moreContents] = await Promise.all([
      reader.variableSets(wantedSets),
      reader.contents(wantedProjects),
    ]);
    // A set that the server does not show is not asked for again.
    variables = new Map([...variables, ...wantedSets.map((id) => [id, emptySet(id)] as const), ...moreVariables]);
    contents = [...contents, ...moreContents];
  }
}

const emptySet = (id: string): Document => ({ Id: id, Name: undefined, Links: {} });

type MakePart = (
  kind: string,
  name: string,
  document: Document | Readonly<Record<string, unknown>>,
  parts?: readonly (Document | undefined)[],
) => SnapshotItem;

interface MakeItem extends MakePart {
  /** Makes the parts of a thing. */
  of(whole: Named): MakePart;
}

/** Makes items. A second one of the same kind and name is told apart by a number. */
function items(depth: Depth, nameOf: NameOf): MakeItem {
  const taken = new Map<string, number>();
  const make: MakePart = (kind, name, document, parts = []) => {
    const key = JSON.stringify([kind, name]);
    const count = (taken.get(key) ?? 0) + 1;
    taken.set(key, count);
    return {
      kind,
      name: count === 1 ? name : `${name} (${count})`,
      mark: markOf(document, ...parts),
      ...(depth === 'content' ? { fields: carried(document, nameOf) } : {}),
    };
  };
  const of =
    (whole: Named): MakePart =>
    (...made) => ({ ...make(...made), of: whole });
  return Object.assign(make, { of });
}

function* projectItems(
  content: ProjectContent,
  item: MakeItem,
  nameOf: NameOf,
  omitted: readonly string[],
): Generator<SnapshotItem> {
  const { project, process, variables, own, runbookProcesses } = content;
  const name = nameIn('project', project);
  // Process and variables count their writes, so an overwrite by equal content changes the mark of the project.
  yield item('project', name, project, [process, variables]);
  const part = item.of({ kind: 'project', name });
  if (process !== undefined) yield part('process', name, process);
  if (variables !== undefined) yield* variableItems('variable', name, variables, part, nameOf);
  for (const [kind, documents] of own) {
    if (omitted.includes(kind)) continue;
    for (const document of documents) yield part(kind, `${name}/${nameIn(kind, document)}`, document);
  }
  for (const runbook of own.get('runbook') ?? []) {
    const steps = runbookProcesses.get(idOf(runbook, 'RunbookProcessId'));
    if (steps !== undefined) yield part('runbook-process', `${name}/${nameIn('runbook', runbook)}`, steps);
  }
}

/** Each variable by itself, because an import merges variable sets: one that only the target has stays. */
function* variableItems(
  kind: string,
  owner: string,
  set: Document,
  item: MakePart,
  nameOf: NameOf,
): Generator<SnapshotItem> {
  for (const variable of listOf(set['Variables']).filter(isFields)) {
    const name = typeof variable['Name'] === 'string' ? variable['Name'] : '';
    yield item(kind, `${owner}/${name}${scopeText(variable['Scope'], nameOf)}`, variable);
  }
}

function namesOf(
  projects: readonly Document[],
  shared: Shared,
  contents: readonly ProjectContent[],
  nameOfShared: (kind: string, document: Document) => string,
): NameOf {
  const names = new Map<string, string>();
  const add = (kind: string, documents: readonly Document[]): void => {
    for (const document of documents) names.set(document.Id, nameOfShared(kind, document));
  };
  add('project', projects);
  for (const [kind, documents] of shared) add(kind, documents);
  for (const { own, process } of contents) {
    for (const [kind, documents] of own) add(kind, documents);
    for (const step of listOf(process?.['Steps']).filter(isFields)) {
      for (const action of listOf(step['Actions']).filter(isFields)) {
        if (typeof action['Id'] === 'string' && typeof action['Name'] === 'string') {
          names.set(action['Id'], action['Name']);
        }
      }
    }
  }
  return (id) => names.get(id);
}
