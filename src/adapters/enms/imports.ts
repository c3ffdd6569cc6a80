import { plural } from '../../plural.ts';
import { MigratorError } from '../../errors.ts';
import type { Importer, ImportRequest, PreparedImport } from '../../ports/importer.ts';
import type { PlanItem } from '../../ports/plan.ts';
import { flagOf, textOf } from '../shared/option-values.ts';
import { losesPrivate, lossesOf, requireMayEmpty, requireTasksCanGo } from './migration/emptying-guard.ts';
import { folderName, newStamp, projectNameFrom } from './migration/folder-name.ts';
import { hasLeftTrace, printOf } from './migration/import-has-begun.ts';
import { migrationFolder, readRemark, remarks } from './migration/migration-folder.ts';
import { stageMigration, startMigration } from './migration/migration-import.ts';
import { survey, unknownTo, type Survey } from './model/package-against-target.ts';
import { contentOf, textOf as read, releaseOf, type PackageContent } from './model/package-content.ts';
import { inOrder, types, type Type } from './model/types-and-relations.ts';
import { notCarried } from './objects/object-export.ts';
import { upsertObjects, type Refusals } from './objects/object-import.ts';
import { planImport } from './plan.ts';
import { takeUpPassword, type Server } from './server.ts';
import { scopeOf } from './snapshots.ts';
import { prepareTopology, startTopologyImport } from './topology/topology-import.ts';
import { typesOf, wayOf } from './way-and-types.ts';
import type { WireObject } from './wire/schemas.ts';

export function createImporter(server: Server, refusals: Refusals, debug: (message: string) => void): Importer {
  /** The stamps of imports object by object that an earlier process began. */
  const interrupted = new Set<string>();
  return {
    takes: 'files',
    dryRuns: 'plan',
    requiredSecrets: [],
    prepare: (request, signal) => prepare(server, request, signal),
    stage: async (prepared, files, signal) => {
      if (textOf(prepared.settled, 'way') === 'web') await stageMigration(server, prepared, files, signal);
    },
    start: async (prepared, secrets, files, signal) => {
      switch (textOf(prepared.settled, 'way')) {
        case 'topology':
          return startTopologyImport(server, prepared, files, signal);
        case 'rest':
          return upsertObjects(
            server,
            prepared,
            {
              files,
              resumes: interrupted.has(textOf(prepared.settled, 'stamp') ?? ''),
              equal: server.seen.equal.get(textOf(prepared.settled, 'stamp') ?? ''),
            },
            refusals,
            debug,
            signal,
          );
        default:
          return startMigration(server, prepared, secrets, files, debug, signal);
      }
    },
    find: async ({ settled }, startedAfter, signal) => {
      const way = textOf(settled, 'way');
      // Objects are written by name, so it does no harm to go on. Objects that are there already are left out then.
      if (way === 'rest') {
        interrupted.add(textOf(settled, 'stamp') ?? '');
        return undefined;
      }
      if (way === 'topology') {
        requireSafeToRepeat(flagOf(settled, 'replace'));
        return undefined;
      }
      const folder = textOf(settled, 'folder') ?? '';
      await takeUpPassword(server, signal);
      const sent = server.sent.get(folder) ?? (await meantToBeSent(server, folder, startedAfter, signal));
      const begun = sent !== undefined && (await hasLeftTrace(server, settled, sent, signal));
      return begun ? `import/${folder}` : undefined;
    },
  };
}

/** The earliest time at which an earlier process of this run sent the import; undefined when it did not come so far. */
async function meantToBeSent(
  server: Server,
  folder: string,
  startedAfter: Date,
  signal: AbortSignal,
): Promise<Date | undefined> {
  const remark = await readRemark(migrationFolder(server, folder), remarks.started, signal);
  return remark === undefined ? undefined : startedAfter;
}

/**
 * CONFLICT when a second import could do harm. The import of a spreadsheet leaves no trace. To add devices once more
 * does no harm; to delete all devices once more may.
 */
function requireSafeToRepeat(replaces: boolean): void {
  if (!replaces) return;
  throw new MigratorError('CONFLICT', 'eNMS does not tell whether the topology was imported and the devices replaced', {
    hint: 'look at the devices on the server; to import again, use --fresh',
  });
}

