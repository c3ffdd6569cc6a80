import { MigratorError } from '../../errors.ts';
import type { Secret } from '../../secret.ts';
import type { Context } from '../context.ts';
import { secretFlag } from '../secrets/read-secret.ts';

const shortest = 10;
const fewestCharacters = 5;

/** What people choose first, without digits and signs. */
const wellKnown = new Set(
  'password passwort passphrase passwd secret geheim migrator octopus admin administrator welcome willkommen letmein iloveyou qwerty qwertz qwertyuiop qwertzuiop asdfghjkl changeme changeit default dragon monkey football baseball sunshine princess master superman trustno example test testtest abc abcdefghij spring summer autumn winter hunter january february march april june july august september october november december'.split(
    ' ',
  ),
);

const rows = [
  '01234567890123456789',
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiopasdfghjklzxcvbnm',
  'qwertzuiopasdfghjklyxcvbnm',
  // Columns of the keyboard, down, and down and up.
  '1qaz2wsx3edc4rfv5tgb6zhn7ujm',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm',
  'qazwsxedcrfvtgbyhnujm',
  'qazxswedcvfrtgbnhyujm',
  '1q2w3e4r5t6z7u8i9o0p',
  '1q2w3e4r5t6y7u8i9o0p',
  'q1w2e3r4t5z6u7i8o9p0',
  'q1w2e3r4t5y6u7i8o9p0',
  'zaq12wsxcde34rfvbgt56yhnmju78',
];

/** Signs that people write in place of letters. */
const letters: Readonly<Record<string, string>> = {
  '@': 'a',
  '4': 'a',
  '3': 'e',
  '1': 'i',
  '!': 'i',
  '0': 'o',
  $: 's',
  '5': 's',
};

/** Why a passphrase is trivial; undefined when it is not. The passphrase is no part of the reason. */
export function trivialBecause(passphrase: string): string | undefined {
  const text = passphrase.normalize('NFKC').toLowerCase();
  const characters = Array.from(text);
  if (characters.length < shortest) return `it has fewer than ${shortest} characters`;
  if (/^(.{1,4}?)\1+$/su.test(text) || new Set(characters).size < fewestCharacters)
    return `it repeats itself, or has fewer than ${fewestCharacters} different characters`;
  const half = text.slice(0, text.length / 2);
  if (half + half === text) return 'it repeats itself';
  // 112233 is a row too.
  const once = text.replace(/(.)\1+/gsu, '$1');
  const backwards = Array.from(once).reverse().join('');
  if (rows.some((row) => row.includes(once) || row.includes(backwards)))
    return 'it is a row of neighbouring keys or characters';
  const bare = (word: string): string => word.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
  const spelled = (word: string): string => word.replace(/[@431!0$5]/gu, (sign) => letters[sign] ?? sign);
  // A sign at the start may stand for a letter, or for nothing.
  const words = [spelled(bare(text)), spelled(text.replace(/[^\p{L}]+$/u, ''))].map((word) =>
    word.replace(/[^\p{L}]/gu, ''),
  );
  return words.some((word) => wellKnown.has(word)) ? 'it is a well-known word with digits or signs' : undefined;
}

const rule = `a passphrase has at least ${shortest} characters, ${fewestCharacters} of them different, and must not be a well-known word or a row of neighbouring keys; several random words are good`;

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
  const passphrase = await secretFlag(reference, flag, purpose, context, (secret) => {
    const trivial = trivialBecause(secret.reveal());
    if (trivial !== undefined)
      throw new MigratorError('USAGE', `the ${purpose} is too easy to guess: ${trivial}`, { hint: rule });
  });
  if (reference !== 'prompt') return passphrase;
  const again = await secretFlag(reference, flag, `${purpose}, once more`, context);
  if (again.reveal() === passphrase.reveal()) return passphrase;
  throw new MigratorError('USAGE', `the two answers for the ${purpose} differ`, { hint: 'run the command again' });
}
