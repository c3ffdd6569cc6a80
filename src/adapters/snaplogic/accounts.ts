import { MigratorError } from '../../errors.ts';

export interface Rename {
  readonly from: string;
  readonly to: string;
}

/** USAGE when one is not `old=new`, or an account is named twice. */
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
  return renames;
}

/**
 * The JSON of accounts to change that an import takes, made from the template that the export holds: an object with
 * one member for each account, by its name. Of the template only the accounts that get another name are sent, because
 * those that are absent stay unchanged. Undefined when there is nothing to change.
 */
export function accountFile(
  template: unknown,
  filledIn: string | undefined,
  renames: readonly Rename[],
): string | undefined {
  if (filledIn === undefined && renames.length === 0) return undefined;
  const given = filledIn === undefined ? undefined : parsed(filledIn);
  const base = given ?? objectOf(template) ?? {};
  const unknown = renames.filter(({ from }) => !Object.hasOwn(base, from));
  if (unknown.length > 0) {
    const names = Object.keys(base);
    throw new MigratorError('USAGE', `there is no account ${unknown.map(({ from }) => from).join(', ')} to rename`, {
      hint:
        names.length === 0 ? 'the package holds no accounts' : `it has ${names.join(', ')}; names are case-sensitive`,
    });
  }
  const changed = Object.fromEntries(renames.map(({ from, to }) => [from, relabelled(base[from], to)]));
  return JSON.stringify(given === undefined ? changed : { ...given, ...changed });
}

/** An account's name is its label. */
function relabelled(account: unknown, to: string): unknown {
  const whole = objectOf(account) ?? {};
  const map = objectOf(whole['property_map']) ?? {};
  const info = objectOf(map['info']) ?? {};
  const label = objectOf(info['label']) ?? {};
  return { ...whole, property_map: { ...map, info: { ...info, label: { ...label, value: to } } } };
}

/** USAGE when it is no JSON object; nothing of it is quoted, because it holds passwords. */
function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const object = objectOf(JSON.parse(text) as unknown);
    if (object !== undefined) return object;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new MigratorError('USAGE', '--account-file is not a JSON object', {
    hint: "fill in the accounts_template.json of the package's zip",
  });
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}
