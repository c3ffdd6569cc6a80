import type { Named } from '../../../ports/snapshot.ts';
import { removeAll } from '../../shared/remove-all.ts';
import type { Server } from '../server.ts';
import { wordsOf } from './carried-fields.ts';
import { ownLists, sharedLists } from './list-paths.ts';
import { idOf, nameIn, openSpace, type Document } from './space-content.ts';

/**
 * Deletes documents of a space: projects, what projects share, and channels, runbooks and triggers of projects that stay.
 * A process and variables go with their project. Variables that were added to a set that stays, stay: the whole set would
 * have to be written, and no source says what becomes of its secrets then. Returns a sentence for each thing that stays.
 */
export async function remove(server: Server, items: readonly Named[], signal: AbortSignal): Promise<readonly string[]> {
  const { found, staying } = await locate(server, items, signal);
  const used = usedBy(staying, found);
  const stays = await removeAll(
    found
      .filter((one) => !used.has(one))
      .map(({ item, document, path }) => ({
        item,
        remove: () => server.client.deleteDocument(document, path, signal),
      })),
  );
  const goes = ({ name }: Named): boolean =>
    items.some(({ kind, name: owner }) => ['project', 'variable-set'].includes(kind) && name.startsWith(`${owner}/`));
  const added = items.filter((item) => ['variable', 'set-variable'].includes(item.kind) && !goes(item));
  const needed = [...used].map(({ item: { kind, name } }) => `${kind} "${name}" stays: something that stays uses it`);
  return [...stays, ...needed, ...added.map(({ kind, name }) => `${kind} "${name}" stays: its set was there before`)];
}

interface Found {
  readonly item: Named;
  readonly document: Document;
  /** Where the document is deleted, by the documents of the product. */
  readonly path: string;
}

/**
 * Of the found documents, those whose ids stand in a document that stays. The server lets a variable keep the id of an
 * account that is gone, and then refuses to export its project.
 */
function usedBy(staying: readonly unknown[], found: readonly Found[]): ReadonlySet<Found> {
  const used = new Set<Found>();
  let documents = staying;
  for (;;) {
    // The scopes that a variable set offers are no use of them.
    const words = new Set(documents.flatMap((document) => [...wordsOf(document)]));
    const more = found.filter((one) => !used.has(one) && words.has(one.document.Id));
    if (more.length === 0) return used;
    for (const one of more) used.add(one);
    documents = more.map(({ document }) => document);
  }
}

/** The documents of the items, projects first, and the documents of the space that stay. */
async function locate(
  server: Server,
  items: readonly Named[],
  signal: AbortSignal,
): Promise<{ readonly found: readonly Found[]; readonly staying: readonly unknown[] }> {
  const reader = await openSpace(server, { kinds: Object.keys(sharedLists), ahead: true }, signal);
  const { prefix } = reader.space;
  const named = (kind: string, name: string): Named | undefined =>
    items.find((item) => item.kind === kind && item.name === name);
  const found = (kind: string, path: string, documents: readonly Document[], owner = ''): readonly Found[] =>
    documents.flatMap((document) => {
      const item = named(kind, `${owner}${nameIn(kind, document)}`);
      if (item === undefined) return [];
      return [{ item, document, path: `${prefix}/${path}/${document.Id}` }];
    });
  const projects = found('project', 'projects', reader.projects);
  const contents = await reader.contents(
    reader.projects.filter((document) => !projects.some((one) => one.document === document)),
  );
  const shared = await reader.shared();
  const all = [
    ...projects,
    ...contents.flatMap(({ project, own }) =>
      [...own].flatMap(([kind, documents]) =>
        found(kind, ownLists[kind]?.path ?? kind, documents, `${nameIn('project', project)}/`),
      ),
    ),
    ...[...shared].flatMap(([kind, documents]) => found(kind, sharedLists[kind]?.path ?? kind, documents)),
  ];
  const isFound = (document: Document): boolean => all.some((one) => one.document === document);
  // The server takes a project out of its tenants when it deletes the project.
  const sharedStaying = [...shared]
    .flatMap(([kind, documents]) =>
      kind === 'tenant'
        ? documents.map((tenant) => (isFound(tenant) ? tenant : { ...tenant, ProjectEnvironments: {}, ProjectIds: [] }))
        : documents,
    )
    .filter((document) => !isFound(document));
  const sets = await reader.variableSets(
    (shared.get('variable-set') ?? [])
      .filter((document) => !isFound(document))
      .map((document) => idOf(document, 'VariableSetId'))
      .filter((id) => id !== ''),
  );
  const own = contents.flatMap(({ project, process, variables, own: lists, runbookProcesses }) => [
    ...[project, process, variables].filter((document) => document !== undefined),
    ...[...lists.values()].flat().filter((document) => !isFound(document)),
    ...runbookProcesses.values(),
  ]);
  return { found: all, staying: [...own, ...sharedStaying, ...sets.values()] };
}
