import { isMigratorError, MigratorError } from '../../../errors.ts';
import type { PackageRef } from '../../../ports/artifact.ts';
import type { Certification, CertificationStatus } from '../../../ports/feed.ts';
import { isoOf } from '../migrations/job-state.ts';
import { migrationOf } from '../migrations/peers.ts';
import type { Library } from '../server.ts';
import type { Migration } from '../wire/schemas.ts';
import { recordOf } from './package-store.ts';

const statuses: readonly CertificationStatus[] = ['uncertified', 'requested', 'certified', 'rejected'];

/**
 * Changes the certification of a package (edit migrations, step 4), and believes only what the record then shows. The
 * documents send the state inside a record, the vendor's own client sends it alone. Both are tried.
 */
export async function certify(
  library: Library,
  ref: PackageRef,
  wanted: Certification | 'sync',
  signal: AbortSignal,
): Promise<Certification> {
  const { id } = await recordOf(library, ref, signal);
  if (wanted === 'sync') {
    await library.client.certifyPackage(id, 'autoSync', signal);
    return certificationOf(await migrationOf(library, id, signal));
  }
  const certification = bodyOf(wanted);
  if (await accepts(library, id, { packageInfo: { certification } }, signal)) {
    const shown = certificationOf(await migrationOf(library, id, signal));
    if (shown.status === wanted.status) return shown;
  }
  await library.client.certifyPackage(id, certification, signal);
  const shown = certificationOf(await migrationOf(library, id, signal));
  if (shown.status === wanted.status) return shown;
  throw new MigratorError(
    'REMOTE_UNEXPECTED',
    `${library.connection.name} accepted the change, but still shows the package ${ref.id} as ${shown.status}`,
    { hint: 'look at the package in Workstation', details: { wanted: wanted.status, shown: shown.status } },
  );
}

/** False when the server refuses a body of that form. */
async function accepts({ client }: Library, id: string, body: object, signal: AbortSignal): Promise<boolean> {
  try {
    await client.certifyPackage(id, body, signal);
    return true;
  } catch (error) {
    if (isMigratorError(error, 'REMOTE_UNEXPECTED') && error.details['status'] === 400) return false;
    throw error;
  }
}

function bodyOf({ status, by, at }: Certification): object {
  return {
    status,
    ...(by === undefined ? {} : { operator: by }),
    ...(at === undefined ? {} : { lastUpdatedDate: at.replace('Z', '+0000') }),
  };
}

/** The certification in a record. A record without it is of an uncertified package. */
function certificationOf({ packageInfo: { certification } }: Migration): Certification {
  const { operator, lastUpdatedDate } = certification ?? {};
  return {
    status: statuses.find((known) => known === certification?.status) ?? 'uncertified',
    ...(operator?.id === undefined
      ? {}
      : { by: { id: operator.id, name: operator.name ?? '', fullName: operator.fullName ?? '' } }),
    ...(lastUpdatedDate === undefined ? {} : { at: isoOf(lastUpdatedDate) }),
  };
}
