import type { Store } from '../../shared/store.ts';
import type { Member } from '../orgs.ts';
import { allowToken, putUser, setPassword } from '../users.ts';
import { sampleOwner } from './builder.ts';
import { samplePassword, users } from './company.ts';

export const administrator: Member = { administrator: true, perms: ['R', 'W', 'X'] };
export const writer: Member = { administrator: false, perms: ['R', 'W'] };
export const reader: Member = { administrator: false, perms: ['R'] };

const updated = '2026-01-15T08:00:00.000Z';

export function addAdministrator(store: Store): void {
  const flags = { lockedOut: false, passwordExpired: false, serviceAccount: false };
  putUser(store, { email: sampleOwner, firstName: 'Ada', lastName: 'Admin', ...flags, passwordUpdated: updated });
}

export function addUsers(store: Store): void {
  for (const { email, firstName, lastName, token, ...flags } of users) {
    const { lockedOut = false, passwordExpired = false, serviceAccount = false } = flags;
    putUser(store, {
      email,
      firstName,
      lastName,
      lockedOut,
      passwordExpired,
      serviceAccount,
      passwordUpdated: updated,
    });
    setPassword(store, email, samplePassword);
    if (token !== undefined) allowToken(store, 'Bearer', token, email);
  }
}

/** The members of every sample environment, and `more`. */
export const membersWith = (more: Readonly<Record<string, Member>>): Readonly<Record<string, Member>> => ({
  [sampleOwner]: administrator,
  'ci@acme.example': administrator,
  'locked@acme.example': reader,
  'expired@acme.example': reader,
  ...more,
});
