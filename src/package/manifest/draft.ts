import { isMigratorError, MigratorError } from '../../errors.ts';
import type { Json } from '../../ports/journal.ts';
import type { Secrets } from '../../ports/options.ts';
import type { EncryptFor } from '../age/encrypt.ts';
import { encodeCanonical } from '../canonical-json.ts';
import {
  carryingFormat,
  contentMember,
  maxManifestBytes,
  plainFormat,
  type Compression,
  type Encryption,
} from '../format.ts';
import type { Manifest, ManifestFile } from './manifest.ts';
import { parseManifest } from './parse.ts';
import { isoSeconds } from './rules.ts';

/** Where a package's content comes from. */
export interface PackageSource {
  readonly product: string;
  readonly version: string;
  /** The instance's name in the configuration. */
  readonly instance: string;
  /** A user name and password in it do not get into the package. */
  readonly url: string;
}

/** What a package says of itself. */
export interface Label {
  /** Letters, digits, ".", "_" and "-". */
  readonly id: string;
  /** Semantic version. */
  readonly version: string;
  /** Stored to the second. */
  readonly createdAt: Date;
  /** Program and version, such as "migrator-cli 0.1.0". */
  readonly createdBy: string;
  readonly source: PackageSource | undefined;
  /** What was asked for: projects, object ids, types, exclusions. */
  readonly scope: Json;
  /** The server's remarks. */
  readonly notes: readonly string[];
  readonly encryption: EncryptFor | undefined;
  /** Puts scope, source.url, notes and the list of files into the encrypted content instead. */
  readonly privateManifest: boolean;
  /** Go into the encrypted content, by option name, so that whoever opens the package has them. §3.4 */
  readonly secrets?: Secrets | undefined;
}

export function hasSecrets({ secrets = {} }: Pick<Label, 'secrets'>): boolean {
  return Object.keys(secrets).length > 0;
}

/** The manifest before the payload is known. USAGE for a label that cannot be sealed, before a byte is read. */
export async function draftManifest(label: Label): Promise<Manifest> {
  const { id, version, createdBy, privateManifest, source, scope, notes } = label;
  const encryption = kindOf(label.encryption);
  const bytes = encodeCanonical({
    format: hasSecrets(label) ? carryingFormat : plainFormat,
    id,
    version,
    createdAt: Number.isNaN(label.createdAt.getTime()) ? '' : isoSeconds(label.createdAt),
    createdBy,
    private: privateManifest,
    notes: privateManifest ? [] : notes.map(printable),
    ...(privateManifest ? {} : { scope }),
    ...(source === undefined ? {} : { source: describe(source, privateManifest) }),
    content: {
      member: contentMember('none', encryption),
      compression: 'none',
      encryption,
      recipients: recipientsOf(label.encryption),
      counts: { files: 0, bytes: 0 },
      ...(privateManifest ? {} : { files: [] }),
    },
  });
  return reread(sized(bytes));
}

/** Completes the draft once the payload is known. `files`: what was packed; each file was checked then. */
export function finishManifest(
  draft: Manifest,
  compression: Compression,
  files: readonly ManifestFile[],
): { readonly manifest: Manifest; readonly bytes: Uint8Array } {
  const { encryption, recipients } = draft.content;
  // Sorted keys are encoded faster, and there may be many files.
  const content = {
    compression,
    counts: { bytes: files.reduce((sum, { size }) => sum + size, 0), files: files.length },
    encryption,
    ...(draft.private ? {} : { files: [...files] }),
    member: contentMember(compression, encryption),
    recipients,
  };
  const manifest = { ...draft, content };
  return { manifest, bytes: sized(encodeCanonical(manifest as unknown as Json)) };
}

/** `private.json`. §3.3 */
export function privatePart({ scope, notes, source }: Label, files: readonly ManifestFile[]): Json {
  return {
    scope,
    notes: notes.map(printable),
    files: files.map((file) => definite(file)),
    ...(source === undefined ? {} : { url: withoutCredentials(source.url) }),
  };
}

function sized(bytes: Uint8Array): Uint8Array {
  if (bytes.length <= maxManifestBytes) return bytes;
  throw new MigratorError(
    'USAGE',
    `the manifest would be ${bytes.length} bytes long, and at most ${maxManifestBytes} are allowed`,
  );
}

/** Parses the manifest as a reader would, so that no package is written that could not be opened. */
async function reread(bytes: Uint8Array): Promise<Manifest> {
  try {
    return await parseManifest(bytes);
  } catch (error) {
    if (!isMigratorError(error)) throw error;
    throw new MigratorError('USAGE', `the package cannot be sealed: ${error.message}`, { cause: error });
  }
}

function describe({ product, version, instance, url }: PackageSource, isPrivate: boolean): Json {
  return { product, version, instance, ...(isPrivate ? {} : { url: withoutCredentials(url) }) };
}

function kindOf(encryption: EncryptFor | undefined): Encryption {
  if (encryption === undefined) return 'none';
  return 'recipients' in encryption ? 'recipients' : 'passphrase';
}

function recipientsOf(encryption: EncryptFor | undefined): readonly string[] {
  return encryption !== undefined && 'recipients' in encryption ? encryption.recipients.map(String) : [];
}

function definite({ path, size, sha256, mediaType }: ManifestFile): Json {
  return { path, size, sha256, ...(mediaType === undefined ? {} : { mediaType }) };
}

function withoutCredentials(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, '$1');
}

/** Replaces control characters: notes come from servers and are shown on terminals. */
function printable(note: string): string {
  return note.replace(/\r\n?/g, '\n').replace(/[\p{Cs}\0-\x08\x0b-\x1f\x7f-\x9f]/gu, '\ufffd');
}
