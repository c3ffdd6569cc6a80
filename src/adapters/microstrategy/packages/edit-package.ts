import type { z } from 'zod';
import { MigratorError } from '../../../errors.ts';
import type { PackageRef } from '../../../ports/artifact.ts';
import type { PackageEdit } from '../../../ports/feed.ts';
import type { Options } from '../../../ports/options.ts';
import { jsonOf } from '../../shared/answers.ts';
import { flagOf, textOf, oneOf } from '../../shared/option-values.ts';
import { formatJobId } from '../job-id.ts';
import { stateWord } from '../migrations/state-word.ts';
import { wantedObjects } from '../objects/object-list.ts';
import type { PackageType } from '../objects/object-types.ts';
import { resolveObjects } from '../objects/objects.ts';
import { conflictRules } from '../options.ts';
import { requireRights } from '../rights.ts';
import type { Library } from '../server.ts';
import { isAmbiguous } from '../wire/errors.ts';
import { tocSchema, type Migration } from '../wire/schemas.ts';
import { contentOf, packageNotes, packageSettings, purposeOf } from './package-content.ts';
import { factsOf } from './package-name.ts';
import { recordOf } from './package-store.ts';

type Toc = z.infer<typeof tocSchema>;

const editable = ['created', 'create_failed'];
const undecided = ['pending', 'rejected', 'unknown'];

/**
 * Edits a package before it is imported (edit migrations, steps 1 to 3). The server makes it again from the settings
 * and objects that are sent; what the change does not name stays as it was. CONFLICT, before anything is sent, when it
 * is too late.
 */
export async function edit(
  library: Library,
  ref: PackageRef,
  { name, options }: PackageEdit,
  signal: AbortSignal,
): Promise<{ readonly job: string; readonly notes: readonly string[] }> {
  if (name === undefined && Object.keys(options).length === 0) {
    throw new MigratorError('USAGE', 'nothing is named that should change', {
      hint: 'give --name, --object or --objects, or a setting such as --default-action',
    });
  }
  const record = await recordOf(library, ref, signal);
  refuseLate(record, library);
  const { packageInfo: info } = record;
  const project = info.type === 'configuration' ? undefined : info.project.id;
  await requireRights(library, { what: 'create', told: 'edit packages', project }, signal);
  const content = await library.client.migrationContent(record.id, signal);
  const before = tocIn(content.packageInfo['tocView'], record);
  const { tocView, notes } = await tocOf(library, { before, record, options, project }, signal);
  const body = {
    type: info.type,
    name: name ?? info.name,
    ...(info.purpose === undefined || info.purpose === 'object_migration' ? {} : { purpose: info.purpose }),
    tocView,
    treeView: treeOf(content.packageInfo['treeView']),
  };
  try {
    await library.client.editPackage(record.id, body, project, signal);
  } catch (error) {
    if (!isAmbiguous(error) || !(await isBegun(library, record, signal))) throw error;
  }
  return { job: formatJobId(record.id, 'export'), notes };
}

interface Order {
  readonly before: Toc;
  readonly record: Migration;
  readonly options: Options;
  readonly project: string | undefined;
}

async function tocOf(
  library: Library,
  { before, record, options, project }: Order,
  signal: AbortSignal,
): Promise<{ readonly tocView: object; readonly notes: readonly string[] }> {
  const { type, purpose } = record.packageInfo;
  const packageType: PackageType = factsOf({ type, purpose }).packageType;
  const named = packageSettings({ ...options, packageType });
  const settings = {
    ...before.settings,
    ...(options['defaultAction'] === undefined ? {} : { defaultAction: named.defaultAction }),
    ...(options['aclOnReplacing'] === undefined ? {} : { aclOnReplacingObjects: named.aclOnReplacing }),
    ...(options['aclOnNew'] === undefined ? {} : { aclOnNewObjects: [named.aclOnNew] }),
    ...(options['updateSchema'] === undefined ? {} : { updateSchema: named.updateSchema }),
  };
  const defaultAction = conflictRules.find((known) => known === settings.defaultAction) ?? named.defaultAction;
  const wanted = wantedObjects(options);
  if (purpose === 'project_merge') {
    if (wanted.length === 0) return { tocView: { settings }, notes: [] };
    throw new MigratorError('USAGE', 'a project merge takes the whole project, and no objects can be named for it', {
      hint: 'export the objects into a package of their own',
    });
  }
  if (wanted.length === 0) return { tocView: { settings, content: kept(before, options) }, notes: [] };
  purposeOf({ ...named, packageType }, wanted);
  const objects = await resolveObjects(library, wanted, project, signal);
  return {
    tocView: { settings, content: contentOf(objects, { defaultAction }) },
    notes: packageNotes({ ...named, packageType, defaultAction }, objects),
  };
}

/**
 * The objects that were named for the package before. Dependents that the server added are left out, because it
 * collects them again.
 */
function kept({ content = [] }: Toc, options: Options): readonly object[] {
  const rule = textOf(options, 'action');
  const all = flagOf(options, 'includeDependents');
  return content
    .filter(({ explicitIncluded }) => explicitIncluded !== false)
    .map(({ id, name, type, action, includeDependents = false }) => ({
      id,
      name,
      type,
      action: rule === undefined ? action : oneOf(conflictRules, rule, 'the action'),
      includeDependents: all || includeDependents,
    }));
}

function tocIn(toc: unknown, { id }: Migration): Toc {
  const read = tocSchema.safeParse(toc ?? {});
  if (read.success) return read.data;
  throw new MigratorError('REMOTE_UNEXPECTED', `the table of contents of ${id} is not as expected`, {
    hint: 'export the package again',
  });
}

/** The tree view: the server gives it as a text, and takes it as an object. */
function treeOf(tree: unknown): unknown {
  if (typeof tree !== 'string') return tree ?? {};
  const read = jsonOf(tree);
  return read === undefined ? {} : read;
}

function refuseLate({ packageInfo: info, importInfo }: Migration, { connection }: Library): void {
  const what = `the package ${info.name ?? info.id}`;
  if (info.purpose === 'migration_from_shared_file_store' || info.replicated === true) {
    throw new MigratorError('CONFLICT', `${what} was not made by ${connection.name}, and cannot be edited there`, {
      hint: 'edit it on the Library that made it, before it is imported anywhere',
    });
  }
  const request = stateWord(importInfo.importRequestStatus) ?? 'unknown';
  const status = stateWord(info.status);
  if (editable.includes(status) && undecided.includes(request)) return;
  const why = editable.includes(status) ? `its import is ${request}` : `it is ${info.status}`;
  throw new MigratorError('CONFLICT', `${what} can no longer be edited: ${why}`, {
    hint: request === 'requested' ? 'reject the request first: "migrator job reject"' : 'export it again',
    details: { status: info.status, importRequestStatus: request },
  });
}

/** Whether a request whose answer was lost has arrived: the server makes the package again then. */
async function isBegun({ client }: Library, before: Migration, signal: AbortSignal): Promise<boolean> {
  const now = await client.migration(before.id, signal);
  if (now === undefined) return false;
  const { lastUpdatedDate } = now.packageInfo;
  const status = stateWord(now.packageInfo.status);
  return status === 'creating' || (editable.includes(status) && lastUpdatedDate !== before.packageInfo.lastUpdatedDate);
}
