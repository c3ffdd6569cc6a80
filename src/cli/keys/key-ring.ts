import { type Identity, parseRecipient, type PublicKey, type Recipient, type SigningKey } from '../../package/index.ts';
import type { Context } from '../context.ts';
import { Identities } from './identities.ts';
import { keySettings } from './key-settings.ts';
import {
  groupsOf,
  type RecipientGroup,
  recipientsFrom,
  recipientsOfFlag,
  recipientsOfGroup,
  usualRecipients,
} from './recipients.ts';
import { type TrustedSigner, trustedSigners } from './signers.ts';
import { openSigningKey, ownPublicKey, ownSigningKey } from './signing-keys.ts';

/** One who can open a package. */
export interface Reader {
  readonly recipient: string;
  /** It is the user's own key, now or before. */
  readonly you: boolean;
  /** The groups of the rc file that have it. */
  readonly groups: readonly string[];
}

/** The user's keys: from the command line, from the rc file, or from the user's key folder. */
export interface KeyRing {
  /**
   * The key that `named` names, or the one of the rc file, or the user's own. The user's own key is created on first
   * use. `passphrase` is the reference of a flag.
   */
  signingKey(named: string | undefined, passphrase?: string): Promise<SigningKey>;
  /**
   * All identities that may open a package for these recipients. The named ones are read at once, so that a wrong name
   * is found early; the others when the function is called. `passphrase` is the reference of a flag.
   */
  identities(named: readonly string[], passphrase?: string): Promise<IdentitiesFor>;
  /** The identities of the rc file and the user's own, now and before: each is opened only when it is asked for. */
  usualIdentities(): AsyncGenerator<Identity, void>;
  /** The given recipients, or those of the rc file, or the user's own. The user's identity is created on first use. */
  recipients(given: readonly string[]): Promise<readonly Recipient[]>;
  /** Are there recipients, given or in the rc file? Without, a package is for the user alone. */
  names(given: readonly string[]): boolean;
  groups(): Promise<readonly RecipientGroup[]>;
  /** What the user knows about the recipients of a package. */
  readers(recipients: readonly string[]): Promise<readonly Reader[]>;
  trusted(given: readonly string[]): Promise<readonly TrustedSigner[]>;
  /** The name of a signer, for display: a key file that cannot be read is for other commands to tell. */
  nameOf(keyId: string | undefined): Promise<string | undefined>;
  /** The user's own recipients, also when packages are usually encrypted to others. */
  ownRecipients(): Promise<readonly Recipient[]>;
  /** The user's own public key, from the secret key where that has no passphrase. Undefined before it is created. */
  ownPublicKey(): Promise<PublicKey | undefined>;
}

export type IdentitiesFor = (recipients: readonly string[]) => Promise<readonly Identity[]>;

export const keyRing = (context: Context): Promise<KeyRing> => context.once(openKeyRing);

export async function openKeyRing(context: Context): Promise<KeyRing> {
  const settings = await keySettings(context);
  const { io } = context;
  const { keys, directory } = settings;
  const identities = new Identities(settings);
  const parsed = (texts: readonly string[]) => [...new Set(texts)].map((text) => parseRecipient(text));
  const groups = () =>
    Promise.all(
      Object.keys(groupsOf(settings)).map((name) =>
        recipientsOfGroup(name, settings).then(
          (recipients): RecipientGroup => ({ name, recipients }),
          (error: unknown): RecipientGroup => ({ name, recipients: [], fault: (error as Error).message }),
        ),
      ),
    );
  return {
    ownPublicKey: () => ownPublicKey(settings),
    ownRecipients: async () => parsed(await identities.ownRecipients()),
    names: (given) => given.length > 0 || usualRecipients(settings).length > 0,
    groups,
    usualIdentities: () => identities.usual(),
    signingKey: (named, passphrase) => {
      if (named !== undefined)
        return openSigningKey({ text: named, directory: io.cwd, origin: 'command line' }, settings, passphrase);
      if (keys.signing === undefined) return ownSigningKey(settings, passphrase);
      return openSigningKey({ text: keys.signing, directory, origin: 'rc file' }, settings, passphrase);
    },
    identities: async (named, passphrase) => {
      const read: Identity[] = [];
      // One after the other, because each may ask for a passphrase.
      for (const text of named)
        read.push(...(await identities.open({ text, directory: io.cwd, origin: 'command line' }, passphrase)));
      return async (recipients) => {
        const found = [...read];
        // A package for a passphrase needs no identity.
        if (recipients.length > 0)
          for await (const identity of identities.usual(passphrase, recipients)) found.push(identity);
        return found;
      };
    },
    recipients: async (given) => {
      const texts: string[] = [];
      const own = () => identities.ownRecipients();
      for (const word of given) texts.push(...(await recipientsOfFlag(word, settings, own)));
      if (given.length === 0)
        for (const text of usualRecipients(settings))
          texts.push(...(await recipientsFrom(text, directory, 'keys.recipients')));
      return parsed(texts.length > 0 ? texts : await own());
    },
    readers: async (recipients) => {
      const mine = await identities.knownRecipients();
      const known = await groups();
      return recipients.map((recipient) => ({
        recipient,
        you: mine.includes(recipient),
        groups: known.filter((group) => group.recipients.includes(recipient)).map(({ name }) => name),
      }));
    },
    trusted: (given) => trustedSigners(given, settings),
    nameOf: async (keyId) => {
      const signers = keyId === undefined ? [] : await trustedSigners([], settings).catch(() => []);
      return signers.find(({ key }) => key.keyId === keyId)?.name;
    },
  };
}