async function prepare(server: Server, request: ImportRequest, signal: AbortSignal): Promise<PreparedImport> {
  const { source, dryRun, options, files } = request;
  // What is looked at before this import is not what was seen at the end of an earlier one.
  server.seen.rows.clear();
  const topology = flagOf(options, 'topology');
  const content = files === undefined ? undefined : contentOf(files);
  if (topology !== (content?.kind === 'topology') && content !== undefined) throw wrongKind(topology);
  if (topology) return prepareTopology(server, request, signal);
  if (flagOf(options, 'replace')) {
    throw new MigratorError('USAGE', '--replace is for spreadsheets', {
      hint: 'to empty what a migration imports, use --empty-database-before-import',
    });
  }
  const way = content?.kind === 'objects' ? 'rest' : wayOf(options, server.via);
  const emptied = flagOf(options, 'emptyDatabaseBeforeImport');
  const wanted = wantedTypes(options, content);
  const ownPassword = ownPasswordOf(options);
  const stamp = newStamp(server);
  const folder = folderName(projectNameFrom(source.id), 'import', stamp);
  const settled = {
    way,
    folder,
    stamp,
    types: wanted,
    ownPassword,
    emptied,
    skipPoolUpdate: flagOf(options, 'skipPoolUpdate'),
    skipModelUpdate: flagOf(options, 'skipModelUpdate'),
  };
  if (emptied) requireMayEmpty(way, wanted, content?.kind);
  // An account that does not see all objects of the target would plan to create those that it does not see.
  if (server.seen.admin === false || content === undefined) await server.rest.version(signal);
  if (content === undefined || content.kind === 'topology') {
    const scope = scopeOf(wanted, { related: [], unmarked: [] });
    return { source, dryRun, settled: { ...settled, ownPasswordChanges: false }, scope, notes: [] };
  }
  if (way === 'web') await server.web.folders(signal);
  const release = content.kind === 'migration' ? releaseOf(await read(content.metadata.open(signal))) : undefined;
  const found = await survey(server, content, wanted, emptied, signal);
  refuseFatal(found, way);
  const tasks = emptied && wanted.includes('task') ? await server.rest.query('task', signal) : [];
  requireTasksCanGo(server, tasks);
  const losses = emptied ? await lossesOf(wanted, found, signal) : [];
  const plan = await planImport(server, content, wanted, found, { emptied, way }, signal);
  const objects = [...found.names.values()].reduce((sum, { size }) => sum + size, 0);
  if (way === 'rest' && !dryRun) server.seen.equal.set(stamp, plan.equal);
  const namesBefore = await printOf(found.target, wanted, signal);
  const witnesses = way === 'web' && !dryRun ? plan.witnesses : [];
  const ownPasswordChanges = way === 'web' && found.changesOwnPassword && ownPassword === 'replace';
  return {
    source,
    dryRun,
    settled: { ...settled, ownPasswordChanges, objects, namesBefore, witnesses },
    ...(way === 'web' ? { leaves: `the folder /migrations/${folder} on its disk` } : {}),
    plan: flagOf(options, 'overwriteExisting') ? plan.items.map(allowed) : plan.items,
    scope: scopeOf(wanted, plan.closely),
    notes: [
      ...notesOn(server, way, found, ownPassword, release),
      ...activeNotes(tasks),
      ...losses.filter((loss) => loss === losesPrivate),
      ...plan.notes,
    ],
    omits: content.kind === 'objects' ? notCarried(plan.writes) : [],
    ...(emptied ? { backup: backupOf(wanted) } : {}),
    consent: await consentFor(server, wanted, found, { emptied, losses, ownPasswordChanges }, signal),
  };
}

const allowed = (item: PlanItem): PlanItem => (item.action === 'overwrite' ? { ...item, asked: true } : item);

function wrongKind(topology: boolean): MigratorError {
  return topology
    ? new MigratorError('USAGE', '--topology is for a spreadsheet (.xls), and this package holds none')
    : new MigratorError('USAGE', 'a spreadsheet is imported with --topology', {
        hint: 'use --topology, and --replace to delete all devices first',
      });
}

/**
 * The types to import. NOT_FOUND for a named type without a file: the server skips it, and would leave an emptied type
 * empty.
 */
