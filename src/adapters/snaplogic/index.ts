import { MigratorError } from '../../errors.ts';
import type { AdapterModule } from '../../ports/adapter.ts';
import { jsonOf } from '../shared/answers.ts';
import { halvesOf } from '../shared/halves.ts';
import { isReadable } from '../shared/is-readable.ts';
import { placeOf } from '../shared/place.ts';
import { readArchive, zipAmong } from './archives/archive.ts';
import { planeOf, readConnection, secretSettings, urlOf } from './connection.ts';
import { createExporter } from './exports.ts';
import { checkImportOptions } from './import-options.ts';
import { createImporter } from './imports.ts';
import { createInventory } from './inventory.ts';
import { createJobs } from './jobs.ts';
import { createMover } from './moves.ts';
import { options } from './options.ts';
import { probe } from './probe.ts';
import { connectTo, remember } from './server.ts';
import { createSnapshots } from './snapshots/index.ts';
import { createClient } from './wire/client.ts';
import { refusal, saidIn, worse } from './wire/errors.ts';

/** SnapLogic through its public API: project migrate, export and import, and the asset lists beside it. */
export const adapter: AdapterModule = {
  contract: 1,
  product: 'snaplogic',
  secretSettings,
  recognises: async (files, signal) =>
    (await isReadable(() => readArchive(zipAmong(files), signal))) ? 'an export of a SnapLogic project' : undefined,
  place: ({ url, settings }) => placeOf(planeOf(urlOf(url)), settings['org']),
  request: ({ verb, projects, options: given, confided = {} }) => {
    if (verb === 'import' || verb === 'migrate-project') checkImportOptions(given, confided);
    const placed = given['destPath'] !== undefined;
    if (placed && projects.length > 1) {
      throw new MigratorError('USAGE', `--dest-path works for one project, but ${projects.length} are named`, {
        hint: 'run the command once for each project',
      });
    }
    return {
      ...halvesOf(given, options),
      overwrites: given['noDuplicateCheck'] === true,
      sameInstance: placed,
      ...(typeof given['destPath'] === 'string' ? { arrivesAt: given['destPath'] } : {}),
    };
  },
  create: (settings, tools) => {
    const connection = readConnection(settings);
    const http = tools.http({
      baseUrl: connection.url,
      headers: connection.headers,
      explain: (status, body) => {
        const said = saidIn(jsonOf(body));
        return refusal(worse(status, said.code) ?? status, connection.scrub(said.text));
      },
    });
    const server = connectTo(createClient(http, connection.scrub), connection, tools);
    return remember(
      {
        product: 'snaplogic',
        probe: (signal) => probe(server, signal),
        // The product has no maintenance mode.
        mode: () => Promise.resolve('normal'),
        parallel: (as) => ({
          most: 4,
          of: `${as} ${placeOf(planeOf(urlOf(settings.url)), settings.settings['org'])}`,
          because: 'each migration is a task of its own and no limit is published, so migrator keeps to a few',
        }),
        versionObstacle: () => undefined,
        inventory: createInventory(server),
        jobs: createJobs(server),
        exports: createExporter(server),
        imports: createImporter(server),
        moves: createMover(server),
        snapshots: createSnapshots(server),
      },
      server,
    );
  },
};
