import { isMigratorError, MigratorError } from '../../../errors.ts';
import { plural } from '../../../plural.ts';
import type { ArtifactFile } from '../../../ports/artifact.ts';
import type { PreparedImport } from '../../../ports/importer.ts';
import type { JobItem } from '../../../ports/job.ts';
import { inParallel } from '../../../streams/in-parallel.ts';
import { textOf } from '../../shared/option-values.ts';
import { upsertId } from '../job-id.ts';
import { isIncidental, isOtherEnd, isPlace } from '../model/carried-fields.ts';
import { comparisonOf } from '../model/compare-object.ts';
import type { ImportableContent } from '../model/package-against-target.ts';
import { contentOf, objectsOf, type PackagedObject } from '../model/package-content.ts';
import { relationOf, types, type Type } from '../model/types-and-relations.ts';
import type { Server } from '../server.ts';
import { typesOf } from '../way-and-types.ts';
import type { WireObject } from '../wire/schemas.ts';
import { BatchWriter } from './batch-writer.ts';
import { objectReader, type ObjectReader } from './object-reader.ts';

/** The refused objects in the imports of this process, by the stamp in the job's id. */
export type Refusals = Map<string, readonly JobItem[]>;

/** So many objects are looked at at once. */
const width = 8;

/** Objects are written before the objects that refer to them. A second pass writes the relations that form circles. */
const order: readonly Type[] = [
  'user',
  'group',
  'device',
  'link',
  'network',
  'pool',
  'credential',
  'file',
  'service',
  'workflow_edge',
  'task',
];

/** Keys that the API does not take, or takes in another form. */
const neverSent = new Set(['password', 'private_key', 'enable_password', 'custom_password']);

/**
 * Writes object by object over REST, with upserts by name in batches. Every object that a relation names must be there
 * already. Only the body of an answer says what was refused. Objects that are as the package has them are not written:
 * those that the preparation found (`equal`), and after the interruption of an earlier process (`resumes`) those that are
 * so now. Returns the job's id, which holds the result.
 */
export async function upsertObjects(
  server: Server,
  { settled }: PreparedImport,
  { files, resumes, equal }: ObjectsToWrite,
  refusals: Refusals,
  debug: (message: string) => void,
  signal: AbortSignal,
): Promise<string> {
  const content = contentOf(files);
  if (content.kind === 'topology') throw new MigratorError('PACKAGE_MALFORMED', 'the package holds no objects');
  const wanted = new Set(typesOf(settled, 'types') ?? types);
  const stamp = textOf(settled, 'stamp') ?? '';
  const writer = new BatchWriter(server, signal);
  try {
    await writeAll(server, writer, { content, wanted, resumes, equal }, debug, signal);
    if (settled['skipPoolUpdate'] !== true && wanted.has('pool')) await server.rest.updatePools(signal);
  } catch (error) {
    throw isMigratorError(error) && writer.written > 0 ? halfway(error, writer) : error;
  }
  refusals.set(stamp, writer.items);
  return upsertId(stamp, writer);
}

interface ObjectsToWrite {
  readonly files: readonly ArtifactFile[];
  readonly resumes: boolean;
  readonly equal: ReadonlySet<string> | undefined;
}

interface Work extends Pick<ObjectsToWrite, 'equal'> {
  readonly content: ImportableContent;
  readonly wanted: ReadonlySet<Type>;
  readonly resumes: boolean;
}

