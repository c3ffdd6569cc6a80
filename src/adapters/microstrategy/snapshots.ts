import { MigratorError } from '../../errors.ts';
import type { Options } from '../../ports/options.ts';
import type { PlanItem } from '../../ports/plan.ts';
import type { Depth, Scope, SnapshotItem, Snapshots } from '../../ports/snapshot.ts';
import { inParallel } from '../../streams/in-parallel.ts';
import { matchByName, severalFit } from '../shared/match-by-name.ts';
import { listOf, textOf } from '../shared/option-values.ts';
import { copiesOf, copyName } from './objects/copies.ts';
import { namedObjects } from './objects/named-objects.ts';
import { fieldsOf, markOf } from './objects/object-facts.ts';
import { wantedObjects, type WantedObject } from './objects/object-list.ts';
import { typeName, typesIn, type PackageType } from './objects/object-types.ts';
import { packageSettings } from './packages/package-content.ts';
import type { Library } from './server.ts';
import { pageSize } from './wire/client.ts';
import type { MetadataObject, Project } from './wire/schemas.ts';

const atOnce = 6;

/** What an import or a move changes: the objects that it names, or the whole project. */
export function scopeOfPlan(
  project: { readonly id: string } | undefined,
  objects: readonly { readonly id?: string | undefined; readonly name: string; readonly type: number }[],
  plan: readonly PlanItem[],
): Scope {
  const doubled = objects.filter(({ name }) => plan.some((item) => item.id === undefined && isCopyOf(item, name)));
  return {
    ...(project === undefined ? { packageType: 'configuration' } : { project: project.id }),
    object: objects.map(({ id, name, type }) => `${id ?? name}:${type}`),
    ...(doubled.length === 0 ? {} : { doubled: doubled.map(({ id, type }) => `${id ?? ''}:${type}`) }),
  };
}

const isCopyOf = (item: PlanItem, name: string): boolean => item.name.startsWith(`${name} (copy`);

export function createSnapshots(library: Library): Snapshots {
  return {
    blind: {
      listing: [
        'dependents that a package brings along are not looked at, unless the whole project is',
        'an object that is written again by equal content shows no change',
        'of a whole project, access control lists are not looked at',
      ],
      content: [
        'definitions are not read: two objects with equal version ids count as equal, as for the server',
        'dependents that a package brings along are not compared, unless the whole project is',
        'owners and access control lists are not compared',
        'users, roles and filters of a project_security package are compared as objects, without their rights',
      ],
    },
    scopeOf: (projects, options) => Promise.resolve().then(() => scopeOf(projects, options)),
    take: (scope, depth, signal) => take(library, scope, depth, signal),
  };
}

function scopeOf(projects: readonly string[], options: Options): Scope {
  const { packageType } = packageSettings(options);
  const objects = wantedObjects(options);
  const [project, ...others] = projects;
  if (others.length > 0) {
    throw new MigratorError('USAGE', 'a migration package belongs to one project', {
      hint: 'run the command once for each project',
    });
  }
  return {
    packageType,
    ...(project === undefined ? {} : { project }),
    ...(objects.length === 0 ? {} : { object: objects.map(({ named, type }) => `${named}:${type}`) }),
  };
}

async function* take(library: Library, scope: Scope, depth: Depth, signal: AbortSignal): AsyncIterable<SnapshotItem> {
  const { packageType } = packageSettings({ packageType: textOf(scope, 'packageType') ?? 'project' });
  const objects = wantedObjects(scope);
  const project = packageType === 'configuration' ? undefined : await projectOf(library, scope, signal);
  if (packageType !== 'configuration' && project === undefined) return;
  if (objects.length === 0) {
    const { id, name } = project ?? { id: undefined, name: library.connection.name };
    // It has no mark: its objects show what changed.
    yield {
      kind: project === undefined ? 'configuration' : 'project',
      name,
      ...(id === undefined ? {} : { id }),
      ...(depth === 'content' ? { fields: {} } : {}),
    };
    yield* everything(library, packageType, project?.id, depth, signal);
    return;
  }
  const doubled = listOf(scope, 'doubled');
  for await (const found of inParallel(objects, atOnce, (one) => look(library, one, project?.id, doubled, signal))) {
    for (const { object, label } of found) {
      yield itemOf(object, label, depth);
    }
  }
}

interface Seen {
  readonly object: MetadataObject;
  /** The name of a second object beside one that was named. Its id is the server's own. */
  readonly label?: string;
}

/** One named object: by its id, or by its name. An absent one is nothing. */
async function look(
  library: Library,
  { named, isId, type }: WantedObject,
  project: string | undefined,
  doubled: readonly string[],
  signal: AbortSignal,
): Promise<readonly Seen[]> {
  const { client } = library;
  if (!isId) {
    const found: Seen[] = [];
    for (const { id } of await namedObjects(library, { named, type }, project, signal)) {
      const object = await client.object(id, type, project, signal);
      if (object !== undefined) found.push({ object: { ...object, type } });
    }
    return found;
  }
  const id = named.toUpperCase();
  const object = await client.object(id, type, project, signal);
  if (object === undefined) return [];
  const copies = doubled.includes(`${id}:${type}`)
    ? await copiesOf(library, { id, type, name: object.name ?? '' }, project, signal)
    : [];
  const ofCopies = copies.map((copy, at) => ({
    object: { ...copy, type },
    label: copyName(object.name ?? '', at),
  }));
  return [{ object: { ...object, type } }, ...ofCopies];
}

/** All objects of a project, or of the configuration. The first page tells how many there are. */
async function* everything(
  { client }: Library,
  packageType: PackageType,
  project: string | undefined,
  depth: Depth,
  signal: AbortSignal,
): AsyncIterable<SnapshotItem> {
  const types = typesIn(packageType);
  const first = await client.page({ types, offset: 0 }, project, signal);
  const total = first.totalItems ?? first.result.length;
  const offsets = [];
  for (let offset = first.result.length; offset < total && offset > 0; offset += pageSize) offsets.push(offset);
  const rest = inParallel(offsets, atOnce, (offset) => client.page({ types, offset }, project, signal));
  const seen = new Set<string>();
  const shown = function* (page: readonly MetadataObject[]): Generator<SnapshotItem> {
    for (const object of page) {
      // An object may move to the next page while the pages are read.
      if (seen.has(object.id)) continue;
      seen.add(object.id);
      yield itemOf(object, undefined, depth);
    }
  };
  yield* shown(first.result);
  for await (const { result } of rest) yield* shown(result);
}

function itemOf(object: MetadataObject, label: string | undefined, depth: Depth): SnapshotItem {
  const { id, name = id, type = 0 } = object;
  return {
    kind: typeName(type),
    ...(label === undefined ? { name, id } : { name: label }),
    mark: markOf(object),
    ...(depth === 'content' ? { fields: fieldsOf(object) } : {}),
  };
}

async function projectOf(
  { client, connection }: Library,
  scope: Scope,
  signal: AbortSignal,
): Promise<Project | undefined> {
  const wanted = textOf(scope, 'project') ?? connection.project;
  if (wanted === undefined) {
    throw new MigratorError('USAGE', 'no project was named', {
      hint: 'name one, or set `project` of the instance',
    });
  }
  const result = matchByName(await client.projects(signal), wanted);
  if (result.found === undefined && result.candidates.length > 0)
    throw severalFit('project', [wanted], result.candidates);
  return result.found;
}
