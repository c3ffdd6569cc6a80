import type { YamlNode } from '../../../enms-yaml/scalars.ts';
import { writeItems } from '../../../enms-yaml/write.ts';
import { isMigratorError, MigratorError } from '../../../errors.ts';
import type { ArtifactFile } from '../../../ports/artifact.ts';
import type { PreparedImport } from '../../../ports/importer.ts';
import type { Secrets } from '../../../ports/options.ts';
import { flagOf, listOf, textOf } from '../../shared/option-values.ts';
import { isWithin } from '../model/compare-object.ts';
import {
  bytesOf,
  contentOf,
  decoded,
  isMap,
  itemsOf,
  objectsOf,
  type PackageContent,
  type PackagedObject,
} from '../model/package-content.ts';
import { sharedServices, types, type Type } from '../model/types-and-relations.ts';
import { positionsOf } from '../objects/positions.ts';
import { startsOf, takeUpPassword, type Server } from '../server.ts';
import { typesOf } from '../way-and-types.ts';
import { keyText, valueOf } from '../wire/yaml.ts';
import { isOfMigrations } from './folder-name.ts';
import { migrationFolder, remarks, writeRemark } from './migration-folder.ts';

/**
 * Brings the files into a new folder on the target and reads each one back. Without the folder or `metadata.yaml`, an
 * import would first delete and then fail.
 */
export async function stageMigration(
  server: Server,
  { settled }: PreparedImport,
  files: readonly ArtifactFile[],
  signal: AbortSignal,
): Promise<void> {
  const content = contentOf(files);
  if (content.kind !== 'migration') {
    throw new MigratorError('PACKAGE_MALFORMED', 'the package holds no migration files');
  }
  const name = textOf(settled, 'folder') ?? '';
  const keepsPassword = textOf(settled, 'ownPassword') !== 'replace';
  const folder = migrationFolder(server, name);
  await folder.create(signal);
  const sent = new Map<string, Buffer>();
  for (const type of typesOf(settled, 'types') ?? types) {
    const file = content.files.get(type);
    if (file === undefined) continue;
    const bytes = await bytesOf(file.open(signal));
    sent.set(
      `${type}.yaml`,
      type === 'user' && keepsPassword
        ? withoutPassword(bytes, server.account.username)
        : type === 'file'
          ? withoutPlaces(bytes)
          : bytes,
    );
  }
  sent.set('metadata.yaml', await bytesOf(content.metadata.open(signal)));
  await folder.write(sent, signal);
  if (!(await folder.exists(signal))) throw notShown(name);
}

function notShown(name: string): MigratorError {
  return new MigratorError(
    'CONFLICT',
    `the target does not show the folder /migrations/${name}, so nothing is imported`,
    { hint: 'look at its setting paths.migration: the web interface reaches only what lies below files/migrations' },
  );
}

/**
 * Takes the password of one user out of the file, so that the user keeps the one on the target. Everything else stays
 * the same, also digits and tags.
 */
function withoutPassword(bytes: Buffer, username: string): Buffer {
  const items = itemsOf(decoded(bytes), 'user.yaml');
  const own = items.find((item) => isNamed(item, username));
  if (own?.kind !== 'map' || !own.entries.some(([key]) => keyText(key) === 'password')) return bytes;
  const stripped: YamlNode = { ...own, entries: own.entries.filter(([key]) => keyText(key) !== 'password') };
  return Buffer.from(writeItems(items.map((item) => (item === own ? stripped : item))));
}

/**
 * Takes out of `file.yaml` what would delete rows of the target, or fail. A folder that names its files loses all others:
 * the server deletes their rows. And rows of migrations stand for folders that another server does not have; the server
 * makes those of this import itself, also while it empties the type, and then fails at the same row.
 */
function withoutPlaces(bytes: Buffer): Buffer {
  const items = itemsOf(decoded(bytes), 'file.yaml').flatMap((item): readonly YamlNode[] => {
    const value = valueOf(item);
    if (isMap(value) && typeof value['name'] === 'string' && isOfMigrations(value['name'])) return [];
    if (item.kind !== 'map') return [item];
    return [{ ...item, entries: item.entries.filter(([key]) => keyText(key) !== 'files') }];
  });
  return Buffer.from(writeItems(items));
}

