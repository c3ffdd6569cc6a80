import { MigratorError } from '../../errors.ts';
import type { Adapter, AdapterModule } from '../../ports/adapter.ts';
import { halvesOf } from '../shared/halves.ts';
import { isReadable } from '../shared/is-readable.ts';
import { placeOf } from '../shared/place.ts';
import { readConnection, secretSettings } from './connection.ts';
import { createFeed } from './feed.ts';
import { createInventory } from './inventory.ts';
import { readExport, requireExport } from './export-import/archive.ts';
import { isExportName } from './export-import/artifact.ts';
import { limitsOf } from './export-import/limits.ts';
import { createExporter as createProjectExporter } from './export-import/exports.ts';
import { createImporter as createProjectImporter, olderTarget } from './export-import/imports.ts';
import { withImportFiles } from './export-import/import-files.ts';
import { createJobs } from './jobs.ts';
import { createExporter } from './migration-api/exports.ts';
import { createImporter } from './migration-api/imports.ts';
import { requirePackage } from './migration-api/package-file.ts';
import { options } from './options.ts';
import { accountOf, modeOf, probe } from './probe.ts';
import { connectTo } from './server.ts';
import { byExportImport, createSnapshots } from './snapshots/index.ts';
import { createClient } from './wire/client.ts';
import { explain } from './wire/errors.ts';
import { createExportImportClient } from './wire/export-import.ts';
import { createWays } from './ways.ts';

/** Octopus Deploy through its Migration API or its Export/Import of projects, its task queue and its built-in feed. */
export const adapter: AdapterModule = {
  contract: 1,
  product: 'octopus',
  secretSettings,
  place: ({ url, settings }) => placeOf(url, settings['space']),
  request: ({ options: given }) => {
    // The other way has no use for them. A wrong one is still a mistake.
    limitsOf(given);
    const overwrites = given['overwriteExisting'] === true;
    const skips = given['skipExisting'] === true;
    if (overwrites && skips)
      throw new MigratorError('USAGE', '--overwrite-existing and --skip-existing contradict each other', {
        hint: 'leave out one of them',
      });
    const preview = given['preview'] === true;
    return { ...halvesOf(given, options), overwrites, skips, preview, allowance: '--overwrite-existing' };
  },
  recognises: async ([file, ...others], signal) => {
    if (file === undefined || others.length > 0) return undefined;
    if (await isReadable(() => requirePackage(file, { encrypted: false }, signal)))
      return 'a package of the Migration API of Octopus Deploy';
    const isNamedSo = isExportName(file.path.split('/').at(-1) ?? '');
    if (!isNamedSo && !(await isReadable(() => requireExport(file, signal)))) return undefined;
    // What is clearly an export, and not a whole one, is refused here and not after its journey.
    await readExport(file, limitsOf({}), () => undefined, signal);
    return 'an export of projects of Octopus Deploy';
  },
  create: (settings, tools): Adapter => {
    const connection = readConnection(settings);
    const http = tools.http({ baseUrl: connection.url, headers: connection.headers, explain });
    const server = connectTo(createClient(http), connection.space);
    const feed = createFeed(server, connection, tools);
    const common = {
      product: 'octopus',
      probe: (signal: AbortSignal) => probe(server, connection.url, signal),
      mode: (signal: AbortSignal) => modeOf(server, signal),
      account: (signal: AbortSignal) => accountOf(server, signal),
      inventory: createInventory(server),
      jobs: createJobs(server),
      snapshots: createSnapshots(server),
    };
    const migrationApi: Adapter = {
      ...common,
      parallel: () => ({
        most: 1,
        of: placeOf(connection.url),
        because: 'each task of the Migration API puts the whole server into maintenance mode',
      }),
      versionObstacle: (source, target) =>
        source === target.version
          ? undefined
          : `Octopus Deploy imports only packages of its own version: this one is from ${source}, the target is ${target.version}`,
      exports: createExporter(server, feed, tools),
      imports: createImporter(server, feed, tools),
      feed,
    };
    const way = { server, client: createExportImportClient(http), url: connection.url, tools };
    const exportImport: Adapter = {
      ...common,
      parallel: (as) =>
        as === 'source'
          ? {
              most: 4,
              of: `exports of ${placeOf(connection.url)}`,
              because: 'an export only reads, and no limit is published, so migrator keeps to a few',
            }
          : {
              most: 1,
              of: `imports of ${placeOf(connection.url, settings.settings['space'])}`,
              because: 'two imports into one space could each make what their projects share',
            },
      snapshots: createSnapshots(server, byExportImport),
      // Nothing happens in maintenance mode.
      mode: () => Promise.resolve('normal'),
      versionObstacle: (source, target) => olderTarget(source, target.version),
      exports: createProjectExporter(way),
      imports: createProjectImporter(way),
    };
    const adapters = { 'migration-api': migrationApi, 'export-import': exportImport };
    return { ...migrationApi, feed: withImportFiles(feed, way), ways: createWays(server, adapters, connection.via) };
  },
};
