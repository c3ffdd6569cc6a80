import type { AdapterModule } from '../../ports/adapter.ts';
import { jsonOf } from '../shared/answers.ts';
import { readConnection, secretSettings } from './connection.ts';
import { createExporter } from './exports.ts';
import { createImporter } from './imports.ts';
import { createInventory } from './inventory.ts';
import { createJobs } from './jobs.ts';
import { createMover } from './moves.ts';
import { probe } from './probe.ts';
import { connectTo, remember } from './server.ts';
import { createClient } from './wire/client.ts';
import { refusal, saidIn, worse } from './wire/errors.ts';

/** SnapLogic through its public API: project migrate, export and import, and the asset lists beside it. */
export const adapter: AdapterModule = {
  contract: 1,
  product: 'snaplogic',
  secretSettings,
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
        versionObstacle: () => undefined,
        inventory: createInventory(server),
        jobs: createJobs(server),
        exports: createExporter(server),
        imports: createImporter(server),
        moves: createMover(server),
      },
      server,
    );
  },
};
