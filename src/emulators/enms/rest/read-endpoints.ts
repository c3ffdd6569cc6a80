// GET query and POST search: many objects at once.
import type { Instance } from '../instance.ts';
import { kindNamed, type Selection } from '../model/kinds.ts';
import { referencesOf } from '../model/relations.ts';
import type { Item, Values } from '../objects.ts';
import { plainText } from '../python-text.ts';
import { json, ServerError, sortedJson } from '../refusal.ts';
import { columnsOf, propertiesOf } from '../serialize.ts';
import { isAdmin, isForAdmins, maySee } from '../users.ts';
import { Refusal } from '../refusal.ts';
import { argument, type Endpoint, endpoint, selection, type Visit } from './visit.ts';

const ignored = new Set(['allow_none', 'all_matches', 'rbac', 'username']);
const pageSize = 200;

function* matching({ instance, user }: Visit, { models, type }: Selection): Generator<Item> {
  for (const model of models) {
    let after = 0;
    for (;;) {
      const page = instance.objects.page(model, after, pageSize);
      for (const item of page) {
        if ((type === undefined || item.type === type) && maySee(instance, user, item)) yield item;
      }
      const last = page.at(-1);
      if (last === undefined) break;
      after = last.place;
    }
  }
}

function allow({ user }: Visit, { models }: Selection): void {
  if (!isAdmin(user) && models.some(isForAdmins)) throw new Refusal(403);
}

const truths: Readonly<Record<string, boolean>> = {
  true: true,
  True: true,
  '1': true,
  false: false,
  False: false,
  '0': false,
};

const equals = (value: unknown, wanted: string) =>
  typeof value === 'boolean' ? truths[wanted] === value : plainText(value) === wanted;

/** Checks that the type has the column. */
function needColumns(instance: Instance, type: string, { models }: Selection, names: Iterable<string>): void {
  const kind = kindNamed(type) ?? kindNamed(models[0] ?? '');
  for (const name of names) {
    const known = ['id', 'name', 'type'].includes(name) || (kind !== undefined && name in instance.custom.of(kind));
    if (!known && !/^(source|destination|workflow|service)_(name|id)$/.test(name)) {
      throw new ServerError(`AttributeError: type object '${type}' has no attribute '${name}'`);
    }
  }
}

/** The keys of a type's rows in their order, as JSON texts. */
type Keys = readonly (readonly [name: string, text: string])[];

/** Writes rows as JSON. It is faster than for other answers because the rows of one type have the same keys. */
function rowWriter(): (item: Item, facts: Values) => string {
  const known = new Map<string, Keys>();
  return ({ type }, facts) => {
    const keys =
      known.get(type) ??
      Object.keys(facts)
        .sort()
        .map((name) => [name, `${JSON.stringify(name)}:`] as const);
    known.set(type, keys);
    const members = keys.map(([name, text]) => {
      const value = facts[name];
      return text + (typeof value === 'object' ? sortedJson(value) : JSON.stringify(value));
    });
    return `{${members.join(',')}}`;
  };
}

async function* asArray(instance: Instance, items: Iterable<Item>, fits: (facts: Values) => boolean) {
  let text = '[';
  let first = true;
  const rowText = rowWriter();
  for (const item of items) {
    const facts = propertiesOf(instance, item);
    if (!fits(facts)) continue;
    text += `${first ? '' : ','}${rowText(item, facts)}`;
    first = false;
    if (text.length > 65_536) {
      yield Buffer.from(text);
      text = '';
      await Promise.resolve();
    }
  }
  yield Buffer.from(`${text}]\n`);
}

function query(visit: Visit) {
  const { instance } = visit;
  if (instance.faults.take('query-500') !== undefined) throw new ServerError('sqlalchemy.orm.exc.ObjectDeletedError');
  const type = argument(visit, 0);
  const selected = selection(type);
  allow(visit, selected);
  const filters = [...visit.query].filter(([name]) => !ignored.has(name));
  needColumns(
    instance,
    type,
    selected,
    filters.map(([name]) => name),
  );
  if (selected.models.some((model) => instance.objects.hasBroken(model))) {
    throw new ServerError('sqlalchemy.orm.exc.ObjectDeletedError: a row of the base table has none in its subtype');
  }
  const name = filters.find(([key]) => key === 'name')?.[1];
  const found =
    name === undefined
      ? matching(visit, selected)
      : selected.models.flatMap((model) => {
          const item = instance.objects.find(model, name);
          const fits = item !== undefined && (selected.type === undefined || selected.type === item.type);
          return fits && maySee(instance, visit.user, item) ? [item] : [];
        });
  const body = asArray(instance, found, (facts) => filters.every(([key, wanted]) => equals(facts[key], wanted)));
  return { status: 200, headers: { 'Content-Type': 'application/json' }, body };
}

