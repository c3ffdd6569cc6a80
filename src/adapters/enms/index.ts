import type { Adapter, AdapterModule } from '../../ports/adapter.ts';
import { halvesOf } from '../shared/halves.ts';
import { isReadable } from '../shared/is-readable.ts';
import { placeOf } from '../shared/place.ts';
import { readConnection, secretSettings } from './connection.ts';
import { createExporter } from './exports.ts';
import { createImporter } from './imports.ts';
import { createInventory } from './inventory.ts';
import { contentOf } from './model/package-content.ts';
import { createJobs } from './jobs.ts';
import type { Refusals } from './objects/object-import.ts';
import { options } from './options.ts';
import { probe } from './probe.ts';
import { everyTenSeconds, type Server } from './server.ts';
import { createSnapshots } from './snapshots.ts';
import { explainRest, explainWeb } from './wire/errors.ts';
import { createRest } from './wire/rest.ts';
import { createWeb } from './wire/web.ts';

/** eNMS 4.7 through its REST API, and through its web interface for the files of migrations. */
export const adapter: AdapterModule = {
  contract: 1,
  product: 'enms',
  secretSettings,
  recognises: async (files) => ((await isReadable(() => contentOf(files))) ? 'an export of eNMS' : undefined),
  place: ({ url }) => placeOf(url),
  request: ({ options: given }) => ({
    ...halvesOf(given, options),
    overwrites: ['overwriteExisting', 'replace', 'emptyDatabaseBeforeImport'].some((name) => given[name] === true),
    allowance: '--overwrite-existing',
    raw: given['topology'] === true,
  }),
  create: (settings, tools): Adapter => {
    const { name, url, via, account } = readConnection(settings);
    const { http, clock, random, notice, debug, guard } = tools;
    const connect = () => http({ baseUrl: url, headers: () => ({}), cookies: true, explain: explainWeb });
    const server: Server = {
      rest: createRest(
        http({ baseUrl: url, headers: () => ({ authorization: account.basic() }), explain: explainRest }),
      ),
      web: createWeb(connect, url, account, guard),
      account,
      name,
      url,
      via,
      sent: new Map(),
      answers: new Map(),
      seen: { rows: new Map(), equal: new Map() },
      progress: everyTenSeconds(clock, notice),
      clock,
      random,
    };
    const refusals: Refusals = new Map();
    return {
      product: 'enms',
      probe: (signal) => probe(server, signal),
      // The product has no maintenance mode.
      mode: () => Promise.resolve('normal'),
      parallel: () => ({
        most: 1,
        of: placeOf(url),
        because: 'an import changes the one database of the server step by step, and an export reads it the same way',
      }),
      versionObstacle: (source, target) =>
        // To an account that is no administrator the server does not tell its release. The import says what is wrong.
        source === target.version || server.seen.admin === false
          ? undefined
          : `eNMS migrates between servers of the same release only: this one is ${source}, the target is ${target.version}`,
      inventory: createInventory(server),
      jobs: createJobs(server, refusals),
      exports: createExporter(server),
      imports: createImporter(server, refusals, debug),
      snapshots: createSnapshots(server),
    };
  },
};
