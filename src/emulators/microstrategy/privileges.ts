import { Refusal } from './refusal.ts';
import type { User } from './users.ts';

/** The privileges that count here, by the names the product shows. */
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
  /** May be given in single projects too. */
  readonly ofProjects: boolean;
}

/** What the server knows, by its numbers: 295 and 296 are the product's own, the other two a choice. */
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
