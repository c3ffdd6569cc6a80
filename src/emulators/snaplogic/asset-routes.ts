import { Refusal } from '../shared/answering.ts';
import { asObject, asText, isObject, type Json } from '../shared/json.ts';
import { listed } from './asset-document.ts';
import { encryptedFor } from './encryption.ts';
import type { Plane } from './plane.ts';
import { ok } from './refusal.ts';
import { isAdmin, need } from './rights.ts';
import {
  checkName,
  addNode,
  binNode,
  childNamed,
  idOf,
  lastOf,
  nodeById,
  pathText,
  placeOf,
  removeNode,
  type Node,
  type Place,
} from './tree.ts';
import type { Route, Visit } from './visit.ts';

const base = '/api/1/rest';

export const above = ({ org, nodes, path }: Place): Place => ({
  org,
  nodes: nodes.slice(0, -1),
  path: path.slice(0, path.lastIndexOf('/')),
});

function shown(visit: Visit, place: Place): Json {
  return listed(lastOf(place), above(place), visit.caller.user.email);
}

function read(visit: Visit) {
  const place = visit.reach(visit.segments, 'R');
  const node = lastOf(place);
  const own = node.type === 'Account' || node.type === 'Policy' ? node.document : {};
  return ok({ ...own, ...shown(visit, place) });
}

/** Makes a project space or a project (`Dir`), or an account. */
async function create(visit: Visit) {
  const { plane, caller, segments } = visit;
  const body = await visit.document();
  const name = segments.at(-1) ?? '';
  checkName(name);
  const type = body['asset_type'];
  if (type !== 'Dir' && type !== 'Account') throw new Refusal(400, 'asset_type must be Dir or Account');
  const holder = visit.reach(segments.slice(0, -1), 'W');
  // An account lies in a project, or in a shared folder: that of the environment is one level higher.
  const depth = type === 'Dir' ? [2, 3] : [segments[1] === 'shared' ? 3 : 4];
  if (!depth.includes(segments.length)) throw new Refusal(400, `${pathText(segments)} is not a place for it`);
  return plane.store.atomically(() => {
    if (childNamed(plane.store, idOf(holder), name) !== undefined) {
      throw new Refusal(409, `${pathText(segments)} already exists`);
    }
    const { class_id, class_version, property_map } = isObject(body['account']) ? body['account'] : body;
    const { metadata } = body;
    const account = encryptedFor(plane.store, holder.org, { class_id, class_version, property_map });
    const node = addNode(plane.store, {
      name,
      parent: idOf(holder),
      type,
      org: holder.org.id,
      owner: caller.user.email,
      metadata: asObject(metadata),
      document: type === 'Account' ? account.document : {},
    });
    return ok(shown(visit, placeOf(plane.store, node)));
  });
}

/** Moves an asset to the recycle bin; files are deleted for good. */
export function discard(plane: Plane, node: Node, by: string): void {
  plane.store.atomically(() => {
    if (node.type === 'File') removeNode(plane.store, node);
    else binNode(plane.store, node, by);
  });
}

function remove(visit: Visit) {
  const node = lastOf(visit.reach(visit.segments, 'W'));
  discard(visit.plane, node, visit.caller.user.email);
  return ok({});
}

/** A pipeline by its snode id. 404 when there is none, 403 for callers who may not read it. */
function needPipeline(visit: Visit): Node {
  const node = nodeById(visit.plane.store, visit.param('id'));
  if (node?.type !== 'Pipeline') throw new Refusal(404, `There is no pipeline ${visit.param('id')}`);
  need(visit.caller, placeOf(visit.plane.store, node), 'R');
  return node;
}

function pipelineDocument(node: Node, document: Json): Json {
  return {
    ...document,
    instance_id: node.id,
    create_time: node.created,
    update_time: node.updated,
    target_runtime: asText(document['target_runtime'], 'cloud'),
    org_snode_id: node.org,
    project_snode_id: node.parent,
    partition_snode_id: node.org,
    migrate_version: 0,
    scrub_version: 0,
  };
}

const versions = (visit: Visit, node: Node): readonly Json[] => [
  ...visit.plane.store.lines(`versions:${node.id}`).map(asObject),
  node.document,
];

function readPipeline(visit: Visit) {
  const node = needPipeline(visit);
  return ok(pipelineDocument(node, node.document));
}

function readVersion(visit: Visit) {
  const node = needPipeline(visit);
  const document = versions(visit, node)[Number(visit.param('version')) - 1];
  if (document === undefined) throw new Refusal(404, `${node.name} has no version ${visit.param('version')}`);
  return ok(pipelineDocument(node, document));
}

/**
 * The versions of a pipeline as a list. Here every earlier state is a version; in the service only a checked-in one.
 */
function listVersions(visit: Visit) {
  const node = needPipeline(visit);
  return ok(
    versions(visit, node).map((_, index) => ({
      version_number: index + 1,
      asset_id: node.id,
      creator: node.updatedBy,
      time_created: node.updated,
      version_tag: null,
      version_note: null,
    })),
  );
}

function removePipeline(visit: Visit) {
  const node = needPipeline(visit);
  need(visit.caller, placeOf(visit.plane.store, node), 'W');
  discard(visit.plane, node, visit.caller.user.email);
  return ok({});
}

function plexes(visit: Visit, name: string) {
  return ok(visit.reach([name], 'R').org.snaplexes);
}

const catalogQuery = [
  'page',
  'size',
  'name',
  'sort_property',
  'sort_direction',
  'children_of',
  'parents_for',
  'pipeline_id',
];

/** The catalog needs a separate licence. */
function catalog(visit: Visit): never {
  const { org } = visit.reach([visit.param('org')], 'R');
  const who = isAdmin(visit.caller.user.email, org) ? 'The environment' : 'This user';
  throw new Refusal(403, `${who} has no subscription to the catalog`);
}

export const assetRoutes: readonly Route[] = [
  { method: 'GET', path: `${base}/asset/*`, handle: read },
  { method: 'POST', path: `${base}/asset/*`, query: ['path'], handle: create },
  { method: 'DELETE', path: `${base}/asset/*`, handle: remove },
  { method: 'GET', path: `${base}/pipeline/:id`, handle: readPipeline },
  { method: 'GET', path: `${base}/pipeline/:id/:version(^\\d+$)`, handle: readVersion },
  { method: 'GET', path: `${base}/pipeline/versions/:id`, handle: listVersions },
  { method: 'POST', path: `${base}/pipeline/delete/:id`, handle: removePipeline },
  { method: 'GET', path: `${base}/plex/org/:org`, handle: (visit) => plexes(visit, visit.param('org')) },
  {
    method: 'GET',
    path: `${base}/slserver/snaplex_cc_details_with_info`,
    query: ['subscriber_id'],
    handle: (visit) => plexes(visit, visit.call.query('subscriber_id') ?? ''),
  },
  {
    method: 'GET',
    path: `${base}/public/catalog/:org/:kind(^pipelines|accounts$)`,
    query: catalogQuery,
    handle: catalog,
  },
];
