import { plural } from '../../plural.ts';
import { MigratorError } from '../../errors.ts';
import type { ArtifactFile, ByteStream, PackageRef, StoredPackage } from '../../ports/artifact.ts';
import type { PreparedExport } from '../../ports/exporter.ts';
import type { OnConflict } from '../../ports/feed.ts';
import type { Reporter } from '../../ports/reporter.ts';
import { facet, type Instance } from '../instance.ts';
import { describeRef, formatRef } from '../package-ref.ts';
import { type Consenting, requireConsent } from './consent.ts';

export interface Delivery {
  readonly stored: StoredPackage;
  readonly outcome: 'created' | 'overwritten' | 'kept';
}

/**
 * The single file that a feed accepts. PACKAGE_MALFORMED for packages of several files, which only other servers
 * import.
 */
export function soleFile(files: readonly ArtifactFile[], name: string): ArtifactFile {
  const [file, ...others] = files.filter(({ path }) => path.startsWith('native/'));
  if (file === undefined || others.length > 0) {
    throw new MigratorError(
      'PACKAGE_MALFORMED',
      `${name} has ${plural(file === undefined ? 0 : others.length + 1, 'file')} under native/, but exactly one is needed`,
      {
        hint: 'a file that a server exported is sealed for an import with: migrator package seal <file> --server-export',
      },
    );
  }
  if (file.size === 0)
    throw new MigratorError('PACKAGE_MALFORMED', `${file.path} of ${name} is empty`, {
      hint: 'export it again',
    });
  return file;
}

/**
 * Refuses an export whose package the target's feed would refuse. What an export needs of its target is asked before it
 * starts. CONFLICT, AUTH_REFUSED.
 */
export async function requireRoom(
  target: Instance,
  { package: ref, isNew }: Pick<PreparedExport, 'package' | 'isNew'>,
  signal: AbortSignal,
): Promise<void> {
  const feed = facet(target, 'feed');
  await feed.check?.(signal);
  // A feed without versions gives its own ids.
  if (feed.unversioned === true || isNew === true || (await feed.stat(ref, signal)) === undefined) return;
  throw new MigratorError('CONFLICT', `the feed of ${target.name} already holds ${describeRef(ref)}`, {
    hint: `choose another version, or remove that package: migrator package delete ${formatRef(ref)} --from ${target.name}`,
    details: { ...ref },
  });
}

/** Uploads into an instance's feed, with progress. On a terminal, the user is asked before a package there is overwritten. */
export async function deliver(
  target: Instance,
  file: ArtifactFile,
  { ref, onConflict, absent }: { readonly ref: PackageRef; readonly onConflict: OnConflict; readonly absent?: boolean },
  ports: Consenting & { readonly reporter: Reporter },
  signal: AbortSignal,
): Promise<Delivery> {
  const { reporter } = ports;
  if (onConflict === 'overwrite' && absent !== true && (await facet(target, 'feed').stat(ref, signal)) !== undefined) {
    const text = `overwrite ${describeRef(ref)} in the feed of ${target.name}?`;
    await requireConsent({ text, needs: 'terminal' }, `nothing was uploaded to ${target.name}`, ports);
  }
  const subject = `${describeRef(ref)} to ${target.name}`;
  reporter.report({ type: 'phase', name: 'upload', subject });
  const counted: ArtifactFile = { ...file, open: (inner) => count(file.open(inner), file.size, subject, reporter) };
  const delivery = await facet(target, 'feed').upload(counted, ref, onConflict, signal, absent);
  if (delivery.outcome === 'kept') {
    reporter.report({ type: 'notice', message: `${target.name} already has ${describeRef(ref)} with the same bytes` });
  }
  return delivery;
}

export async function* count(
  stream: ByteStream,
  total: number | undefined,
  subject: string,
  reporter: Reporter,
): ByteStream {
  let done = 0;
  for await (const chunk of stream) {
    done += chunk.byteLength;
    reporter.report({ type: 'bytes', subject, done, total });
    yield chunk;
  }
}
