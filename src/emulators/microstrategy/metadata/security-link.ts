import type { Entry, Store } from '../../shared/store.ts';

/**
 * The roles and filters of a user or group in one project, as links. A project_security package contains only these.
 */
export interface SecurityLink {
  readonly project: string;
  readonly trustee: string;
  readonly roles: readonly string[];
  readonly filters: readonly string[];
}

export const linkKind = 'security-link';

const linkKey = (project: string, trustee: string): string => `${project}/${trustee}`;

export const linkEntry = (link: SecurityLink): Entry => ({
  kind: linkKind,
  id: linkKey(link.project, link.trustee),
  container: link.project,
  name: link.trustee,
  body: { ...link },
});

export const readLink = ({ body }: Entry): SecurityLink => body as unknown as SecurityLink;

export function findLink(store: Store, project: string, trustee: string): SecurityLink | undefined {
  const entry = store.get(linkKind, linkKey(project, trustee));
  return entry === undefined ? undefined : readLink(entry);
}

/** The users and groups with a role or a filter in a project. */
export const membersInProject = (store: Store, project: string, id: string): readonly string[] =>
  store
    .all(linkKind, project)
    .map(readLink)
    .filter(({ roles, filters }) => roles.includes(id) || filters.includes(id))
    .map(({ trustee }) => trustee);
