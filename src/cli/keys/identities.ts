import { openIdentityFile, generateIdentity, printIdentity, type Identity } from '../../package/index.ts';
import { Secret } from '../../secret.ts';
import { systemRandom } from '../runtime.ts';
import { secretFlag } from '../secrets/read-secret.ts';
import {
  isLocked,
  keyBytes,
  oldIdentities,
  publicBeside,
  readPublicKey,
  recipientsIn,
  writeSecretKey,
} from './key-files.ts';
import {
  createdByUs,
  type KeySettings,
  type KeySource,
  nameOfSource,
  orAbsent,
  passphraseOf,
  secretKeyText,
} from './key-settings.ts';
import { keyOnCommandLine, kindOfKey, wrongKind } from './kinds.ts';

/** The identities that open packages: named ones, those of the rc file, and the user's own, now and before. */
export class Identities {
  readonly #settings: KeySettings;
  /** A run looks for identities more than once, and the user is asked only once. */
  readonly #opened = new Map<string, Promise<readonly Identity[]>>();

  constructor(settings: KeySettings) {
    this.#settings = settings;
  }

  /** `passphrase` is the reference of a flag. */
  open(source: KeySource, passphrase?: string): Promise<readonly Identity[]> {
    const name = nameOfSource(source);
    const known = this.#opened.get(name) ?? this.#read(source, name, passphrase);
    this.#opened.set(name, known);
    known.catch(() => this.#opened.delete(name));
    return known;
  }

  async #read(source: KeySource, name: string, passphrase: string | undefined): Promise<readonly Identity[]> {
    const { context } = this.#settings;
    const typed = kindOfKey(source.text);
    if (typed?.isSecret === true && source.origin === 'command line') throw keyOnCommandLine('--identity');
    if (typed !== undefined) throw wrongKind(`"${source.text.slice(0, 100)}"`, typed, 'identity');
    const text = await secretKeyText(source, this.#settings);
    const kind = kindOfKey(text.reveal());
    if (kind !== undefined && !['identity', 'locked identity'].includes(kind.name))
      throw wrongKind(`"${name}"`, kind, 'identity');
    const ask =
      passphrase === undefined
        ? passphraseOf(name, this.#settings, 'identityPassphrase')
        : () => secretFlag(passphrase, 'identityPassphrase', `passphrase of ${name}`, context);
    return openIdentityFile(keyBytes(text), ask, `the identity "${name}"`);
  }

  /**
   * The identities of the rc file and the user's own, one file after the other, because each may ask for a passphrase.
   * With `wanted`, an own file with a passphrase is left locked when its public key is none of these.
   */
  async *usual(passphrase?: string, wanted?: readonly string[]): AsyncGenerator<Identity, void> {
    const { keys, directory, places } = this.#settings;
    for (const text of keys.identities) yield* await this.open({ text, directory, origin: 'rc file' }, passphrase);
    for (const file of [places.identity, ...(await oldIdentities(places))]) {
      if (wanted !== undefined && !(await this.#mayBe(file, wanted))) continue;
      yield* (await orAbsent(this.open(this.#own(file), passphrase))) ?? [];
    }
  }

  #own(file: string): KeySource {
    return { text: file, directory: '/', origin: 'rc file' };
  }

  async #mayBe(file: string, wanted: readonly string[]): Promise<boolean> {
    const known = await this.#publicKeys(file);
    return known === undefined || known.some((one) => wanted.includes(one));
  }

  /** What stands beside an identity with a passphrase; undefined for one that can be opened without a question. */
  async #publicKeys(file: string): Promise<readonly string[] | undefined> {
    const text = await orAbsent(secretKeyText(this.#own(file), this.#settings));
    if (text === undefined || !isLocked(text)) return undefined;
    const beside = await orAbsent(readPublicKey(publicBeside(file)));
    return beside === undefined ? undefined : recipientsIn(beside);
  }

  /** The user's own public keys that packages are encrypted for. The identity is created on first use. */
  async ownRecipients(): Promise<readonly string[]> {
    const { places } = this.#settings;
    const beside = await this.#publicKeys(places.identity);
    if (beside !== undefined && beside.length > 0) return beside;
    const own = (await orAbsent(this.open(this.#own(places.identity)))) ?? (await this.#create());
    return own.map(({ recipient }) => recipient.toString());
  }

  /** The public keys of the usual identities, as far as no passphrase is needed. A file that cannot be read has none. */
  async knownRecipients(): Promise<readonly string[]> {
    const { keys, directory, places } = this.#settings;
    const files = [
      ...keys.identities.map((text): KeySource => ({ text, directory, origin: 'rc file' })),
      ...[places.identity, ...(await oldIdentities(places))].map((file) => this.#own(file)),
    ];
    const known: string[] = [];
    for (const source of files) {
      const text = await secretKeyText(source, this.#settings).catch(() => undefined);
      if (text === undefined) continue;
      const found = isLocked(text)
        ? recipientsIn((await orAbsent(readPublicKey(publicBeside(nameOfSource(source))))) ?? '')
        : (await this.open(source)).map(({ recipient }) => recipient.toString());
      known.push(...found);
    }
    return known;
  }

  async #create(): Promise<readonly Identity[]> {
    const { places, notice } = this.#settings;
    const identity = generateIdentity(systemRandom);
    const text = new Secret(printIdentity(identity, new Date()));
    if (!(await createdByUs(writeSecretKey(places.identity, text)))) return this.open(this.#own(places.identity));
    notice(
      `created your encryption identity ${places.identity}; keep a copy: without it you cannot open your packages`,
    );
    return [identity];
  }
}
