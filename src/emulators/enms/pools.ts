import type { Instance } from './instance.ts';
import { filterProperties } from './model/kinds.ts';
import type { Item, Values } from './objects.ts';
import { plainText } from './python-text.ts';
import { columnsOf, propertiesOf, reference } from './serialize.ts';

type Member = 'device' | 'link';
const members: readonly Member[] = ['device', 'link'];
const relationOf = (pool: Item, member: Member) => reference(pool, `${member}s`).relation;

function fits(value: string, wanted: string, match: unknown): boolean {
  switch (match) {
    case 'equality':
      return value === wanted;
    case 'regex':
      return new RegExp(wanted).test(value);
    case 'empty':
      return value === '';
    default:
      return value.includes(wanted);
  }
}

function matches(pool: Values, member: Member, factOf: (name: string) => unknown): boolean {
  return filterProperties[member].every((name) => {
    const wanted = plainText(pool[`${member}_${name}`]);
    const match = pool[`${member}_${name}_match`];
    if (wanted === '' && match !== 'empty') return true;
    return fits(plainText(factOf(name)), wanted, match) !== (pool[`${member}_${name}_invert`] === true);
  });
}

/** Reads an object only when a filter needs one of its values. */
function factsOf(instance: Instance, item: Item): (name: string) => unknown {
  let facts: Values | undefined;
  return (name) => {
    if (name === 'name') return item.name;
    facts ??= { ...columnsOf(instance, item), ...(item.model === 'link' ? propertiesOf(instance, item) : {}) };
    return facts[name];
  };
}

function* everyOne(instance: Instance, model: string): Generator<Item> {
  let after = 0;
  for (;;) {
    const page = instance.objects.page(model, after, 500);
    yield* page;
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.place;
  }
}

const isDynamic = (pool: Values) => pool['manually_defined'] !== true;

/** Finds the members of a dynamic pool again. A pool with members chosen by hand does not change. */
function computePool(instance: Instance, pool: Item): void {
  const filters = columnsOf(instance, pool);
  if (!isDynamic(filters)) return;
  for (const member of members) {
    const relation = relationOf(pool, member);
    instance.objects.unrelate(relation, 'near', pool.place);
    for (const item of everyOne(instance, member)) {
      if (matches(filters, member, factsOf(instance, item))) instance.objects.relate(relation, pool.place, item.place);
    }
  }
}

export function computePools(instance: Instance, only?: ReadonlySet<string>): void {
  for (const pool of [...everyOne(instance, 'pool')]) {
    if (only === undefined || only.has(pool.name)) computePool(instance, pool);
  }
}

/** Adds a device or link that was written to the dynamic pools that it matches. */
export function joinPools(instance: Instance, item: Item): void {
  const member = members.find((one) => one === item.model);
  if (member === undefined) return;
  const facts = factsOf(instance, item);
  for (const pool of everyOne(instance, 'pool')) {
    const filters = columnsOf(instance, pool);
    if (!isDynamic(filters)) continue;
    if (matches(filters, member, facts)) instance.objects.relate(relationOf(pool, member), pool.place, item.place);
  }
}
