import { MigratorError } from '../../errors.ts';
import type { Inventory, InventoryItem } from '../../ports/adapter.ts';
import { lookAt, projects, spaces } from './projects/look-up.ts';
import { orgsOf, type Server } from './server.ts';

const kinds = ['project', 'org', 'space', 'asset'] as const;

export function createInventory(server: Server): Inventory {
  return {
    kinds,
    list: (kind, signal) => {
      switch (kind) {
        case 'org':
          return orgs(server, signal);
        case 'space':
          return plain(spaces(server, signal));
        case 'project':
          return plain(projects(server, signal));
        case 'asset':
          return assets(server, signal);
        default:
          throw new MigratorError('USAGE', `SnapLogic has no inventory of ${kind}`, {
            hint: `it knows ${kinds.join(', ')}`,
          });
      }
    },
  };
}

async function* orgs(server: Server, signal: AbortSignal): AsyncIterable<InventoryItem> {
  for (const name of await orgsOf(server, signal)) yield { kind: 'org', id: `/${name}`, name };
}

async function* plain(items: AsyncIterable<InventoryItem>): AsyncIterable<InventoryItem> {
  for await (const { kind, id, name, container, modifiedAt } of items) yield { kind, id, name, container, modifiedAt };
}

async function* assets(server: Server, signal: AbortSignal): AsyncIterable<InventoryItem> {
  for await (const project of projects(server, signal)) {
    const { assets: found = [] } = await lookAt(server, project, signal);
    for (const { name, asset_type: type, time_updated: modifiedAt } of found) {
      yield {
        kind: 'asset',
        id: `${project.id}/${name}`,
        name: `${type ?? 'asset'} ${name}`,
        container: project.id,
        modifiedAt,
      };
    }
  }
}
