import { MigratorError } from '../../../errors.ts';
import { nearest } from '../../../nearest.ts';
import { jsonIn, requireText } from '../../shared/json-file.ts';
import type { Asset } from '../projects/asset-plan.ts';
import { requireApart, requireFree, type Rename } from './renames.ts';

const option = '--account-file';

/** The accounts of a package: the template of its export, and its list of assets. */
export interface PackagedAccounts {
  readonly template: unknown;
  readonly assets: readonly Asset[];
}

type Member = Readonly<Record<string, unknown>>;

/** Accounts by their names, and how some of them are written in the same form. */
interface Book {
  readonly accounts: ReadonlyMap<string, unknown>;
  readonly written: (accounts: ReadonlyMap<string, unknown>) => unknown;
}

/** USAGE when the text of --account-file does not hold accounts. The error quotes no value: they are passwords. */
export function checkAccountFile(text: string): void {
  bookIn(text, []);
}

/**
 * What the package's accounts are renamed to, by `renames` and by new labels in the account file. USAGE when a rename or an
 * entry of the file is of an account that the package does not hold, when the entry has a member that the template does
 * not have, or when a new name is taken.
 */
export function checkedRenames(
  packaged: PackagedAccounts,
  filledIn: string | undefined,
  renames: readonly Rename[],
): readonly Rename[] {
  const { template, assets } = packaged;
  const known = bookOf(template ?? {}, []);
  const held = namesIn(packaged);
  requireHeld(
    renames.map(({ from }) => from),
    held,
    '--rename-account',
  );
  const given = filledIn === undefined ? undefined : bookIn(filledIn, held);
  requireHeld([...(given?.accounts.keys() ?? [])], held, option);
  const labels = [...(given?.accounts ?? [])].flatMap(([name, entry]): Rename[] => {
    const usual = known?.accounts.get(name);
    requireKnownMembers(entry, usual, name);
    const [from, to] = [labelOf(usual) ?? name, labelOf(entry)];
    const isListed = assets.some((asset) => asset.type === 'Account' && asset.name === from);
    return to === undefined || to === from || !isListed ? [] : [{ from, to }];
  });
  const others = labels.filter((one) => !renames.some(({ from, to }) => from === one.from && to === one.to));
  const all = [...renames, ...others];
  requireApart(all, `${option} with --rename-account`);
  const unlisted = held.filter((name) => !assets.some((asset) => asset.name === name));
  requireFree(all, [...assets, ...unlisted.map((name) => ({ type: 'Account', name }))]);
  return all;
}

/**
 * The JSON of changed accounts that an import takes. It is made from the template in the export. Its form is not
 * documented; an object by name and a list are known here. An import does not change accounts that are absent, so of
 * the template only the renamed accounts are sent. A file that the user filled in is sent whole, with the renames.
 * Undefined when nothing changes.
 */
export function accountFile(
  packaged: PackagedAccounts,
  filledIn: string | undefined,
  renames: readonly Rename[],
): string | undefined {
  checkedRenames(packaged, filledIn, renames);
  if (renames.length === 0) return filledIn;
  const given = filledIn === undefined ? undefined : bookIn(filledIn, namesIn(packaged));
  const template = bookOf(packaged.template ?? {}, []);
  const { accounts, written } = given ?? template ?? unknownForm();
  const entryOf = (name: string) => objectOf(accounts.get(name) ?? template?.accounts.get(name)) ?? {};
  const changed = renames.map(({ from, to }) => [from, relabelled(entryOf(from), to)] as const);
  return JSON.stringify(written(new Map([...(given === undefined ? [] : accounts), ...changed])));
}

function namesIn({ template, assets }: PackagedAccounts): readonly string[] {
  const listed = assets.flatMap(({ type, name }) => (type === 'Account' ? [name] : []));
  return [...new Set([...listed, ...(bookOf(template ?? {}, [])?.accounts.keys() ?? [])])];
}

function requireHeld(names: readonly string[], held: readonly string[], what: string): void {
  const unknown = names.filter((name) => !held.includes(name));
  if (unknown.length === 0) return;
  throw new MigratorError('USAGE', `${what}: the package has no account ${unknown.join(', ')}`, {
    hint: held.length === 0 ? 'the package holds no accounts' : `it has ${held.join(', ')}; names are case-sensitive`,
  });
}

