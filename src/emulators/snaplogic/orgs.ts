import { Refusal } from '../shared/answering.ts';
import { asObject, asObjects, asText, asTexts } from '../shared/json.ts';
import type { Entry, Store } from '../shared/store.ts';

export type SecurityLevel = 'standard' | 'enhanced';

export interface Snaplex {
  readonly label: string;
  readonly runtime_path_id: string;
}

export interface Member {
  readonly administrator: boolean;
  /** Any of R, W and X. */
  readonly perms: readonly string[];
}

/** An environment. */
export interface Org {
  /** Its snode id. */
  readonly id: string;
  readonly name: string;
  readonly securityLevel: SecurityLevel;
  /** The names of the environments that may receive its accounts and policies. */
  readonly trusted: readonly string[];
  /** Password login to the public API is off. */
  readonly basicDisabled: boolean;
  readonly snaplexes: readonly Snaplex[];
  readonly members: Readonly<Record<string, Member>>;
}

const member = (value: unknown): Member => {
  const { administrator, perms } = asObject(value);
  return { administrator: administrator === true, perms: asTexts(perms) };
};

function orgOf({ id, name, body }: Entry): Org {
  return {
    id,
    name,
    securityLevel: body['securityLevel'] === 'enhanced' ? 'enhanced' : 'standard',
    trusted: asTexts(body['trusted']),
    basicDisabled: body['basicDisabled'] === true,
    snaplexes: asObjects(body['snaplexes']).map((one) => ({
      label: asText(one['label']),
      runtime_path_id: asText(one['runtime_path_id']),
    })),
    members: Object.fromEntries(
      Object.entries(asObject(body['members'])).map(([email, one]) => [email, member(one)] as const),
    ),
  };
}

export function putOrg(store: Store, org: Org): void {
  const { id, name, ...body } = org;
  store.put({ kind: 'Org', id, container: undefined, name, body: body });
}

export const allOrgs = (store: Store): readonly Org[] => store.all('Org').map(orgOf);

export function orgNamed(store: Store, name: string): Org | undefined {
  const entry = store.named('Org', undefined, name);
  return entry === undefined ? undefined : orgOf(entry);
}

export function orgById(store: Store, id: string): Org | undefined {
  const entry = store.get('Org', id);
  return entry === undefined ? undefined : orgOf(entry);
}

export function needOrg(store: Store, name: string): Org {
  const org = orgNamed(store, name);
  if (org === undefined) throw new Refusal(404, `Org ${name} does not exist`);
  return org;
}

/** Why accounts and policies of an environment must not enter another one. Undefined when they may. */
export function trustObstacle(from: Org, to: Org): string | undefined {
  if (from.id === to.id) return undefined;
  if (from.securityLevel === 'enhanced' && to.securityLevel === 'standard') {
    return `${to.name} has a lower security level than ${from.name}`;
  }
  return from.trusted.includes(to.name) ? undefined : `${from.name} does not trust ${to.name}`;
}
