import type { Reply } from '../../shared/server.ts';
import { exportProject } from '../migrate/export.ts';
import { importProject } from '../migrate/import.ts';
import { htmlPage, json, ServerError } from '../refusal.ts';
import { argument, type Endpoint, endpoint, type Visit } from './visit.ts';

const gatewayTimeout = (): Reply => htmlPage(504, 'The upstream server did not answer in time.');

/** A proxy stops waiting, but the server goes on with the import. */
async function importSlowly(visit: Visit, proxy: number, lasts: number): Promise<Reply> {
  const { instance, user, body } = visit;
  void instance.background(instance.pause(lasts).then(() => importProject(instance, user, body.fields)));
  await instance.pause(proxy);
  return gatewayTimeout();
}

async function migrate(visit: Visit): Promise<Reply> {
  const { instance, user, body } = visit;
  const direction = argument(visit, 0);
  if (direction === 'export') return json(await exportProject(instance, body.fields));
  if (direction !== 'import') throw new ServerError(`AttributeError: no attribute 'migration_${direction}'`);
  const slow = instance.faults.take('slow-import');
  if (slow !== undefined) {
    return importSlowly(visit, slow.values['proxy'] ?? instance.pace, slow.values['lasts'] ?? instance.pace * 10);
  }
  return json(await importProject(instance, user, body.fields));
}

export const migrateEndpoints: readonly Endpoint[] = [endpoint('POST', 'migrate', 1, 'admin', migrate)];
