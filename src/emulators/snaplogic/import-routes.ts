import { Refusal } from '../shared/answering.ts';
import { asText, isObject, type Json, memberAt } from '../shared/json.ts';
import type { Reply } from '../shared/server.ts';
import { readAccounts, readArchive, unpackExpressions, type Arrival } from './archive.ts';
import { withForm, type FormFile } from './form.ts';
import { importAssets, readDuplicates, type Duplicates, type ImportRequest } from './project-import.ts';
import { rebindAccounts } from './references.ts';
import { ok } from './refusal.ts';
import { checkName, addNode, childNamed, lastOf, pathSegments, pathText, type Node, type Place } from './tree.ts';
import { listOf, readCopies, type Route, type Visit } from './visit.ts';

const publicApi = '/api/1/rest/public/project';

async function requestOf(
  visit: Visit,
  files: ReadonlyMap<string, FormFile>,
  duplicates: Duplicates,
): Promise<ImportRequest> {
  const { contents } = visit.plane;
  const [zip, accounts, expressions] = ['file', 'file_account', 'file_expr'].map((part) => files.get(part)?.path);
  if (zip === undefined) throw new Refusal(400, 'The part "file" is required');
  const arrivals = await readArchive(contents, zip);
  const changed = accounts === undefined ? {} : await readAccounts(accounts);
  const unknown = Object.keys(changed).find(
    (wanted) => !arrivals.some(({ type, name }) => type === 'Account' && name === wanted),
  );
  if (unknown !== undefined)
    throw new Refusal(400, `file_account has an account ${unknown} that the zip does not have`);
  return {
    arrivals,
    accounts: changed,
    expressions: expressions === undefined ? new Map() : await unpackExpressions(contents, expressions),
    duplicates,
    overwriteTypes: listOf(visit, 'overwrite_types'),
  };
}

/** `Invoices 1`, `Invoices 2`: the first name that is free. */
function numbered(visit: Visit, space: Node, name: string): string {
  for (let number = 1; ; number += 1) {
    const free = `${name} ${number}`;
    if (childNamed(visit.plane.store, space.id, free) === undefined) return free;
  }
}

function targetOf(visit: Visit, space: Place, wanted: string, duplicates: Duplicates): Place {
  const { plane, caller } = visit;
  const holder = lastOf(space);
  const existing = childNamed(plane.store, holder.id, wanted);
  const name = existing !== undefined && duplicates === 'create_new' ? numbered(visit, holder, wanted) : wanted;
  const init = { name, parent: holder.id, type: 'Dir', org: space.org.id, owner: caller.user.email } as const;
  const project = name === existing?.name ? existing : addNode(plane.store, init);
  return { org: space.org, nodes: [...space.nodes, project], path: `${space.path}/${name}` };
}

function importProject(visit: Visit): Promise<Reply> {
  const { plane, caller, call, segments } = visit;
  const space = visit.reach(segments.slice(0, 2), 'admin');
  checkName(segments[2] ?? '');
  const duplicates = readDuplicates(call.query('duplicate_check'));
  return withForm(plane.contents, call.request, async (files) => {
    const request = await requestOf(visit, files, duplicates);
    return plane.store.atomically(() => {
      const target = targetOf(visit, space, segments[2] ?? '', duplicates);
      return ok({ project_path: target.path, ...importAssets(plane, target, caller.user.email, request) });
    });
  });
}

/** The same for single assets. The path names the project that receives them. */
function importToProject(visit: Visit): Promise<Reply> {
  const { plane, caller, call, segments } = visit;
  const target = visit.reach(segments.slice(0, 3), 'admin');
  const duplicates = readDuplicates(call.query('duplicate_check'));
  if (duplicates === 'create_new') throw new Refusal(400, 'Single assets are imported with skip or overwrite');
  return withForm(plane.contents, call.request, async (files) => {
    const request = await requestOf(visit, files, duplicates);
    const [, , , only] = segments;
    const arrivals = request.arrivals.filter(({ name }) => only === undefined || name === only);
    if (arrivals.length === 0) throw new Refusal(404, `The zip has no asset ${only ?? ''}`);
    return plane.store.atomically(() =>
      ok({ project_path: target.path, ...importAssets(plane, target, caller.user.email, { ...request, arrivals }) }),
    );
  });
}

const byType = (arrivals: readonly Arrival[]) => {
  const assets: Record<string, string[]> = {};
  for (const { type, path } of arrivals) (assets[type] ??= []).push(path);
  return assets;
};

/** Lists the content of an exported zip. */
function listAssets({ plane, call }: Visit): Promise<Reply> {
  return withForm(plane.contents, call.request, async (files) => {
    const zip = files.get('file')?.path;
    if (zip === undefined) throw new Refusal(400, 'The part "file" is required');
    const arrivals = await readArchive(plane.contents, zip);
    const project = pathSegments(arrivals[0]?.path ?? '').slice(0, 3);
    return ok({ project_path: pathText(project), assets: byType(arrivals) });
  });
}

function importByPath(visit: Visit): Promise<Reply> {
  const { length } = visit.segments;
  if (length === 3) return importProject(visit);
  if (length === 4) return importToProject(visit);
  throw new Refusal(400, 'The path must name a project: /org/project_space/project');
}

function pipelineOf(pipe: unknown): { readonly name: string; readonly document: Json } {
  const name = asText(memberAt(pipe, 'property_map', 'info', 'label', 'value'));
  if (!isObject(pipe) || name === '') {
    throw new Refusal(400, 'pipe.property_map.info.label.value must name the pipeline');
  }
  checkName(name);
  return { name, document: pipe };
}

/** Imports one pipeline from its document, as the Designer does. */
async function importPipeline(visit: Visit): Promise<Reply> {
  const { plane, caller, call, segments } = visit;
  const place = visit.reach(segments, 'W');
  if (place.org.id !== visit.param('org')) throw new Refusal(404, `${place.path} is not in this environment`);
  const { pipe } = await visit.document();
  const pipeline = pipelineOf(pipe);
  return plane.store.atomically(() => {
    const project = lastOf(place);
    const taken = childNamed(plane.store, project.id, pipeline.name) !== undefined;
    const copies = readCopies(call);
    if (taken && !copies) throw new Refusal(409, `${pipeline.name} already exists in ${place.path}`);
    const name = taken ? numbered(visit, project, pipeline.name) : pipeline.name;
    const init = { name, parent: project.id, type: 'Pipeline', org: place.org.id, owner: caller.user.email } as const;
    return ok(
      addNode(plane.store, { ...init, document: rebindAccounts(plane.store, pipeline.document, place).document }).id,
    );
  });
}

export const importRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: `${publicApi}/import/*`,
    query: ['duplicate_check', 'overwrite_types'],
    handle: importByPath,
  },
  { method: 'POST', path: `${publicApi}/list_assets`, handle: listAssets },
  {
    method: 'POST',
    path: '/api/2/:org/rest/project/import/pipe/slp/*',
    query: ['duplicate_check'],
    handle: importPipeline,
  },
  // The product's own pages, and some scripts, use this path for the same import.
  {
    method: 'POST',
    path: '/api/2/:org/rest/project/import/*',
    query: ['duplicate_check', 'overwrite_types'],
    handle: importByPath,
  },
];
