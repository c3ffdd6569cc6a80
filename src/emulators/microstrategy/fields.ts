import { isObject } from '../shared/json.ts';

type Wanted = Map<string, Wanted>;

function wantedOf(fields: string): Wanted {
  const root: Wanted = new Map();
  for (const path of fields.split(',').map((one) => one.trim())) {
    let at = root;
    for (const name of path.split('.').filter((one) => one !== '')) {
      const next = at.get(name) ?? new Map<string, Wanted>();
      at.set(name, next);
      at = next;
    }
  }
  return root;
}

function keep(value: unknown, wanted: Wanted): unknown {
  if (wanted.size === 0) return value;
  if (Array.isArray(value)) return value.map((one) => keep(one, wanted));
  if (!isObject(value)) return value;
  const named = [...wanted].filter(([name]) => name in value);
  return Object.fromEntries(named.map(([name, inner]) => [name, keep(value[name], inner)]));
}

/** Partial resources: `id,packageInfo.status` keeps these members, in every element of a list. */
export const onlyFields = (value: unknown, fields: string): unknown => keep(value, wantedOf(fields));
