import type { Adapter, AdapterModule } from '../../ports/adapter.ts';
import { halvesOf } from '../shared/halves.ts';
import { placeOf } from '../shared/place.ts';
import { libraryUrl, readConnection, secretSettings } from './connection.ts';
import { createExporter } from './exports.ts';
import { createFeed } from './feed.ts';
import { createImporter } from './imports.ts';
import { createInventory } from './inventory.ts';
import { createJobs } from './jobs.ts';
import { createMover } from './moves.ts';
import { wantedObjects } from './objects/object-list.ts';
import { options } from './options.ts';
import { refuseTargetProject } from './packages/package-order.ts';
import { probe } from './probe.ts';
import { emptyMemory, register, type Library } from './server.ts';
import { createSnapshots } from './snapshots.ts';
import { versionObstacle } from './versions.ts';
import { createClient } from './wire/client.ts';
import { createSession } from './wire/session.ts';

/** MicroStrategy through the Library REST API: migrations between Libraries, and the file store for packages. */
export const adapter: AdapterModule = {
  contract: 1,
  product: 'microstrategy',
  secretSettings,
  // Nobody outside knows how the file is made.
  recognises: ([file, ...others]) =>
    Promise.resolve(
      others.length === 0 && /\.mmp$/i.test(file?.path ?? '') ? 'a package of MicroStrategy, by its name' : undefined,
    ),
  place: ({ url, settings }) => placeOf(libraryUrl(url), settings['project']),
  request: ({ verb, projects, options: given }) => {
    if (given['packageType'] === 'configuration') refuseTargetProject(given);
    if (verb !== 'import') wantedObjects(given);
    return {
      ...halvesOf(given, options),
      // Other objects of a project, or another target project, are another place.
      arrivesAt: JSON.stringify([projects, Object.entries(given).sort()]),
      untilApproval: given['requestOnly'] === true,
      ...(verb === 'migrate-project' ? { allowance: '--default-action or --action' } : {}),
    };
  },
  create: (settings, tools): Adapter => {
    const connection = readConnection(settings);
    const session = createSession(connection, tools);
    const memory = emptyMemory();
    const library: Library = { connection, session, client: createClient(session), tools, memory };
    const made: Adapter = {
      product: 'microstrategy',
      probe: (signal) => probe(library, signal),
      // The product has no maintenance mode.
      mode: () => Promise.resolve('normal'),
      parallel: () => ({
        most: 1,
        of: `session of ${settings.name} at ${placeOf(settings.url)}`,
        because: 'a session holds one package: a second one at the same time takes it over',
      }),
      versionObstacle: (source, target) => versionObstacle(source, target.version),
      inventory: createInventory(library),
      jobs: createJobs(library),
      exports: createExporter(library),
      imports: createImporter(library),
      moves: createMover(library),
      feed: createFeed(library),
      snapshots: createSnapshots(library),
      close: () => session.close(),
    };
    return register(made, library);
  },
};
