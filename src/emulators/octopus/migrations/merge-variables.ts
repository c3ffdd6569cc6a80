import { asObjects, isObject, type Json } from '../../shared/json.ts';

export interface MergedVariables {
  readonly body: Json;
  readonly added: number;
  readonly replaced: number;
  readonly kept: number;
}

type Variable = Record<string, unknown>;

const variablesOf = (body: Json): readonly Variable[] => asObjects(body['Variables']);

/** Two variables are the same when they have the same name and scope. */
function sameKey(variable: Variable): string {
  const scope = isObject(variable['Scope']) ? variable['Scope'] : {};
  const parts = Object.entries(scope)
    .map(([name, values]) => [name, Array.isArray(values) ? values.map(String).toSorted() : values])
    .toSorted(([a], [b]) => String(a).localeCompare(String(b)));
  return JSON.stringify([String(variable['Name']).toLowerCase(), parts]);
}

/**
 * Variable sets are merged, never replaced. A variable that exists only here stays, one that exists only in the package
 * is added, and for one that exists in both the value here stays unless the import overwrites. A set that gains nothing
 * keeps its version.
 */
export function mergeVariables(here: Json, there: Json, overwrite: boolean): MergedVariables {
  const incoming = new Map(variablesOf(there).map((variable) => [sameKey(variable), variable]));
  let replaced = 0;
  let kept = 0;
  const merged = variablesOf(here).map((variable) => {
    const other = incoming.get(sameKey(variable));
    incoming.delete(sameKey(variable));
    if (other !== undefined && overwrite) {
      replaced += 1;
      return { ...other, Id: variable['Id'] };
    }
    kept += 1;
    return variable;
  });
  const version = here['Version'];
  return {
    body: {
      ...here,
      Variables: [...merged, ...incoming.values()],
      ...(typeof version === 'number' && incoming.size + replaced > 0 ? { Version: version + 1 } : {}),
    },
    added: incoming.size,
    replaced,
    kept,
  };
}
