import { MigratorError } from '../../errors.ts';
import type { Secret } from '../../secret.ts';
import type { Context } from '../context.ts';
import { secretFlag } from '../secrets/read-secret.ts';

const shortest = 10;
const fewestCharacters = 5;

/** What people choose first, without digits and signs. */
const wellKnown = new Set(
  'password passwort passphrase passwd secret geheim migrator octopus admin administrator welcome willkommen letmein iloveyou qwerty qwertz qwertyuiop qwertzuiop asdfghjkl changeme changeit default dragon monkey football baseball sunshine princess master superman trustno example test testtest abc abcdefghij'.split(
    ' ',
  ),
);

const rows = [
  '01234567890123456789',
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiopasdfghjklzxcvbnm',
  'qwertzuiopasdfghjklyxcvbnm',
];

/** Why a passphrase is trivial; undefined when it is not. The passphrase is no part of the reason. */
export function trivialBecause(passphrase: string): string | undefined {
  const text = passphrase.normalize('NFKC').toLowerCase();
  const characters = Array.from(text);
  if (characters.length < shortest) return `it has fewer than ${shortest} characters`;
  if (/^(.{1,4}?)\1+$/su.test(text) || new Set(characters).size < fewestCharacters)
    return `it repeats itself, or has fewer than ${fewestCharacters} different characters`;
  const backwards = [...characters].reverse().join('');
  if (rows.some((row) => row.includes(text) || row.includes(backwards)))
    return 'it is a row of neighbouring keys or characters';
  const bare = text.replace(/[^\p{L}]/gu, '');
  const half = bare.slice(0, bare.length / 2);
  if (wellKnown.has(bare) || (half !== '' && half + half === bare && wellKnown.has(half)))
    return 'it is a well-known word with digits or signs';
  return undefined;
}

const rule = `a passphrase has at least ${shortest} characters, ${fewestCharacters} of them different, and must not be a well-known word or a row such as 1234567890; several random words are good`;

/**
 * A passphrase that will lock something. One that is typed is asked for twice, because a typing error would lock it for
 * ever. USAGE for a trivial one, wherever it comes from, and for two that differ.
 */
export async function newPassphrase(
  reference: string,
  flag: string,
  purpose: string,
  context: Context,
): Promise<Secret> {
  const passphrase = await secretFlag(reference, flag, purpose, context);
  const trivial = trivialBecause(passphrase.reveal());
  if (trivial !== undefined)
    throw new MigratorError('USAGE', `the ${purpose} is too easy to guess: ${trivial}`, { hint: rule });
  if (reference !== 'prompt') return passphrase;
  const again = await secretFlag(reference, flag, `${purpose}, once more`, context);
  if (again.reveal() === passphrase.reveal()) return passphrase;
  throw new MigratorError('USAGE', `the two answers for the ${purpose} differ`, { hint: 'run the command again' });
}
