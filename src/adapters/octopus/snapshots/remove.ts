import type { Named } from '../../../ports/snapshot.ts';
import { type Removable, removeAll } from '../../shared/remove-all.ts';
import type { Server } from '../server.ts';
import { ownLists, sharedLists } from './list-paths.ts';
import { nameIn, openSpace, type Document } from './space-content.ts';

/**
 * Deletes documents of a space: projects, what projects share, and channels, runbooks and triggers of projects that stay.
 * A process and variables go with their project. Variables that were added to a set that stays, stay: the whole set would
 * have to be written, and no source says what becomes of its secrets then. Returns a sentence for each thing that stays.
 */
export async function remove(server: Server, items: readonly Named[], signal: AbortSignal): Promise<readonly string[]> {
  const stays = await removeAll(await locate(server, items, signal));
  const goes = ({ name }: Named): boolean =>
    items.some(({ kind, name: owner }) => ['project', 'variable-set'].includes(kind) && name.startsWith(`${owner}/`));
  const added = items.filter((item) => ['variable', 'set-variable'].includes(item.kind) && !goes(item));
  return [...stays, ...added.map(({ kind, name }) => `${kind} "${name}" stays: its set was there before`)];
}

/** The documents of the items, projects first. */
async function locate(server: Server, items: readonly Named[], signal: AbortSignal): Promise<readonly Removable[]> {
  const kinds = Object.keys(sharedLists).filter((kind) => items.some((item) => item.kind === kind));
  const reader = await openSpace(server, { kinds, ahead: true }, signal);
  const { prefix } = reader.space;
  const named = (kind: string, name: string): Named | undefined =>
    items.find((item) => item.kind === kind && item.name === name);
  const found = (kind: string, path: string, documents: readonly Document[], owner = ''): readonly Removable[] =>
    documents.flatMap((document) => {
      const item = named(kind, `${owner}${nameIn(kind, document)}`);
      if (item === undefined) return [];
      const documented = `${prefix}/${path}/${document.Id}`;
      return [{ item, remove: () => server.client.deleteDocument(document, documented, signal) }];
    });
  const projects = found('project', 'projects', reader.projects);
  const owners = new Set(items.filter(({ kind }) => kind in ownLists).map(({ name }) => name.split('/')[0]));
  const staying = reader.projects.filter(
    (document) =>
      owners.has(nameIn('project', document)) && named('project', nameIn('project', document)) === undefined,
  );
  const contents = await reader.contents(staying);
  const shared = await reader.shared();
  return [
    ...projects,
    ...contents.flatMap(({ project, own }) =>
      [...own].flatMap(([kind, documents]) =>
        found(kind, ownLists[kind]?.path ?? kind, documents, `${nameIn('project', project)}/`),
      ),
    ),
    ...[...shared].flatMap(([kind, documents]) => found(kind, sharedLists[kind]?.path ?? kind, documents)),
  ];
}