async function writeAll(
  server: Server,
  writer: BatchWriter,
  { content, wanted, resumes, equal }: Work,
  debug: (message: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const reader = objectReader(server);
  for (const type of order.filter((candidate) => wanted.has(candidate))) {
    if (resumes) await findEqual(reader, writer, content, type, signal);
    else if (equal !== undefined) await leaveEqual(writer, content, type, equal, signal);
    if (type === 'service') await writeServices(writer, content, signal);
    else
      // The server finds the folder of a new file by its path, so the folder must be there before.
      for (const isFirst of type === 'file' ? [true, false] : [undefined]) {
        for await (const object of objectsOf(content, type, signal))
          if (isFirst === undefined || isFirst === (object['type'] === 'folder'))
            await writer.add(type, object, firstPass(type, object));
        await writer.flush();
      }
    await writer.flush();
    debug(
      `${type}: ${writer.written} objects are written so far, ${writer.refused} refused, ${writer.equal} were there already`,
    );
  }
  for (const type of order.filter((candidate) => wanted.has(candidate))) {
    for await (const object of objectsOf(content, type, signal)) {
      const later = secondPass(type, object);
      if (later !== undefined && !writer.isSettled(type, object.name)) await writer.relate(type, object, later);
    }
    await writer.flush();
  }
}

/** The error of an import that stopped half-way. It is ambiguous, so that the next run looks first at what is there. */
function halfway(error: MigratorError, { written }: BatchWriter): MigratorError {
  return new MigratorError(error.code, error.message, {
    hint: `${plural(written, 'object')} written; the same command goes on with the others`,
    cause: error,
    details: { ...error.details, ambiguous: true, written },
  });
}

/** Finds the objects that an earlier process wrote completely, with their relations. */
async function findEqual(
  reader: ObjectReader,
  writer: BatchWriter,
  content: ImportableContent,
  type: Type,
  signal: AbortSignal,
): Promise<void> {
  let count = 0;
  for await (const { name } of objectsOf(content, type, signal)) if (!writer.isSettled(type, name)) count += 1;
  const read = await reader.of(type, count, signal);
  const look = async (object: PackagedObject) => {
    const there = await read(object.name, signal);
    const { differs } = there === undefined ? {} : comparisonOf(type, object, there, { way: 'rest', clears: true });
    return { object, equal: differs?.length === 0 };
  };
  for await (const { object, equal } of inParallel(objectsOf(content, type, signal), width, look)) {
    if (equal) writer.leave(type, object.name);
  }
}

async function leaveEqual(
  writer: BatchWriter,
  content: ImportableContent,
  type: Type,
  equal: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<void> {
  for await (const { name } of objectsOf(content, type, signal))
    if (equal.has(`${type} ${name}`)) writer.leave(type, name);
}

/**
 * The server makes the name of a service from the workflows that hold it. So workflows are written first, from the
 * outermost to the innermost. Services in a circle, and services in a workflow that is not in the package, come at the
 * end.
 */
async function writeServices(writer: BatchWriter, content: ImportableContent, signal: AbortSignal): Promise<void> {
  const done = new Set<string>();
  for (let before = -1; before < done.size;) {
    before = done.size;
    const wave: string[] = [];
    for await (const object of objectsOf(content, 'service', signal)) {
      if (done.has(object.name) || !holdersOf(object).every((name) => done.has(name))) continue;
      wave.push(object.name);
      await writer.add('service', object, firstPass('service', object));
    }
    await writer.flush();
    for (const name of wave) done.add(name);
  }
  for await (const object of objectsOf(content, 'service', signal)) {
    if (!done.has(object.name)) await writer.add('service', object, firstPass('service', object));
  }
}

function holdersOf({ workflows }: PackagedObject): readonly string[] {
  return Array.isArray(workflows) ? workflows.filter((name) => typeof name === 'string') : [];
}

/** The properties, and the relations to objects that are written already. */
function firstPass(type: Type, object: PackagedObject): WireObject {
  return Object.fromEntries(
    Object.entries(object).filter(([key, value]) => {
      if (key === 'type' || neverSent.has(key) || isPlace(type, key) || isOtherEnd(type, key)) return false;
      if (key === 'workflows') return type === 'service';
      if (relationOf(type, key) === undefined) return !isIncidental(type, key) || key === 'creator';
      return isEmpty(value) || isEarlier(type, key);
    }),
  );
}

/** The relations to objects of the same type or a later one; undefined when there are none. */
function secondPass(type: Type, object: PackagedObject): WireObject | undefined {
  const later = Object.entries(object).filter(
    ([key, value]) =>
      relationOf(type, key) !== undefined &&
      !isPlace(type, key) &&
      !isOtherEnd(type, key) &&
      (isEmpty(value) ? isFilled(type, key) : !isEarlier(type, key)),
  );
  if (later.length === 0) return undefined;
  // The server finds a file by its path.
  const key = type === 'file' ? { name: object.name, path: object['path'] } : { name: object.name };
  return { ...key, ...Object.fromEntries(later) };
}

/** Whether the server fills the relation: it gives every new workflow a start and an end, and every new object an owner. */
function isFilled(type: Type, key: string): boolean {
  return key === 'owners' || (type === 'service' && key === 'services');
}

function isEarlier(type: Type, key: string): boolean {
  const to = relationOf(type, key)?.to ?? [];
  return to.every((target) => order.indexOf(target) < order.indexOf(type));
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
