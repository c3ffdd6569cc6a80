import { MigratorError } from '../../../errors.ts';
import type { Asset } from '../projects/asset-plan.ts';

export interface Rename {
  readonly from: string;
  readonly to: string;
}

/** USAGE when a text is not `old=new`, or an account is named twice. */
export function readRenames(texts: readonly string[]): readonly Rename[] {
  const renames = texts.map((text) => {
    const at = text.indexOf('=');
    const [from, to] = [text.slice(0, at).trim(), text.slice(at + 1).trim()];
    if (at < 0 || from === '' || to === '') {
      throw new MigratorError('USAGE', `--rename-account "${text}" must be old=new`);
    }
    return { from, to };
  });
  const twice = renames.find(({ from }, index) => renames.findIndex((other) => other.from === from) !== index);
  if (twice !== undefined) throw new MigratorError('USAGE', `--rename-account names ${twice.from} twice`);
  const shared = renames.find(({ to }, index) => renames.findIndex((other) => other.to === to) !== index);
  if (shared !== undefined) {
    throw new MigratorError('USAGE', `--rename-account gives the name ${shared.to} to two accounts`);
  }
  return renames;
}

/** The accounts of a package: the template of its export, and the names in its list of assets. */
export interface PackagedAccounts {
  readonly template: unknown;
  readonly names: readonly string[];
}

export function accountsIn(assets: readonly Asset[]): readonly string[] {
  return assets.filter(({ type }) => type === 'Account').map(({ name }) => name);
}

/** USAGE when a rename is of an account that the package does not hold, or its new name is that of another one. */
export function checkRenames(renames: readonly Rename[], { template, names }: PackagedAccounts): void {
  const held = [...new Set([...names, ...(bookOf(template ?? {})?.accounts.keys() ?? [])])];
  const unknown = renames.filter(({ from }) => !held.includes(from));
  if (unknown.length > 0) {
    throw new MigratorError('USAGE', `there is no account ${unknown.map(({ from }) => from).join(', ')} to rename`, {
      hint: held.length === 0 ? 'the package holds no accounts' : `it has ${held.join(', ')}; names are case-sensitive`,
    });
  }
  const taken = renames.find(({ to }) => held.includes(to) && !renames.some(({ from }) => from === to));
  if (taken === undefined) return;
  throw new MigratorError(
    'USAGE',
    `the package has an account ${taken.to} already, so ${taken.from} cannot get its name`,
  );
}

type Member = Readonly<Record<string, unknown>>;

/** Accounts by their names, and how some of them are written in the same form. */
interface Book {
  readonly accounts: ReadonlyMap<string, unknown>;
  readonly written: (accounts: ReadonlyMap<string, unknown>) => unknown;
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
  const given = filledIn === undefined ? undefined : parsed(filledIn);
  if (renames.length === 0) return filledIn;
  checkRenames(renames, packaged);
  const template = bookOf(packaged.template ?? {});
  const { accounts, written } = given ?? template ?? unknownForm();
  const entryOf = (name: string) => objectOf(accounts.get(name) ?? template?.accounts.get(name)) ?? {};
  const changed = renames.map(({ from, to }) => [from, relabelled(entryOf(from), to)] as const);
  return JSON.stringify(written(new Map([...(given === undefined ? [] : accounts), ...changed])));
}

/** Undefined for a form that is not known. */
function bookOf(value: unknown): Book | undefined {
  if (Array.isArray(value)) {
    const members = value.map(objectOf);
    if (members.includes(undefined)) return undefined;
    return {
      accounts: new Map(members.map((member, index) => [nameOf(member ?? {}) ?? `account ${index + 1}`, member ?? {}])),
      written: (accounts) => [...accounts.values()],
    };
  }
  const object = objectOf(value);
  if (object === undefined) return undefined;
  return { accounts: new Map(Object.entries(object)), written: (accounts) => Object.fromEntries(accounts) };
}

/** The name of an account in a list: its label, its name, or the end of its path. */
function nameOf(account: Member): string | undefined {
  const label = objectOf(objectOf(objectOf(account['property_map'])?.['info'])?.['label'])?.['value'];
  const path = account['path'];
  const end = typeof path === 'string' ? path.split('/').at(-1) : undefined;
  return [label, account['name'], end].find((name): name is string => typeof name === 'string' && name !== '');
}

/** An account's name is its label. */
function relabelled(whole: Member, to: string): Member {
  const map = objectOf(whole['property_map']) ?? {};
  const info = objectOf(map['info']) ?? {};
  const label = objectOf(info['label']) ?? {};
  return { ...whole, property_map: { ...map, info: { ...info, label: { ...label, value: to } } } };
}

/** USAGE when the text does not hold accounts. The error quotes nothing, because the text holds passwords. */
function parsed(text: string): Book {
  try {
    const book = bookOf(JSON.parse(text) as unknown);
    if (book !== undefined) return book;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new MigratorError('USAGE', '--account-file is neither a JSON object nor a list of them', {
    hint: "fill in the accounts_template.json of the package's zip",
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
