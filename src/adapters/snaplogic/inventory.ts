import { MigratorError } from '../../errors.ts';
import { wordHint } from '../../nearest.ts';
import type { Inventory, InventoryItem } from '../../ports/adapter.ts';
import { inParallel } from '../../streams/in-parallel.ts';
import { projects, spaces } from './projects/look-up.ts';
import { orgsOf, type Server } from './server.ts';
import { segmentsOf } from './wire/paths.ts';

const kinds = ['project', 'org', 'space', 'asset'] as const;
const atOnce = 6;

/** An inventory is whole or fails: a list that is refused is no empty list. */
export function createInventory(server: Server): Inventory {
  return {
    kinds,
    list: (kind, signal) => {
      switch (kind) {
        case 'org':
          return orgs(server, signal);
        case 'space':
          return plain(spaces(server, 'fails', signal));
        case 'project':
          return plain(projects(server, 'fails', signal));
        case 'asset':
          return assets(server, signal);
        default:
          throw new MigratorError('USAGE', `SnapLogic has no inventory of ${kind}`, {
            hint: wordHint(kind, kinds),
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
  const lists = inParallel(projects(server, 'fails', signal), atOnce, async (project) => {
    const { entries } = await server.client.list(segmentsOf(project), signal);
    return { project, entries };
  });
  for await (const { project, entries } of lists) {
    for (const { name, asset_type: type, time_updated: modifiedAt } of entries) {
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
