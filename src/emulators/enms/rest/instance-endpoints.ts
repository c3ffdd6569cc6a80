// GET, POST and DELETE of single objects, and the bulk form of POST.
import { setImmediate as breathe } from 'node:timers/promises';
import { messageOf } from '../../shared/error-members.ts';
import { deleteObject } from '../delete-object.ts';
import type { Instance } from '../instance.ts';
import { accessLists, kindNamed } from '../model/kinds.ts';
import { referencesOf, type Reference } from '../model/relations.ts';
import type { Item, Values } from '../objects.ts';
import { joinPools } from '../pools.ts';
import { json, ServerError } from '../refusal.ts';
import { instanceDocument } from '../serialize.ts';
import { addSharedServices, workflowName } from '../workflows.ts';
import { setRelation, target, writeColumns } from '../write-object.ts';
import { argument, type Endpoint, endpoint, needItem, type Visit } from './visit.ts';

type Resolved = ReadonlyMap<Reference, readonly Item[]>;

const traceback = (error: unknown) =>
  [
    'Traceback (most recent call last):',
    '  File "/app/eNMS/rest_api.py", line 131, in update_instance',
    '    instance = db.factory(instance_type, **object_data)',
    messageOf(error),
    '',
  ].join('\n');

function named(instance: Instance, reference: Reference, name: unknown): Item {
  const found = target(instance, reference, name);
  if (found !== undefined) return found;
  throw new ServerError(
    `Exception: There is no ${reference.targets.join(' or ')} named '${String(name)}' in the database.`,
  );
}

/**
 * Finds the objects that relations name. `echo`, for the answer to a failure, gets the ids of those that were found.
 */
function resolve(instance: Instance, type: string, given: Values, echo: Record<string, unknown>): Resolved {
  const kind = kindNamed(type);
  const resolved = new Map<Reference, readonly Item[]>();
  if (kind === undefined) return resolved;
  for (const reference of referencesOf(kind.model, kind.type)) {
    const { key, scalar } = reference;
    const value = given[key];
    if (value === undefined) continue;
    if (scalar) {
      const found = value === null || value === '' ? [] : [named(instance, reference, value)];
      resolved.set(reference, found);
      echo[key] = found[0]?.id ?? value;
      continue;
    }
    if (!Array.isArray(value)) throw new ServerError(`TypeError: '${key}' is not a list`);
    const found = value.map((name: unknown) => named(instance, reference, name));
    resolved.set(reference, found);
    echo[key] = found.map(({ id }) => id);
  }
  return resolved;
}

const servicePrefix = /^\[[^\]]*\] /;

/** The name of a service consists of its workflow and its name in that workflow. */
function serviceValues(given: Values, existing: Item | undefined): Values {
  if (existing !== undefined || typeof given['scoped_name'] === 'string') return given;
  return { ...given, scoped_name: String(given['name']).replace(servicePrefix, '') };
}

/** A group with this switch may read whatever is written, also when the caller names other groups. */
function addForcedReaders(instance: Instance, item: Item): void {
  const reads =
    item.model === 'group' ? undefined : referencesOf(item.model, item.type).find(({ key }) => key === 'rbac_read');
  if (reads === undefined) return;
  for (const group of instance.objects.page('group', 0, 1000))
    if (group.values['force_read_access'] === true) instance.objects.relate(reads.relation, item.place, group.place);
}

function write(instance: Instance, user: Item, type: string, given: Values, echo: Record<string, unknown>): string {
  const kind = kindNamed(type);
  if (kind === undefined) throw new ServerError(`KeyError: '${type}'`);
  const relations = resolve(instance, type, given, echo);
  const existing = instance.objects.find(kind.model, String(given['name']));
  if (kind.model === 'group' && existing === undefined && 'users' in given) {
    const missing = accessLists.find((list) => !(list in given));
    if (missing !== undefined) throw new ServerError(`TypeError: 'NoneType' object is not iterable (${missing})`);
  }
  const values = kind.model === 'service' ? serviceValues(given, existing) : given;
  const { item, isNew } = writeColumns(instance, type, values, { caller: user });
  for (const [reference, others] of relations) setRelation(instance, item, reference, others);
  addForcedReaders(instance, item);
  const owners = referencesOf(item.model, item.type).find(({ key }) => key === 'owners');
  if (isNew && owners !== undefined && (relations.get(owners) ?? []).length === 0)
    setRelation(instance, item, owners, [user]);
  if (isNew && item.type === 'workflow') addSharedServices(instance, item);
  joinPools(instance, item);
  const wanted = given['new_name'];
  const name =
    typeof wanted === 'string' && wanted !== ''
      ? wanted
      : kind.model === 'service'
        ? workflowName(instance, item)
        : item.name;
  if (name !== item.name) instance.objects.save({ ...item, name });
  return name;
}

const isObject = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** How many objects are written before other requests are served. */
const batch = 200;

async function update({ instance, user, body }: Visit, type: string) {
  const items = body.list ?? [body.fields];
  const success: string[] = [];
  const failure: (readonly [unknown, string])[] = [];
  const one = (given: unknown) => {
    if (!isObject(given)) throw new ServerError(`TypeError: argument of type '${typeof given}' is not iterable`);
    if (!('name' in given)) {
      failure.push([given, 'Name is missing']);
      return;
    }
    const echo: Record<string, unknown> = { ...given };
    delete echo['new_name'];
    try {
      success.push(instance.objects.atomically(() => write(instance, user, type, given, echo)));
    } catch (error) {
      failure.push([echo, traceback(error)]);
    }
  };
  for (let start = 0; start < items.length; start += batch) {
    instance.objects.atomically(() => items.slice(start, start + batch).forEach(one));
    if (items.length > batch) await breathe();
  }
  return { ...(success.length === 0 ? {} : { success }), ...(failure.length === 0 ? {} : { failure }) };
}

export const instanceEndpoints: readonly Endpoint[] = [
  endpoint('GET', 'instance', 2, 'access', (visit) =>
    json(instanceDocument(visit.instance, needItem(visit, argument(visit, 0), argument(visit, 1)))),
  ),
  endpoint('POST', 'instance', 1, 'access', async (visit) => json(await update(visit, argument(visit, 0)))),
  endpoint('DELETE', 'instance', 2, 'access', (visit) => {
    const item = needItem(visit, argument(visit, 0), argument(visit, 1));
    return json(deleteObject(visit.instance, item, visit.user));
  }),
];
