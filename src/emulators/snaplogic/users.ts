import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { asText } from '../shared/json.ts';
import type { Entry, Store } from '../shared/store.ts';

export interface User {
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly lockedOut: boolean;
  readonly passwordExpired: boolean;
  readonly serviceAccount: boolean;
  readonly passwordUpdated: string;
}

const userOf = ({ id, body }: Entry): User => ({
  email: id,
  firstName: asText(body['firstName']),
  lastName: asText(body['lastName']),
  lockedOut: body['lockedOut'] === true,
  passwordExpired: body['passwordExpired'] === true,
  serviceAccount: body['serviceAccount'] === true,
  passwordUpdated: asText(body['passwordUpdated']),
});

export function putUser(store: Store, user: User): void {
  const { email, ...body } = user;
  store.put({ kind: 'User', id: email, container: undefined, name: email, body: body });
}

export const userNamed = (store: Store, email: string): User | undefined => {
  const entry = store.get('User', email);
  return entry === undefined ? undefined : userOf(entry);
};

const digest = (salt: string, password: string) => createHash('sha256').update(`${salt}|${password}`).digest();

/** Keeps a salted hash. It hides the password from a reader of the file, but does not withstand an attack. */
export function setPassword(store: Store, email: string, password: string): void {
  const salt = randomBytes(8).toString('hex');
  store.keep(`password:${email}`, `${salt}|${digest(salt, password).toString('hex')}`);
}

export function hasPassword(store: Store, email: string, password: string): boolean {
  const [salt = '', hash = ''] = store.setting(`password:${email}`)?.split('|') ?? [];
  return hash !== '' && timingSafeEqual(digest(salt, password), Buffer.from(hash, 'hex'));
}

const tokenName = (token: string) => `token:${createHash('sha256').update(token).digest('hex')}`;

/** Accepts a bearer or session token of a user. */
export const allowToken = (store: Store, kind: 'Bearer' | 'SLToken', token: string, email: string): void =>
  store.keep(`${kind}:${tokenName(token)}`, email);

export const endToken = (store: Store, kind: 'Bearer' | 'SLToken', token: string): void =>
  store.keep(`${kind}:${tokenName(token)}`, undefined);

export const userOfToken = (store: Store, kind: 'Bearer' | 'SLToken', token: string): User | undefined => {
  const email = store.setting(`${kind}:${tokenName(token)}`);
  return email === undefined ? undefined : userNamed(store, email);
};
