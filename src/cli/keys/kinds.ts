import { MigratorError } from '../../errors.ts';

/** What a text is that was given as a key. */
export interface KeyKind {
  readonly name: 'identity' | 'locked identity' | 'recipient' | 'public key' | 'signing key' | 'other';
  /** With its article, for messages. */
  readonly words: string;
  /** A secret is never repeated in a message. */
  readonly isSecret: boolean;
}

const kinds: readonly (readonly [RegExp, KeyKind['name'], string, boolean])[] = [
  [/^AGE-SECRET-KEY-/iu, 'identity', 'a secret age key', true],
  [/^AGE-PLUGIN-/iu, 'other', 'a key of an age plugin', true],
  [/^(?:age-encryption\.org\/|-----BEGIN AGE ENCRYPTED FILE)/u, 'locked identity', 'an encrypted age file', true],
  [/^age1[a-z0-9]+1/u, 'other', 'a public key of an age plugin', false],
  [/^age1/u, 'recipient', 'a public age key', false],
  [/^(?:ssh-|ecdsa-|sk-)/u, 'other', 'a public SSH key', false],
  [/^-----BEGIN [A-Z ]*PRIVATE KEY/u, 'other', 'a private SSH or TLS key', true],
  [/^-----BEGIN /u, 'other', 'a PGP or TLS file', true],
];

/** The lengths of what minisign writes in base64. */
const minisign: Readonly<Record<number, readonly [KeyKind['name'], string, boolean]>> = {
  42: ['public key', 'a minisign public key', false],
  74: ['other', 'a minisign signature', false],
  158: ['signing key', 'a minisign secret key', true],
};

/** Undefined for a text that is no key at all, such as a name. */
export function kindOfKey(text: string): KeyKind | undefined {
  const lines = text
    .split(/\r?\n/u)
    .map((one) => one.trim())
    .filter((one) => one !== '' && !one.startsWith('#') && !one.startsWith('untrusted comment:'));
  const [line = ''] = lines;
  const found = kinds.find(([pattern]) => pattern.test(line));
  if (found !== undefined) return { name: found[1], words: found[2], isSecret: found[3] };
  const bytes = Buffer.from(line, 'base64');
  const known = bytes.toString('base64') === line && line.startsWith('RW') ? minisign[bytes.length] : undefined;
  return known && { name: known[0], words: known[1], isSecret: known[2] };
}

/** What each place for a key needs, and how to come by it. */
const needs = {
  recipient: [
    'a public age key (age1…)',
    'its owner reads it with "migrator key list"; SSH keys and keys of plugins are not supported',
  ],
  identity: [
    'an age identity (AGE-SECRET-KEY-1…)',
    'give the file that "migrator key generate" or "age-keygen" wrote; SSH keys and keys of plugins are not supported',
  ],
  'public key': [
    'a minisign public key (RW…)',
    'the signer reads it with "migrator key list"; it is also the second line of migrator.pub',
  ],
  'signing key': [
    'a minisign secret key',
    'give the file migrator.key that "migrator key generate" wrote, or one that "minisign -G" wrote',
  ],
} as const;

export type KeyNeed = keyof typeof needs;

/** Refuses a key of another kind. `name` is the flag or the file that has it; the key itself is not repeated. */
export function wrongKind(name: string, kind: KeyKind, need: KeyNeed): MigratorError {
  const [words, hint] = needs[need];
  const leaked = kind.isSecret && (need === 'recipient' || need === 'public key');
  return new MigratorError('USAGE', `${name} is ${kind.words}, and ${words} is needed`, {
    hint: leaked ? `never hand out a secret key; ${hint}` : hint,
  });
}

/** A secret key in the place of a file name. Other users of the machine can read a command line. */
export function keyOnCommandLine(name: string): MigratorError {
  return new MigratorError(
    'USAGE',
    `${name} was given a secret key itself, which every user of this machine can read`,
    {
      hint: 'put it into a file or a variable and give its name: file:path or env:NAME; if others may have seen it, replace it with: migrator key rotate',
    },
  );
}
