import { MigratorError } from '../../errors.ts';
import { wordHint } from '../../nearest.ts';
import type { Inventory, InventoryItem } from '../../ports/adapter.ts';
import { matchByName } from '../shared/match-by-name.ts';
import { isoOf } from './migrations/job-state.ts';
import { fits, subtypesOf, typeAliases, typeName, typeNames, typeNumber, typeWord } from './objects/object-types.ts';
import type { Library } from './server.ts';
import type { Project } from './wire/schemas.ts';

const kinds = ['project', ...typeNames];

/** Projects, and the objects of each type: those of the instance's project, else those of every loaded project. */
export function createInventory(library: Library): Inventory {
  return {
    kinds,
    list: (kind, signal) => {
      const word = kind.trim().toLowerCase();
      if (word === 'project') return projects(library, signal);
      const type = typeNumber(kind);
      // The same words as for the types of objects, which have other names and numbers too.
      if (type !== undefined && kinds.includes(typeName(type))) return objects(library, kind, type, signal);
      throw new MigratorError('USAGE', `MicroStrategy has no inventory of ${kind}`, {
        hint: wordHint(kind, [...kinds, ...typeAliases]),
      });
    },
  };
}

async function* projects({ client }: Library, signal: AbortSignal): AsyncIterable<InventoryItem> {
  for (const { id, name } of await client.projects(signal)) yield { kind: 'project', id, name };
}

async function* objects(
  library: Library,
  kind: string,
  type: number,
  signal: AbortSignal,
): AsyncIterable<InventoryItem> {
  const subtypes = subtypesOf(kind);
  const ofConfiguration = fits(type, 'configuration') && !fits(type, 'project');
  const places = ofConfiguration ? [undefined] : await searched(library, signal);
  for (const project of places) {
    for await (const { id, name, subtype, dateModified } of library.client.search({ type }, project?.id, signal)) {
      if (subtype !== undefined && subtypes?.includes(subtype) === false) continue;
      yield {
        kind: subtypes === undefined ? typeName(type) : typeWord(kind),
        id,
        name: name ?? id,
        ...(project === undefined ? {} : { container: project.name }),
        ...(dateModified === undefined ? {} : { modifiedAt: isoOf(dateModified) }),
      };
    }
  }
}

async function searched({ client, connection }: Library, signal: AbortSignal): Promise<readonly Project[]> {
  const all = await client.projects(signal);
  if (connection.project === undefined) return all.filter(({ status }) => status === undefined || status === 0);
  const { found } = matchByName(all, connection.project);
  if (found !== undefined) return [found];
  throw new MigratorError('NOT_FOUND', `there is no project ${connection.project} on ${connection.name}`, {
    hint: '`project` of the instance names it',
    details: { missing: [connection.project] },
  });
}
