// POST migrate/import, in the product's order: empty, read metadata.yaml, create type by type, relate, compute pools.
// Each type has its own commit, so a later failure does not undo the types before it.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { messageOf } from '../../shared/error-members.ts';
import { emptyModel, sharedServices } from '../delete-object.ts';
import { scanFolder } from '../file-rows.ts';
import { projectPath } from '../file-tree.ts';
import type { Instance } from '../instance.ts';
import { kindNamed } from '../model/kinds.ts';
import { referencesOf } from '../model/relations.ts';
import type { Item, Values } from '../objects.ts';
import { computePools } from '../pools.ts';
import { plainText } from '../python-text.ts';
import { ServerError } from '../refusal.ts';
import { fileName, setRelation, target, writeColumns } from '../write-object.ts';
import { readYaml } from '../yaml/read.ts';

interface Imported {
  readonly item: Item;
  readonly given: Values;
}

const isMap = (value: unknown): value is Values => typeof value === 'object' && value !== null && !Array.isArray(value);

function modelOf(type: string): string {
  const kind = kindNamed(type);
  if (kind === undefined) throw new ServerError(`KeyError: '${type}'`);
  return kind.model;
}

function readObjects(file: string, type: string): readonly Values[] {
  const parsed = readYaml(readFileSync(file, 'utf8'));
  if (!Array.isArray(parsed) || !parsed.every(isMap)) throw new ServerError(`${type}.yaml is no list of objects`);
  return parsed;
}

/** Decodes the private values of a file. The first one that cannot be decoded ends the import. */
function opened(instance: Instance, model: string, given: Values): Values {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      const closed = typeof value === 'string' && value !== '' && instance.custom.isPrivate(model, name);
      return [name, closed ? instance.cipher.decode(value) : value];
    }),
  );
}

/** Of the importing user only the password changes. */
const ofCaller = (given: Values): Values =>
  'password' in given ? { name: given['name'], password: given['password'] } : { name: given['name'] };

function createOne(instance: Instance, caller: Item, type: string, given: Values, inserts: boolean): Imported {
  const { type: own = type, ...values } = given;
  if (typeof own !== 'string' || kindNamed(own) === undefined) throw new ServerError(`KeyError: '${String(own)}'`);
  const isCaller = type === 'user' && values['name'] === caller.name;
  // The properties of the three shared services are never imported.
  const isShared = type === 'service' && sharedServices.includes(String(values['name']));
  const written = isCaller ? ofCaller(values) : isShared ? { name: values['name'] } : values;
  if (inserts && !isCaller && !isShared) requireAbsent(instance, type, values);
  const { item } = writeColumns(instance, own, written, {
    caller: undefined,
    hashed: true,
  });
  return { item, given };
}

/** An import that empties inserts without a look. The row of another writer then fails the commit of the whole type. */
function requireAbsent(instance: Instance, type: string, values: Values): void {
  const name = type === 'file' ? fileName(String(values['path'])) : String(values['name']);
  if (instance.objects.find(modelOf(type), name) !== undefined)
    throw new TakenRow(`(sqlite3.IntegrityError) UNIQUE constraint failed: ${type}.name '${name}'`);
}

class TakenRow extends ServerError {
  override readonly name = 'TakenRow';
}

interface Outcome {
  readonly imported: Imported[];
  failed: boolean;
}

function createType(
  instance: Instance,
  caller: Item,
  type: string,
  objects: readonly Values[],
  outcome: Outcome,
  { refuseLast, inserts }: { readonly refuseLast: boolean; readonly inserts: boolean },
): void {
  const model = modelOf(type);
  const made: Imported[] = [];
  instance.objects.atomically(() => {
    for (const [index, given] of objects.entries()) {
      const readable = opened(instance, model, given);
      try {
        if (refuseLast && index === objects.length - 1) {
          throw new ServerError('injected: this object is refused');
        }
        made.push(instance.objects.atomically(() => createOne(instance, caller, type, readable, inserts)));
      } catch (error) {
        if (error instanceof TakenRow) throw error;
        outcome.failed = true;
        instance.log(`import of ${type} '${String(given['name'])}' failed: ${messageOf(error)}`);
      }
    }
  });
  outcome.imported.push(...made);
}

const isNothing = (value: unknown) =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);

/**
 * Lists lose names that do not exist; a single name must exist. A relation that is empty in the file is not set: an
 * existing object keeps its own.
 */