function wantedTypes(options: ImportRequest['options'], content: PackageContent | undefined): readonly Type[] {
  const named = typesOf(options);
  if (content === undefined || content.kind === 'topology') return named ?? types;
  const missing = (named ?? []).filter((type) => !content.files.has(type));
  if (missing.length > 0) {
    throw new MigratorError('NOT_FOUND', `the package holds no ${missing.join(', ')}`, {
      hint: `it holds ${[...content.files.keys()].join(', ')}`,
      details: { missing },
    });
  }
  return named ?? inOrder([...content.files.keys()]);
}

function ownPasswordOf(options: ImportRequest['options']): 'keep' | 'replace' {
  const value = textOf(options, 'ownPassword') ?? 'keep';
  if (value === 'keep' || value === 'replace') return value;
  throw new MigratorError('USAGE', 'the option ownPassword must be keep or replace');
}

const dangles = 'export the types that are referred to as well, or create what is missing on the target first';

/** CONFLICT, before anything is sent, for what would make the server fail half-way. */
function refuseFatal({ dangling: { fatal }, unknownSubtypes }: Survey, way: string): void {
  if (fatal.count === 0) return;
  const more = fatal.count > fatal.first.length ? `, and ${fatal.count - fatal.first.length} more` : '';
  const loss = way === 'web' ? ': the import would fail and keep no relation of anything' : '';
  throw new MigratorError('CONFLICT', `${fatal.first.join('; ')}${more}, which the target will not have${loss}`, {
    hint: [...unknownTo(unknownSubtypes), dangles].join('; '),
    details: { dangling: fatal.first, count: fatal.count },
  });
}

function notesOn(
  { account }: Server,
  way: string,
  found: Survey,
  ownPassword: string,
  release: string | undefined,
): readonly string[] {
  const { dropped } = found.dangling;
  const notes = [...unknownTo(found.unknownSubtypes)];
  if (dropped.count > 0) {
    const more = dropped.count > dropped.first.length ? `, and ${dropped.count - dropped.first.length} more` : '';
    notes.push(`names that the target will not have are left out of lists: ${dropped.first.join('; ')}${more}`);
  }
  if (way === 'web' && found.changesOwnPassword && ownPassword === 'keep') {
    notes.push(`the password of ${account.username} in the package is left out: the account keeps its own here`);
  }
  if (way === 'web' && found.encrypted) {
    notes.push(
      'private values are encrypted: unless the target has the key of the source (FERNET_KEY) the import fails half-way',
    );
  }
  if (way === 'rest' && release !== undefined) {
    notes.push('passwords and keys of migration files cannot be written over the REST API and are left out');
  }
  return notes;
}

/** Emptying deletes tasks. No migration carries whether a task is active, so also a backup does not bring it back. */
function activeNotes(tasks: readonly WireObject[]): readonly string[] {
  const active = tasks.filter((row) => row['is_active'] === true);
  if (active.length === 0) return [];
  const named = active.map(({ name }) => String(name)).toSorted();
  return [`tasks that are active now will be inactive, also after an undo: ${named.join(', ')}`];
}

function backupOf(wanted: readonly Type[]): NonNullable<PreparedImport['backup']> {
  return {
    request: { projects: ['backup'], options: { type: wanted, privateProperties: true, via: 'web' } },
    restoreWith: { type: wanted, emptyDatabaseBeforeImport: true, via: 'web' },
  };
}

async function consentFor(
  server: Server,
  wanted: readonly Type[],
  found: Survey,
  {
    emptied,
    losses,
    ownPasswordChanges,
  }: { readonly emptied: boolean; readonly losses: readonly string[]; readonly ownPasswordChanges: boolean },
  signal: AbortSignal,
): Promise<string | undefined> {
  const parts: string[] = [];
  if (emptied) {
    const counts: string[] = [];
    for (const type of wanted) {
      const there = await found.target.of(type, signal);
      counts.push(`${plural(there.size, type)} (the package holds ${found.names.get(type)?.size ?? 0})`);
    }
    parts.push(
      `all of these types on ${server.name} (${server.url}) are deleted before the import: ${counts.join(', ')}`,
      ...losses,
    );
  }
  if (ownPasswordChanges)
    parts.push(`the password of ${server.account.username} there is replaced by the one in the package`);
  return parts.length === 0 ? undefined : `${parts.join(', and ')}. Go on?`;
}
