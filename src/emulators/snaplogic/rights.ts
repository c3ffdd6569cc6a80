import { Refusal } from '../shared/answering.ts';
import type { Caller } from './authentication.ts';
import type { Org } from './orgs.ts';
import type { Node, Place } from './tree.ts';

export type Right = 'R' | 'W' | 'X';

const granted = (email: string, node: Node, inherited: boolean): readonly string[] =>
  node.acl
    .filter(({ grant_type, grantee, inherit }) => grant_type === 'USER' && grantee === email && (inherit || !inherited))
    .flatMap(({ perms }) => perms);

/** The rights of a user at a place: from the list of the environment and from the lists of the nodes on the way. */
export function permsAt(email: string, { org, nodes }: Place): readonly Right[] {
  const rights: readonly Right[] = ['R', 'W', 'X'];
  const last = nodes.at(-1);
  const member = org.members[email];
  if (last?.secured === true && last.owner !== email) {
    const own = granted(email, last, false);
    return rights.filter((right) => own.includes(right));
  }
  if (member?.administrator === true) return rights;
  const all = [
    ...(member?.perms ?? []),
    ...nodes.flatMap((node) => (node.owner === email ? rights : granted(email, node, node !== last))),
  ];
  return rights.filter((right) => all.includes(right));
}

export const isAdmin = (email: string, org: Org): boolean => org.members[email]?.administrator === true;

/** 403 when the environment does not accept passwords, or when a JWT was made for another environment. */
export function enter({ scheme, org: tokenOrg }: Caller, org: Org): void {
  if (scheme === 'Basic' && org.basicDisabled) {
    throw new Refusal(403, `Basic authentication is disabled in ${org.name}`);
  }
  if (tokenOrg !== undefined && tokenOrg !== org.name) {
    throw new Refusal(403, `The token was issued for ${tokenOrg}, not for ${org.name}`);
  }
}

const words = { R: 'read', W: 'write', X: 'execute' } as const;

export function need({ user }: Caller, place: Place, right: Right): void {
  if (permsAt(user.email, place).includes(right)) return;
  throw new Refusal(403, `${user.email} has no ${words[right]} permission on ${place.path}`);
}

export function needAdmin({ user }: Caller, org: Org): void {
  if (isAdmin(user.email, org)) return;
  throw new Refusal(403, `${user.email} is not an admin of ${org.name}`);
}
