import { inParallel } from '../../../streams/in-parallel.ts';
import { matchByName } from '../../shared/match-by-name.ts';
import type { Server, Space } from '../server.ts';
import type { ListPath } from '../wire/client.ts';
import { linksOf } from '../wire/links.ts';
import type { DocumentResource } from '../wire/schemas.ts';
import { listOf } from './carried-fields.ts';
import * as lists from './list-paths.ts';

export type Document = DocumentResource;

/** A project with what belongs to it. */
export interface ProjectContent {
  readonly project: Document;
  readonly process: Document | undefined;
  readonly variables: Document | undefined;
  /** By kind: channel, runbook, trigger. */
  readonly own: ReadonlyMap<string, readonly Document[]>;
  readonly runbookProcesses: ReadonlyMap<string, Document>;
}

const atOnce = 6;
const idsAtOnce = 30;

export interface SpaceReader {
  readonly space: Space;
  readonly projects: readonly Document[];
  /** The projects of these names or ids, second copies too. One that is not there is left out. */
  wanted(names: readonly string[]): readonly Document[];
  /** The lists of what projects share, by kind. A kind that this server does not have is empty. */
  shared(): Promise<ReadonlyMap<string, readonly Document[]>>;
  contents(projects: readonly Document[]): Promise<readonly ProjectContent[]>;
  variableSets(ids: readonly string[]): Promise<ReadonlyMap<string, Document>>;
  releases(project: Document): AsyncIterable<Document>;
}

/** Reads the list of projects. `ahead`: the lists of these kinds are read beside it, because they are needed anyhow. */
export async function openSpace(
  server: Server,
  { kinds, ahead }: { readonly kinds: readonly string[]; readonly ahead: boolean },
  signal: AbortSignal,
): Promise<SpaceReader> {
  const { client } = server;
  const space = await server.space(signal);

  const listed = async ({ link, path }: ListPath, ids?: string): Promise<readonly Document[]> => {
    if (!lists.offers(space.links, { link, path })) return [];
    const there = { link, path: `${space.prefix}/${path}` };
    return collected(client.wholes(space.links, there, ids === undefined ? {} : { ids }, signal));
  };
  const byIds = async (list: ListPath, ids: readonly string[]): Promise<ReadonlyMap<string, Document>> => {
    const read = (part: readonly string[]): Promise<readonly Document[]> => listed(list, part.join(','));
    return byId(await collected(inParallel(partsOf(ids), atOnce, read)));
  };
  const ofProject = ({ link, path }: ListPath, project: Document): AsyncIterable<Document> => {
    const links = linksOf(project.Links);
    if (!lists.offers(links, { link, path })) return nothing();
    const there = { link, path: `${space.prefix}/projects/${project.Id}/${path}` };
    return client.wholes(links, there, {}, signal);
  };
  const shared: SpaceReader['shared'] = async () => {
    const read = async (kind: string) => [kind, await listed(lists.sharedLists[kind] ?? lists.projects)] as const;
    return new Map(await collected(inParallel(kinds, atOnce, read)));
  };
  const begun = ahead ? shared() : undefined;
  // It is thrown where the lists are used.
  begun?.catch(() => undefined);
  const projects = await listed(lists.projects);

  const reader: SpaceReader = {
    space,
    projects,
    wanted: (names) => {
      const known = projects.map((document) => ({ id: document.Id, name: document.Name ?? '', document }));
      const found = names.flatMap((name) => {
        const result = matchByName(known, name);
        const fitting = result.found === undefined ? result.candidates : [result.found];
        return fitting.map(({ document }) => document);
      });
      return [...new Set(found)];
    },
    shared: () => begun ?? shared(),
    contents: async (some) => {
      const own = async (project: Document) => {
        const read = async ([kind, list]: readonly [string, ListPath]) =>
          [kind, await collected(ofProject(list, project))] as const;
        return [project, new Map(await collected(inParallel(Object.entries(lists.ownLists), atOnce, read)))] as const;
      };
      const [parts, processes, variables] = await Promise.all([
        collected(inParallel(some, 2, own)),
        byIds(lists.processes, idsIn(some, 'DeploymentProcessId')),
        reader.variableSets(idsIn(some, 'VariableSetId')),
      ]);
      const runbooks = parts.flatMap(([, kinds]) => kinds.get('runbook') ?? []);
      const runbookProcesses = await byIds(lists.runbookProcesses, idsIn(runbooks, 'RunbookProcessId'));
      return parts.map(([project, kinds]) => ({
        project,
        process: processes.get(idOf(project, 'DeploymentProcessId')),
        variables: variables.get(idOf(project, 'VariableSetId')),
        own: kinds,
        runbookProcesses,
      }));
    },
    variableSets: async (ids) => {
      const read = (part: readonly string[]) => client.variableSets(space, part, signal);
      return byId(await collected(inParallel(partsOf(ids), atOnce, read)));
    },
    releases: (project) => ofProject(lists.releases, project),
  };
  return reader;
}

export const idOf = (document: Document, field: string): string => {
  const value = document[field];
  return typeof value === 'string' ? value : '';
};

const idsIn = (documents: readonly Document[], field: string): readonly string[] =>
  documents.map((document) => idOf(document, field)).filter((id) => id !== '');

/** The ids in parts that fit into a URL. No ids are no part: an empty list of ids means everything to this server. */
function* partsOf(ids: readonly string[]): Generator<readonly string[]> {
  for (let from = 0; from < ids.length; from += idsAtOnce) yield ids.slice(from, from + idsAtOnce);
}

const byId = (found: readonly (readonly Document[])[]): ReadonlyMap<string, Document> =>
  new Map(found.flat().map((document) => [document.Id, document]));

async function collected<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

async function* nothing(): AsyncGenerator<never, void> {
  // This server has no such list.
}

/** The tags `Set/Tag` that a document names. */
export function tagsOf(document: Readonly<Record<string, unknown>>): readonly string[] {
  return listOf(document['TenantTags']).filter((tag) => typeof tag === 'string');
}

/** The name alone, by which Export/Import finds everything on its target. */
export const plainName = ({ Id, Name = Id }: Document): string => Name;

/** Several certificates may have one name. The Migration API tells them apart by their thumbprints. */
export function nameIn(kind: string, document: Document): string {
  const name = plainName(document);
  return kind === 'certificate' ? `${name}/${idOf(document, 'Thumbprint')}` : name;
}
