import { MigratorError } from '../../../errors.ts';
import type { Asset } from '../projects/asset-plan.ts';
import { requireName } from '../wire/paths.ts';

export interface Rename {
  readonly from: string;
  readonly to: string;
}

/** USAGE when a text is not `old=new`, when a new name cannot be one, or when an account is named twice. */
export function readRenames(texts: readonly string[]): readonly Rename[] {
  const renames = texts.map((text) => {
    const at = text.indexOf('=');
    const [from, to] = [text.slice(0, at).trim(), text.slice(at + 1).trim()];
    if (at < 0 || from === '' || to === '') {
      throw new MigratorError('USAGE', `--rename-account "${text}" must be old=new`);
    }
    return { from, to };
  });
  requireApart(renames, '--rename-account');
  return renames;
}

/** USAGE when a new name cannot be one, when an account is renamed twice, or when two accounts get one name. */
export function requireApart(renames: readonly Rename[], what: string): void {
  for (const { to } of renames) requireName(to, what);
  const twice = renames.find(({ from }, index) => renames.findIndex((other) => other.from === from) !== index);
  if (twice !== undefined) throw new MigratorError('USAGE', `${what} names ${twice.from} twice`);
  const shared = renames.find(({ to }, index) => renames.findIndex((other) => other.to === to) !== index);
  if (shared !== undefined) throw new MigratorError('USAGE', `${what} gives the name ${shared.to} to two accounts`);
}

/** The assets under the names that they arrive with. */
export function renamedAssets(assets: readonly Asset[], renames: readonly Rename[]): readonly Asset[] {
  const names = new Map(renames.map(({ from, to }) => [from, to]));
  return assets.map(({ type, name }) => ({ type, name: type === 'Account' ? (names.get(name) ?? name) : name }));
}

/**
 * USAGE when the new name of an account is that of another asset: a project has each name once, so one of the two would
 * not arrive.
 */
export function requireFree(renames: readonly Rename[], assets: readonly Asset[]): void {
  for (const { from, to } of renames) {
    const other = assets.find(({ type, name }) =>
      type === 'Account' ? name === to && name !== from && !renames.some((one) => one.from === name) : name === to,
    );
    if (other === undefined) continue;
    const what = other.type === 'Account' ? 'an account' : `${/^[AEIOU]/u.test(other.type) ? 'an' : 'a'} ${other.type}`;
    throw new MigratorError('USAGE', `the package has ${what} ${to} already, so ${from} cannot get its name`, {
      hint: 'in a project each name is there once: choose another one',
    });
  }
}