function relate(instance: Instance, { item, given }: Imported): void {
  for (const reference of referencesOf(item.model, item.type)) {
    const { key, scalar } = reference;
    const value = given[key];
    if (isNothing(value)) continue;
    if (scalar) {
      const found = target(instance, reference, value);
      if (found === undefined)
        throw new DanglingReference(`${item.type} '${item.name}': there is no ${key} '${plainText(value)}'`);
      setRelation(instance, item, reference, [found]);
      continue;
    }
    if (!Array.isArray(value) && typeof value !== 'string')
      throw new ServerError(`TypeError: '${key}' is not iterable`);
    const found = [...(value as Iterable<unknown>)].flatMap((name) => target(instance, reference, name) ?? []);
    setRelation(instance, item, reference, found);
  }
}

class DanglingReference extends Error {
  override readonly name = 'DanglingReference';
}

/**
 * False when a relation could not be set. A single name that does not exist undoes all relations and ends the import.
 */
function relateAll(instance: Instance, imported: readonly Imported[]): boolean {
  let complete = true;
  instance.objects.atomically(() => {
    for (const one of imported) {
      try {
        if (instance.faults.take('partial-relations') !== undefined) throw new ServerError('injected: no relations');
        instance.objects.atomically(() => relate(instance, one));
      } catch (error) {
        if (error instanceof DanglingReference) throw error;
        complete = false;
        instance.log(`relations of ${one.item.type} '${one.item.name}' failed: ${messageOf(error)}`);
      }
    }
  });
  return complete;
}

const alertOf = (text: string) => ({ alert: text });

async function createTypes(
  instance: Instance,
  caller: Item,
  types: readonly string[],
  folder: string,
  inserts: boolean,
): Promise<Outcome> {
  const outcome: Outcome = { imported: [], failed: false };
  const fileOf = (type: string) => join(folder, `${type}.yaml`);
  // The fault partial-import skips an object of the last type: no single name refers to it, so the import does not
  // fail.
  const faulty = types.findLast((type) => existsSync(fileOf(type)));
  for (const type of types) {
    modelOf(type);
    const file = fileOf(type);
    if (!existsSync(file)) continue;
    const refuseLast = type === faulty && instance.faults.take('partial-import') !== undefined;
    createType(instance, caller, type, readObjects(file, type), outcome, { refuseLast, inserts });
    await breathe();
  }
  return outcome;
}

function releaseOf(metadata: unknown): string {
  return isMap(metadata) ? String(metadata['version']) : '';
}

const isOlder = (version: string, than: string) => Number.parseFloat(version) < Number.parseFloat(than);

/** Returns the answer that REST sends with 200. After a failure (500) the state keeps what was done so far. */
export async function importProject(instance: Instance, caller: Item, body: Values): Promise<unknown> {
  const { name, import_export_types: types, empty_database_before_import: empty } = body;
  if (!Array.isArray(types)) throw new ServerError("KeyError: 'import_export_types'");
  const listed = types.map(String);
  const empties = empty !== undefined && Boolean(empty);
  if (empties) {
    for (const type of listed) emptyModel(instance, modelOf(type), caller);
    // The watcher of the disk sees a folder that was just made, and makes its rows anew.
    if (instance.faults.take('watcher-races') !== undefined) scanFolder(instance, '/migrations');
  }
  if (instance.faults.take('import-500-after-delete') !== undefined)
    throw new ServerError('injected: database is locked');
  if (typeof name !== 'string') throw new ServerError("KeyError: 'name'");
  const { folder = 'migrations' } = body;
  const project = projectPath(instance, name, String(folder));
  const metadata = readYaml(readFileSync(join(project, 'metadata.yaml'), 'utf8'));
  if (Boolean(body['service_import']) && isOlder(releaseOf(metadata), instance.version)) {
    return alertOf('Import from an older version is not allowed');
  }
  const { imported, failed } = await createTypes(instance, caller, listed, project, empties);
  const complete = relateAll(instance, imported);
  if (!Boolean(body['skip_pool_update'])) {
    const pools = new Set(imported.filter(({ item }) => item.model === 'pool').map(({ item }) => item.name));
    instance.objects.atomically(() => computePools(instance, pools));
  }
  if (!complete) return alertOf('Partial Import (see logs).');
  return failed ? alertOf('partial import (see logs).') : 'Import successful';
}