function fits(value: unknown, wanted: string, filter: unknown): boolean {
  if (wanted === 'bool-true' || wanted === 'bool-false') return value === (wanted === 'bool-true');
  switch (filter) {
    case 'equality':
      return plainText(value) === wanted;
    case 'regex':
      return new RegExp(wanted).test(plainText(value));
    case 'empty':
      return plainText(value) === '';
    default:
      return plainText(value).toLowerCase().includes(wanted.toLowerCase());
  }
}

function related(instance: Instance, item: Item, key: string, wanted: readonly unknown[], filter: unknown): boolean {
  const reference = referencesOf(item.model, item.type).find((one) => one.key === key);
  if (reference === undefined) return false;
  const names = instance.objects.relatedNames(reference.relation, reference.side, item.place);
  const has = (name: unknown) => names.includes(String(name));
  return filter === 'intersection' ? wanted.every(has) : filter === 'empty' ? names.length === 0 : wanted.some(has);
}

function satisfies(instance: Instance, item: Item, facts: Values, criteria: Values): boolean {
  return Object.entries(criteria).every(([key, wanted]) => {
    if (/_(filter|invert)$/.test(key)) return true;
    const filter = criteria[`${key}_filter`];
    if (Array.isArray(wanted)) return wanted.length === 0 || related(instance, item, key, wanted, filter);
    if (plainText(wanted) === '' && filter !== 'empty') return true;
    return (
      fits(facts[key], plainText(wanted), filter) !==
      [true, 'true', 'bool-true'].includes(criteria[`${key}_invert`] as string)
    );
  });
}

function compare(left: unknown, right: unknown): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  const [one, other] = [plainText(left), plainText(right)];
  return one === other ? 0 : one < other ? -1 : 1;
}

interface Found {
  readonly generation: number;
  readonly places: readonly number[];
}

/** The last searches: a client that reads page by page sends the same search each time. */
const answered = new WeakMap<Instance, Map<string, Found>>();

function placesOf(
  visit: Visit,
  type: string,
  orderBy: string,
  descending: boolean,
  criteria: Values,
): readonly number[] {
  const { instance, user } = visit;
  const known = answered.get(instance) ?? new Map<string, Found>();
  answered.set(instance, known);
  const key = sortedJson([user.place, type, orderBy, descending, criteria]);
  const generation = instance.objects.generation();
  const before = known.get(key);
  if (before?.generation === generation) return before.places;
  const found: { readonly place: number; readonly by: unknown }[] = [];
  const onlyNames = orderBy === 'name' && Object.keys(criteria).length === 0;
  for (const item of matching(visit, selection(type))) {
    // Names can be read at once; all other columns need the whole object.
    const facts: Values = onlyNames ? { name: item.name } : propertiesOf(instance, item);
    if (satisfies(instance, item, facts, criteria)) found.push({ place: item.place, by: facts[orderBy] });
  }
  const sign = descending ? -1 : 1;
  found.sort((left, right) => sign * compare(left.by, right.by) || left.place - right.place);
  const places = found.map(({ place }) => place);
  if (known.size > 8) known.clear();
  known.set(key, { generation, places });
  return places;
}

function rowOf(instance: Instance, item: Item, columns: readonly string[]): Values {
  // A search gives the positions that a query leaves out.
  const { positions } = columnsOf(instance, item);
  const facts: Values = { ...propertiesOf(instance, item), ...(positions === undefined ? {} : { positions }) };
  const extras = {
    ...(item.model === 'device' ? {} : { type: item.type }),
    ...(item.model === 'pool' ? { device_number: facts['device_number'], link_number: facts['link_number'] } : {}),
  };
  return { ...Object.fromEntries(columns.map((name) => [name, facts[name] ?? null])), ...extras };
}

interface SearchBody {
  readonly type?: unknown;
  readonly columns?: unknown;
  readonly search_criteria?: Values;
  readonly order?: readonly { readonly column?: number; readonly dir?: string }[];
  readonly start?: number;
  readonly maximum_return_records?: number;
}

function search(visit: Visit) {
  const { instance } = visit;
  const sent = visit.body.fields as SearchBody;
  const {
    type,
    columns,
    search_criteria: criteria = {},
    order = [{}],
    start = 0,
    maximum_return_records: most = 10,
  } = sent;
  if (!Array.isArray(columns)) throw new ServerError("KeyError: 'columns'");
  const selected = selection(type);
  allow(visit, selected);
  const names = columns.map(String);
  needColumns(instance, String(type), selected, names);
  const [{ column = 0, dir = 'asc' } = {}] = order;
  const places = placesOf(visit, String(type), names[column] ?? 'name', dir === 'desc', criteria);
  const rows = places.slice(start, start + most).flatMap((place) => {
    const item = instance.objects.at(place);
    return item === undefined ? [] : [rowOf(instance, item, names)];
  });
  return json(rows);
}

export const readEndpoints: readonly Endpoint[] = [
  endpoint('GET', 'query', 1, 'access', query),
  endpoint('POST', 'search', 0, 'access', search),
];
