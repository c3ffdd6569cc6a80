import { MigratorError } from '../../errors.ts';
import {
  open,
  verify,
  type Manifest,
  type DecryptionKeys,
  type OpenLimits,
  type PrivatePart,
  type TrustPolicy,
  type VerifiedPackage,
  type VouchedPackage,
} from '../../package/index.ts';
import type { ArtifactFile, ByteStream } from '../../ports/artifact.ts';
import type { ByteSource } from '../../ports/bytes.ts';
import type { Json } from '../../ports/journal.ts';
import type { Options, OptionValue } from '../../ports/options.ts';
import type { Reporter } from '../../ports/reporter.ts';

/** A package file, and what is needed to verify and open it. */
export interface SealedSource {
  /** The file name to show to the user. */
  readonly name: string;
  readonly bytes: ByteSource;
  readonly trust: TrustPolicy;
  readonly keys: DecryptionKeys;
  readonly limits: OpenLimits;
}

export interface TrustedPackage {
  readonly manifest: Manifest;
  readonly verified: VerifiedPackage;
  /** The payload. Each file opens the package again and reads it to its end, so that all checks are made. */
  readonly files: readonly ArtifactFile[];
  readonly exportedWith: Options;
}

/** Verifies a whole package before anything in it is used. */
export async function trustPackage(
  source: SealedSource,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<TrustedPackage> {
  reporter.report({ type: 'phase', name: 'verify', subject: source.name });
  const verified = await verify(source.bytes, source.trust, signal, (done, total) =>
    reporter.report({ type: 'bytes', subject: source.name, done, total }),
  );
  warnOfSigner(source.name, verified, reporter);
  const { manifest } = verified;
  const inside = manifest.content.files
    ? { files: manifest.content.files, scope: manifest.scope ?? null }
    : await lookInside(source, verified, signal);
  // If no key opens the package, the run must stop before the first call to a server.
  if (manifest.content.files) await unlock(source, verified, signal);
  const files = inside.files.map(({ path, size }) => artifactFile(source, verified, path, size));
  return { manifest, verified, files, exportedWith: exportOptions(inside.scope) };
}

/** Warns of a package that only `--allow-unsigned` lets through. */
export function warnOfSigner(name: string, { signer }: VouchedPackage, reporter: Reporter): void {
  if (signer === undefined) {
    reporter.report({ type: 'warning', message: `${name} is not signed: nothing proves who made it` });
  } else if (!signer.trusted) {
    reporter.report({ type: 'warning', message: `${name} is signed by ${signer.keyId}, which you do not trust` });
  }
}

function artifactFile(source: SealedSource, verified: VerifiedPackage, path: string, size: number): ArtifactFile {
  return {
    path,
    size,
    mediaType: 'application/octet-stream',
    open: (signal) => contentOf(source, verified, path, signal),
  };
}

async function* contentOf(
  source: SealedSource,
  verified: VerifiedPackage,
  path: string,
  signal: AbortSignal,
): ByteStream {
  let found = false;
  for await (const entry of open(source.bytes, verified, source.keys, source.limits, signal)) {
    if (entry.path !== path) continue;
    found = true;
    yield* entry.content;
  }
  if (!found) throw new MigratorError('PACKAGE_MALFORMED', `${source.name} does not contain "${path}"`);
}

/** Decrypts the first entry of the content. PACKAGE_LOCKED when no key fits. */
async function unlock(source: SealedSource, verified: VerifiedPackage, signal: AbortSignal): Promise<void> {
  const entries = open(source.bytes, verified, source.keys, source.limits, signal)[Symbol.asyncIterator]();
  try {
    await entries.next();
  } finally {
    await entries.return();
  }
}

/** Reads the names and the scope from the content, because a private manifest does not have them. */
async function lookInside(source: SealedSource, verified: VerifiedPackage, signal: AbortSignal) {
  const files: { path: string; size: number }[] = [];
  let scope: Json = null;
  const keep = (part: PrivatePart) => {
    scope = part.scope;
  };
  for await (const { path, size } of open(source.bytes, verified, source.keys, source.limits, signal, {
    onPrivatePart: keep,
  })) {
    files.push({ path, size });
  }
  return { files, scope };
}

function exportOptions(scope: Json): Options {
  const options = isRecord(scope) ? scope['options'] : undefined;
  if (!isRecord(options)) return {};
  return Object.fromEntries(
    Object.entries(options).filter((entry): entry is [string, OptionValue] => isOptionValue(entry[1])),
  );
}

function isRecord(value: Json | undefined): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isOptionValue(value: Json): value is OptionValue {
  if (Array.isArray(value)) return value.every((item) => typeof item === 'string');
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** The project names in a scope, for the plan before an import. */
export function projectsOf(scope: Json | undefined): readonly string[] {
  const projects = isRecord(scope) ? scope['projects'] : undefined;
  if (!Array.isArray(projects)) return [];
  return projects.flatMap((project: Json) =>
    isRecord(project) && typeof project['name'] === 'string' ? [project['name']] : [],
  );
}