/** A value of a property has members of its own, such as those of an encrypted one. */
const deepest = 3;

/**
 * USAGE for a member of an account that the template does not have: the import would ignore it, or store it where
 * nobody looks. Where the template shows no members, all are taken.
 */
function requireKnownMembers(entry: unknown, usual: unknown, name: string, path: readonly string[] = []): void {
  const [given, known] = [objectOf(entry), objectOf(usual)];
  if (path.length >= deepest || given === undefined || known === undefined) return;
  const keys = [...Object.keys(known), ...(path.length === 0 ? naming : []), ...(isMap(path) ? ['info'] : [])];
  if (Object.keys(known).length === 0) return;
  for (const [key, value] of Object.entries(given)) {
    const here = [...path, key];
    if (keys.includes(key)) {
      requireKnownMembers(value, Object.hasOwn(known, key) ? known[key] : undefined, name, here);
      continue;
    }
    const near = nearest(key, keys);
    throw new MigratorError('USAGE', `${option}: the account ${name} of the package has no ${here.join('.')}`, {
      hint: near === undefined ? `there are ${keys.join(', ')}` : `did you mean ${[...path, near].join('.')}?`,
    });
  }
}

const naming = ['name', 'path', 'property_map'];
const isMap = (path: readonly string[]): boolean => path.join('.') === 'property_map';

/**
 * Undefined for a form that is not known. A member of a list may have a new label, so of its names the one of `held`
 * counts. USAGE when a list has an account twice.
 */
function bookOf(value: unknown, held: readonly string[]): Book | undefined {
  if (Array.isArray(value)) {
    const accounts = new Map<string, unknown>();
    for (const [index, member] of value.map(objectOf).entries()) {
      if (member === undefined) return undefined;
      const names = namesOf(member);
      const name = names.find((one) => held.includes(one)) ?? names[0] ?? `number ${index + 1}, which has no name`;
      if (accounts.has(name)) throw new MigratorError('USAGE', `${option} lists the account ${name} more than once`);
      accounts.set(name, member);
    }
    return { accounts, written: (some) => [...some.values()] };
  }
  const object = objectOf(value);
  if (object === undefined || Object.values(object).some((entry) => objectOf(entry) === undefined)) return undefined;
  return { accounts: new Map(Object.entries(object)), written: (accounts) => Object.fromEntries(accounts) };
}

/** The names of an account in a list: its label, its name, or the end of its path. */
function namesOf(account: Member): readonly string[] {
  const path = account['path'];
  const end = typeof path === 'string' ? path.split('/').at(-1) : undefined;
  return [labelOf(account), account['name'], end].filter(
    (name): name is string => typeof name === 'string' && name !== '',
  );
}

/** An account's name is its label. */
function labelOf(account: unknown): string | undefined {
  const map = objectOf(objectOf(account)?.['property_map']);
  const label = objectOf(objectOf(map?.['info'])?.['label'])?.['value'];
  return typeof label === 'string' && label !== '' ? label : undefined;
}

function relabelled(whole: Member, to: string): Member {
  const map = objectOf(whole['property_map']) ?? {};
  const info = objectOf(map['info']) ?? {};
  const label = objectOf(info['label']) ?? {};
  return { ...whole, property_map: { ...map, info: { ...info, label: { ...label, value: to } } } };
}

function bookIn(text: string, held: readonly string[]): Book {
  const hint = "fill in the accounts_template.json of the package's zip";
  requireText(text, option, 'save it as UTF-8');
  const book = bookOf(jsonIn(text, option, hint), held);
  if (book !== undefined) return book;
  throw new MigratorError('USAGE', `${option} is neither a JSON object of accounts by name nor a list of them`, {
    hint,
  });
}

function unknownForm(): never {
  throw new MigratorError('USAGE', 'the accounts_template.json of the package has a form that is not known', {
    hint: 'rename the accounts in a copy of it and give that with --account-file',
  });
}

function objectOf(value: unknown): Member | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Member) : undefined;
}
