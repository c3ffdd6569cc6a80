// A validation runs on the target and is watched on the source. Both use a file in the shared folder for this.
import { asObject, asText } from '../../shared/json.ts';
import type { Reply } from '../../shared/server.ts';
import { needFile, storageRefusal, texts } from '../file-store/availability.ts';
import { readShared, writeShared } from '../file-store/shared-folder.ts';
import { wireDate } from '../identifiers.ts';
import type { Instance } from '../instance.ts';
import { needAdministrator } from '../privileges.ts';
import { invalid, missing } from '../refusal.ts';
import type { Visit } from '../visit.ts';
import { scopeOf } from './create-package.ts';
import { tryImport, replicatedPackage } from './import-package.ts';
import type { Jobs } from './jobs.ts';
import { changeImport, type Migration, type Validation } from './record.ts';

const runKind = 'validation-run';
const reportPath = (packageId: string, importId: string) =>
  `mstr/shared/migrations/validation/${packageId}/${importId}.json`;

export function newValidation(): Validation {
  const now = wireDate();
  return { status: 'validating', progress: 0, creationDate: now, lastUpdatedDate: now, message: '' };
}

function report(instance: Instance, path: string, change: Partial<Validation>): void {
  const content = readShared(instance.storage, path);
  const before = content === undefined ? newValidation() : (JSON.parse(content.toString('utf8')) as Validation);
  writeShared(instance.storage, path, JSON.stringify({ ...before, ...change, lastUpdatedDate: wireDate() }));
}

/** PUT /api/migrations/{id}/validation on the target. No other call requires the header Prefer. */
export async function triggerValidation(visit: Visit, jobs: Jobs): Promise<Reply> {
  const { instance, user, param, project, call, document } = visit;
  needAdministrator(user);
  if (!/(?:^|,)\s*respond-async\s*(?:,|;|$)/i.test(String(call.headers['prefer'] ?? ''))) {
    throw missing('The header Prefer must be respond-async.');
  }
  const [packageId = '', importId = ''] = param('id').replace(/%3A/i, ':').split(':');
  const body = await document();
  const row = replicatedPackage(packageId, asObject(body['packageInfo']), 'created');
  const scope = scopeOf(row.type, project);
  const skew = storageRefusal(instance, 'clock-skew', texts.clockSkew);
  if (skew !== undefined) throw skew;
  const path = asText(row.storage['path']);
  needFile(instance, path);
  const file = reportPath(packageId, importId);
  writeShared(instance.storage, file, JSON.stringify(newValidation()));
  instance.store.put({ kind: runKind, id: importId, container: undefined, name: importId, body: { file } });
  const end = (change: Partial<Validation>) => {
    report(instance, file, change);
    instance.store.remove(runKind, importId);
  };
  jobs.start({
    title: `validation of ${importId}`,
    fault: 'validation-failed',
    progress: (progress) => report(instance, file, { progress }),
    finish: () => {
      tryImport(instance, path, scope);
      end({ status: 'validated', progress: 100 });
    },
    fail: (message) => end({ status: 'validation_failed', message }),
  });
  return { status: 202 };
}

/** Ends the validations that were running when an earlier process ended. */
export function recoverValidations(instance: Instance, message: string): void {
  for (const { id, body } of instance.store.all(runKind)) {
    report(instance, asText(body['file']), { status: 'validation_failed', message });
    instance.store.remove(runKind, id);
  }
}

/** The record with the target's present report. */
export function withReport(instance: Instance, migration: Migration): Migration {
  if (migration.import.validation?.status !== 'validating') return migration;
  const content = readShared(instance.storage, reportPath(migration.package.id, migration.import.id));
  if (content === undefined) return migration;
  const validation = JSON.parse(content.toString('utf8')) as Validation;
  if (validation.status !== 'validating') changeImport(instance.store, migration.import.id, { validation });
  return { package: migration.package, import: { ...migration.import, validation } };
}

/** Begins to watch a validation: PATCH with a validation status on the source. */
export function watchValidation(instance: Instance, user: Visit['user'], migration: Migration, status: unknown): void {
  needAdministrator(user);
  if (status !== 'validating') throw invalid('The value of validation.status is invalid.');
  changeImport(instance.store, migration.import.id, { validation: newValidation() });
}