function isNamed(item: YamlNode, name: string): boolean {
  const value = valueOf(item);
  return isMap(value) && value['name'] === name;
}

/**
 * Sends the import and returns the job's id when the server has answered. `status` reads from the answer how it ended.
 */
export async function startMigration(
  server: Server,
  prepared: PreparedImport,
  secrets: Secrets,
  files: readonly ArtifactFile[],
  debug: (message: string) => void,
  signal: AbortSignal,
): Promise<string> {
  const { settled } = prepared;
  const name = textOf(settled, 'folder') ?? '';
  const folder = migrationFolder(server, name);
  const changesPassword = flagOf(settled, 'ownPasswordChanges');
  if (changesPassword && secrets['newPassword'] === undefined) {
    throw new MigratorError(
      'USAGE',
      `the import replaces the password of ${server.account.username}, and the new one is not known`,
      { hint: 'give it with --new-password, or leave --own-password replace out and the account keeps its own' },
    );
  }
  if (!(await folder.exists(signal))) await stageMigration(server, prepared, files, signal);
  if ((await folder.read('metadata.yaml', signal)) === undefined) throw notShown(name);
  const content = contentOf(files);
  const wanted = (typesOf(settled, 'types') ?? types).filter(
    (type: Type) => content.kind === 'migration' && content.files.has(type),
  );
  const witnesses = listOf(settled, 'witnesses');
  const starts = startsOf(server.seen.servers);
  const started = {
    types: wanted,
    ...(witnesses.length === 0 ? {} : { witnesses }),
    ...(starts === undefined ? {} : { starts }),
  };
  await writeRemark(folder, remarks.started, started, signal);
  const id = `import/${name}`;
  if (changesPassword && secrets['newPassword'] !== undefined) server.account.expectPassword(secrets['newPassword']);
  if (content.kind === 'migration' && wanted.includes('service'))
    await drawSharedServices(server, content, debug, signal);
  const answer = await answerTo(server, name, wanted, settled, signal);
  await takeUpPassword(server, signal);
  try {
    await writeRemark(folder, remarks.answer, answer, signal);
  } catch (error) {
    if (!isMigratorError(error) || error.code === 'CANCELLED') throw error;
    debug(`the answer of the server could not be kept beside the files: ${error.message}`);
  }
  server.answers.set(name, answer);
  return id;
}

/**
 * Writes where the shared services are drawn. The server never updates these services by a migration, but by its REST API
 * (seen on 4.7.1). That gives some groups the right to read them, which the migration then sets as the package has it. A
 * failure shows in the result, because the plan names these services.
 */
async function drawSharedServices(
  server: Server,
  content: Extract<PackageContent, { kind: 'migration' }>,
  debug: (message: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const packaged: PackagedObject[] = [];
  for await (const object of objectsOf(content, 'service', signal))
    if (sharedServices.includes(object.name) && object['positions'] !== undefined) packaged.push(object);
  if (packaged.length === 0) return;
  try {
    const there = await positionsOf(server, 'service', signal);
    const drawn = packaged.flatMap(({ name, positions }) =>
      isWithin(positions, there({ name })['positions']) ? [] : [{ name, positions }],
    );
    if (drawn.length > 0) await server.rest.upsert('service', drawn, signal);
  } catch (error) {
    if (!isMigratorError(error) || error.code === 'CANCELLED') throw error;
    debug(`the shared services could not be drawn: ${error.message}`);
  }
}

/** Migration API, import. */
async function answerTo(
  server: Server,
  name: string,
  wanted: readonly Type[],
  settled: PreparedImport['settled'],
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly words: string }> {
  const switches = {
    // The server empties for every value but false, even for the text "false". So the key is sent only for yes.
    ...(flagOf(settled, 'emptied') ? { empty_database_before_import: true } : {}),
    ...(flagOf(settled, 'skipPoolUpdate') ? { skip_pool_update: true } : {}),
    ...(flagOf(settled, 'skipModelUpdate') ? { skip_model_update: true } : {}),
  };
  server.sent.set(name, server.clock.now());
  server.seen.rows.clear();
  const { status, body, words } = await server.rest.migrate(
    'import',
    { name, import_export_types: wanted, ...switches },
    signal,
  );
  return { status, words: typeof body === 'string' ? body : words };
}
