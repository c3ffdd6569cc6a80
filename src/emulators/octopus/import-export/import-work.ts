import { asObjects } from '../../shared/json.ts';
import type { Instance } from '../instance.ts';
import { deriveKey, type MigrationKey } from '../migrations/encryption.ts';
import { TaskFailure, type TaskRun } from '../task-queue.ts';
import { asText } from '../tolerant-json.ts';
import { applyImport, type ImportLine } from './apply.ts';
import { ArchiveFault, checkPassword, checkVersion, readArchive, type Archive, type ReadDocument } from './archive.ts';
import { tenantVariableType } from './document-types.ts';
import { marked } from './ids.ts';
import { failureAt, place, type Placement } from './place.ts';
import type { ImportRequest } from './request.ts';
import { refusesRunbookNames } from './schema-versions.ts';
import { findSource } from './source.ts';

/** The failure of a task for the fault of an archive. `documents`: as far as they could be read. */
async function failing<Result>(
  work: () => Promise<Result> | Result,
  documents: readonly ReadDocument[] = [],
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof ArchiveFault ? failureAt(error.message, { documents }) : error;
  }
}

/** A known fault: documents with ids that nothing in the export has. */
function withUnmappedIds(instance: Instance, documents: readonly ReadDocument[]): readonly ReadDocument[] {
  const fault = instance.faults.take('unmapped-ids');
  if (fault === undefined) return documents;
  if (fault.values['form'] === 2) {
    const tenant = documents.find(({ type }) => type === 'Tenant');
    const id = marked('TenantVariables-0');
    const related = { RelatedDocumentId: marked('Certificates-643') };
    const model = { Id: id, TenantId: tenant?.id ?? null, OwnerId: documents[0]?.id, ...related };
    return [...documents, { id, name: id, type: tenantVariableType, model }];
  }
  const custom = { Id: marked('Messages-1'), Name: 'Messages', Type: 'String', Value: '' };
  return documents.map((one) =>
    one.type === 'ProjectVariables'
      ? { ...one, model: { ...one.model, Variables: [...asObjects(one.model['Variables']), custom] } }
      : one,
  );
}

/** Names with emoji, and none at all. */
const oddName = /^\s*$|\p{Extended_Pictographic}/u;

function validate({ instance }: TaskRun, archive: Archive, key: MigrationKey): void {
  checkVersion(instance.version, archive);
  checkPassword(archive, key);
  if (!refusesRunbookNames(instance.version)) return;
  const odd = archive.documents.find(({ type, model }) => type === 'Runbook' && oddName.test(asText(model['Name'])));
  if (odd !== undefined)
    throw failureAt(`The runbook '${asText(odd.model['Name'])}' has a name that is not valid.`, archive, odd);
}

/** The step in which the documents of an older server become those of this one. */
function upgrade({ instance, log }: TaskRun, archive: Archive): readonly ReadDocument[] {
  log.write('Info', 'Upgrading export set...');
  if (instance.faults.take('upgrade-fails') !== undefined) {
    throw failureAt('Cannot access child value on Newtonsoft.Json.Linq.JValue.', archive);
  }
  log.write('Info', 'Export set upgraded.');
  return withUnmappedIds(instance, archive.documents);
}

/** A known fault of one release, for exports with values of tenants. */
function duplicateTenantVariables({ instance }: TaskRun, documents: readonly ReadDocument[]): void {
  const first = documents.find(({ type }) => type === tenantVariableType);
  if (first === undefined || instance.faults.take('duplicate-tenant-variables') === undefined) return;
  throw failureAt(
    "Cannot insert duplicate key row in object 'dbo.TenantVariable' with unique index 'FI_TenantVariable'.",
    { documents },
    first,
  );
}

async function tell({ instance, log, pause }: TaskRun, lines: readonly ImportLine[]): Promise<void> {
  const size = Math.max(1, Math.ceil(lines.length / 4));
  for (let start = 0; start < lines.length; start += size) {
    instance.store.atomically(() => {
      for (const { category, text } of lines.slice(start, start + size)) log.write(category, text);
    });
    log.progress(30 + Math.floor((60 * start) / lines.length), 'Importing documents');
    await pause();
  }
}

/**
 * Runs an import. First comes a trial, whose writes are undone. The real import follows in one transaction, together with
 * the end of the task: all of it arrives, or nothing.
 */
export async function runImport(run: TaskRun, request: ImportRequest, finish: () => void): Promise<void> {
  const { instance, task, log, pause } = run;
  const space = asText(task.body['SpaceId']);
  const key = deriveKey(request.password);
  log.write('Info', 'Starting import');
  log.progress(5, 'Extracting exported files');
  log.write('Info', 'Extracting exported files');
  await pause();
  const file = findSource(instance, space, request.source);
  if (file === undefined) throw new TaskFailure('The exported projects are not on this server any more.');
  const archive = await failing(() => readArchive(file));
  log.write('Info', 'Extraction complete');
  log.write('Info', 'Validating export package');
  log.progress(15, 'Validating export package');
  await pause();
  await failing(() => validate(run, archive, key), archive.documents);
  if (archive.otherChecksum !== undefined) {
    log.write('Warning', `The checksum ${archive.otherChecksum} is not the one of the manifest`);
  }
  log.write('Info', 'Validation complete');
  const documents = upgrade(run, archive);
  await pause();
  duplicateTenantVariables(run, documents);
  const loses = instance.faults.take('certificate-lost') !== undefined;
  const work = () => {
    const placement: Placement = place(instance, space, documents);
    return applyImport(placement, key, loses);
  };
  await tell(run, instance.store.tryAndUndo(work));
  instance.store.atomically(() => {
    work();
    log.progress(100, 'Imported');
    finish();
  });
}
