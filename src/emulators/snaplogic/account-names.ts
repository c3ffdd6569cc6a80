// The name of an account is its label. An account file with another label renames the account during the import.
import { asObject, asText, type Json, memberAt, withMember } from '../shared/json.ts';
import type { Arrival } from './archive.ts';
import { checkName } from './tree.ts';

interface Arriving {
  readonly arrivals: readonly Arrival[];
  readonly accounts: Json;
}

const referencePath = ['property_map', 'account', 'account_ref', 'value', 'label', 'value'];

/** Renames accounts as the account file says, and changes the pipelines of the same zip accordingly. */
export function renamed({ arrivals, accounts }: Arriving): Arriving {
  const names = new Map<string, string>();
  for (const { name, type } of arrivals) {
    const given = type === 'Account' && Object.hasOwn(accounts, name) ? accounts[name] : undefined;
    const label = asText(memberAt(given, 'property_map', 'info', 'label', 'value'));
    if (label === '' || label === name) continue;
    checkName(label);
    names.set(name, label);
  }
  if (names.size === 0) return { arrivals, accounts };
  const nameOf = (name: string): string => names.get(name) ?? name;
  return {
    arrivals: arrivals.map((arrival) => {
      if (arrival.type === 'Account') return { ...arrival, name: nameOf(arrival.name) };
      return arrival.type === 'Pipeline' ? { ...arrival, document: followed(arrival.document, names) } : arrival;
    }),
    accounts: Object.fromEntries(Object.entries(accounts).map(([name, one]) => [nameOf(name), one])),
  };
}

function followed(document: Json, names: ReadonlyMap<string, string>): Json {
  const snaps = Object.entries(asObject(document['snap_map'])).map(([id, snap]) => {
    const to = names.get(asText(memberAt(snap, ...referencePath)));
    return [id, to === undefined ? snap : withMember(snap, referencePath, to)] as const;
  });
  return snaps.length === 0 ? document : { ...document, snap_map: Object.fromEntries(snaps) };
}
