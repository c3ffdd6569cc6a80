import { resolve } from 'node:path';
import { stat } from 'node:fs/promises';
import { MigratorError } from '../../errors.ts';
import { nearestOf } from '../../nearest.ts';
import { parseRecipient } from '../../package/index.ts';
import { readPublicKey } from './key-files.ts';
import type { KeySettings } from './key-settings.ts';
import { keyOnCommandLine, kindOfKey, wrongKind } from './kinds.ts';

/** The word for the user's own identity among recipients. No group can have this name. */
export const oneself = 'me';

export interface RecipientGroup {
  readonly name: string;
  readonly recipients: readonly string[];
  /** Why its recipients cannot be told: a file that is missing. */
  readonly fault?: string;
}

/** The lists of `keys.recipients` by name. Empty where that is one list. */
export function groupsOf({ keys: { recipients } }: KeySettings): Readonly<Record<string, readonly string[]>> {
  return isList(recipients) ? {} : recipients;
}

const isList = (value: KeySettings['keys']['recipients']): value is readonly string[] => Array.isArray(value);

/** The recipients that packages get without `--recipient`; empty means the user alone. */
export function usualRecipients({ keys: { recipients } }: KeySettings): readonly string[] {
  return isList(recipients) ? recipients : [];
}

/** The public keys of `--recipient`: a key, `file:path`, a group of the rc file, or `me`. */
export async function recipientsOfFlag(
  word: string,
  settings: KeySettings,
  own: () => Promise<readonly string[]>,
): Promise<readonly string[]> {
  if (word === oneself) return own();
  const groups = groupsOf(settings);
  if (Object.hasOwn(groups, word)) return recipientsOfGroup(word, settings);
  const { context } = settings;
  const { origin, words } = context.flagSource('recipient');
  const directory = origin === 'rc file' ? settings.directory : context.io.cwd;
  if (/^file:|^age1/u.test(word) || kindOfKey(word) !== undefined) return recipientsFrom(word, directory, words);
  throw await noGroup(word, Object.keys(groups), directory, settings);
}

export async function recipientsOfGroup(name: string, settings: KeySettings): Promise<readonly string[]> {
  const found: string[] = [];
  for (const text of groupsOf(settings)[name] ?? [])
    found.push(...(await recipientsFrom(text, settings.directory, `keys.recipients.${name}`)));
  return found;
}

/** The keys of a list in the rc file. */
export async function recipientsFrom(text: string, directory: string, where: string): Promise<readonly string[]> {
  const typed = kindOfKey(text);
  if (typed?.isSecret === true && where.startsWith('--')) throw keyOnCommandLine(where);
  if (typed !== undefined && typed.name !== 'recipient') throw wrongKind(`the key of ${where}`, typed, 'recipient');
  if (!text.startsWith('file:')) return [whole(text, `the key of ${where}`)];
  const path = resolve(directory, text.slice('file:'.length));
  const content = await readPublicKey(path);
  const kind = kindOfKey(content);
  if (kind !== undefined && kind.name !== 'recipient') throw wrongKind(`"${path}"`, kind, 'recipient');
  const lines = content
    .split(/\r?\n/u)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (lines.length === 0)
    throw new MigratorError('CONFIG_INVALID', `"${path}" holds no public key`, {
      hint: 'write one public key (age1…) on each line',
    });
  return lines.map((line, index) => {
    const other = kindOfKey(line);
    if (other !== undefined && other.name !== 'recipient')
      throw wrongKind(`line ${index + 1} of the keys in "${path}"`, other, 'recipient');
    return whole(line, `line ${index + 1} of the keys in "${path}"`);
  });
}

/** CONFIG_INVALID for a key that was not copied as a whole: its check sum does not match. */
function whole(text: string, name: string): string {
  if (text.startsWith('age1')) {
    try {
      return parseRecipient(text).toString();
    } catch (cause) {
      throw new MigratorError('CONFIG_INVALID', `"${text.slice(0, 100)}" is not a whole public age key`, {
        hint: `copy ${name} again: it begins with age1 and has 62 characters`,
        cause,
      });
    }
  }
  throw new MigratorError('CONFIG_INVALID', `${name} is not a public age key (age1…)`, {
    hint: '"migrator key list" shows your own; SSH keys and keys of plugins are not supported',
  });
}

async function noGroup(
  word: string,
  names: readonly string[],
  directory: string,
  { file }: KeySettings,
): Promise<MigratorError> {
  const shown = word.slice(0, 100);
  const isFile = await stat(resolve(directory, word)).then(
    (found) => found.isFile(),
    () => false,
  );
  const [near] = nearestOf(word, [...names, oneself]);
  const hint = isFile
    ? `for the keys in that file, write file:${shown}`
    : near !== undefined
      ? `did you mean "${near}"?`
      : names.length > 0
        ? `the groups in ${file ?? 'the rc file'} are ${names.join(', ')}`
        : 'give a public key (age1…), file:path, or name a group in the rc file: keys: { recipients: { night-team: [age1…] } }';
  return new MigratorError('USAGE', `"${shown}" is neither a public age key (age1…) nor a group of recipients`, {
    hint,
  });
}
