import { Refusal } from './refusal.ts';
import type { User } from './users.ts';

/** The privileges that matter here, under the product's names. */
export const privileges = {
  createPackage: 'Create package',
  managePackages: 'Manage Migration Packages',
  bypassAccess: 'Bypass all object security access checks',
  administerEnvironment: 'Administer environment',
} as const;

type Privilege = (typeof privileges)[keyof typeof privileges];

export interface ListedPrivilege {
  readonly id: string;
  readonly privilege: Privilege;
  readonly category: string;
  /** Whether it can also be granted in single projects. */
  readonly ofProjects: boolean;
}

/** The privileges of the server by number. 295 and 296 are the product's numbers, the other two are our choice. */
export const listedPrivileges: readonly ListedPrivilege[] = [
  { id: '186', privilege: privileges.bypassAccess, category: 'Common', ofProjects: true },
  { id: '295', privilege: privileges.createPackage, category: 'Object Manager', ofProjects: true },
  { id: '296', privilege: privileges.managePackages, category: 'Object Manager', ofProjects: true },
  { id: '301', privilege: privileges.administerEnvironment, category: 'Administration', ofProjects: false },
];

export const importing: readonly Privilege[] = [
  privileges.managePackages,
  privileges.createPackage,
  privileges.bypassAccess,
];

/** What the sample's roles give. Its number is our choice. Clients read the name first, then the number. */
export const webUser = { name: 'Web user', id: '23' } as const;

/** 403 ERR014 names the first privilege that is missing. */
export function need(user: User, ...needed: readonly Privilege[]): void {
  const lacking = needed.find((one) => !user.may(one));
  if (lacking === undefined) return;
  throw new Refusal(403, 'ERR014', `Insufficient privileges. The user does not have the privilege '${lacking}'.`);
}

/** Approving, undoing and validating are for administrators. */
export function needAdministrator(user: User): void {
  if (user.administrator) return;
  throw new Refusal(403, 'ERR014', 'Insufficient privileges. Only administrators can perform this operation.');
}
