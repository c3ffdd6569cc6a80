import { Refusal } from '../shared/answering.ts';
import { asObjects, asText, asTexts, type Json } from '../shared/json.ts';
import { copyAsset } from './asset-copy.ts';
import { listed } from './asset-document.ts';
import { above, discard } from './asset-routes.ts';
import { readProjectPath } from './migrate-request.ts';
import { needOrg } from './orgs.ts';
import { ok, reasonOf } from './refusal.ts';
import { enter, need } from './rights.ts';
import {
  checkName,
  addNode,
  childNamed,
  idOf,
  isAssetType,
  lastOf,
  needPlace,
  pathSegments,
  pathText,
  placeOf,
  putNode,
  type Grant,
  type Place,
} from './tree.ts';
import type { Route, Visit } from './visit.ts';

const publicApi = '/api/1/rest/public';

const rights = ['R', 'W', 'X'];

function readGrant(one: Json): Grant {
  const perms = asTexts(one['perms'] ?? one['permission_list']);
  const grantee = asText(one['subject'] ?? one['grantee']);
  const type = asText(one['subject_type'] ?? one['grant_type'], 'USER').toUpperCase();
  if (grantee === '' || perms.length === 0 || perms.some((perm) => !rights.includes(perm))) {
    throw new Refusal(400, 'A permission needs a grantee and some of R, W and X');
  }
  if (type !== 'USER' && type !== 'GROUP') throw new Refusal(400, `${type} is not a kind of grantee`);
  return { grant_type: type, grantee, perms, inherit: one['inherit'] === true };
}

const shown = (visit: Visit, place: Place) => ok(listed(lastOf(place), above(place), visit.caller.user.email));

/** Two names make a project space, three a project. */
function checkContainer(segments: readonly string[]): void {
  if (segments.length === 2 || segments.length === 3) return;
  throw new Refusal(400, 'The path must name a project space or a project');
}

async function optional(visit: Visit): Promise<Json> {
  const { headers } = visit.call;
  const empty = headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0;
  return empty ? {} : visit.document();
}

async function create(visit: Visit) {
  const { plane, caller, segments } = visit;
  checkContainer(segments);
  const body = await optional(visit);
  const holder = visit.reach(segments.slice(0, -1), 'W');
  const name = segments.at(-1) ?? '';
  checkName(name);
  const acl = asObjects(body['permissions']).map(readGrant);
  return plane.store.atomically(() => {
    if (childNamed(plane.store, idOf(holder), name) !== undefined) {
      throw new Refusal(409, `${pathText(segments)} already exists`);
    }
    const init = { name, parent: idOf(holder), type: 'Dir', org: holder.org.id, owner: caller.user.email } as const;
    return shown(visit, placeOf(plane.store, addNode(plane.store, { ...init, acl })));
  });
}

async function rename(visit: Visit) {
  const { plane, caller, segments } = visit;
  checkContainer(segments);
  const { name } = await visit.document();
  if (typeof name !== 'string') throw new Refusal(400, 'name is required');
  checkName(name);
  const place = visit.reach(segments, 'W');
  const node = lastOf(place);
  if (childNamed(plane.store, node.parent, name) !== undefined) {
    throw new Refusal(409, `${name} already exists in ${above(place).path}`);
  }
  const updated = new Date().toISOString();
  const after = putNode(plane.store, { ...node, name, updatedBy: caller.user.email, updated });
  return shown(visit, placeOf(plane.store, after));
}

function remove(visit: Visit) {
  checkContainer(visit.segments);
  const node = lastOf(visit.reach(visit.segments, 'W'));
  discard(visit.plane, node, visit.caller.user.email);
  return ok({});
}

const readAcl = (visit: Visit) => {
  const place = visit.reach(visit.segments, 'admin');
  return ok({ acl: lastOf(place).acl });
};

const same = (one: Grant, other: Pick<Grant, 'grant_type' | 'grantee'>) =>
  one.grant_type === other.grant_type && one.grantee === other.grantee;

async function grant(visit: Visit) {
  const place = visit.reach(visit.segments, 'admin');
  const node = lastOf(place);
  const given = readGrant(await visit.document());
  if (visit.segments[1] === 'apim') throw new Refusal(403, 'Permissions of /apim cannot be changed');
  const acl = [...node.acl.filter((one) => !same(one, given)), given];
  putNode(visit.plane.store, { ...node, acl });
  return ok({ acl });
}

function revoke(visit: Visit) {
  const node = lastOf(visit.reach(visit.segments, 'admin'));
  const [type, grantee] = [visit.call.query('grant_type'), visit.call.query('grantee')];
  if (type === undefined || grantee === undefined) throw new Refusal(400, 'grant_type and grantee are required');
  const acl = node.acl.filter((one) => one.grant_type !== type.toUpperCase() || one.grantee !== grantee);
  if (acl.length === node.acl.length) throw new Refusal(404, `${grantee} has no permission of its own there`);
  putNode(visit.plane.store, { ...node, acl });
  return ok({ acl });
}

/** The target of a copy. It is made when it is missing, as by a migration. */
function destination(visit: Visit, segments: readonly string[]): Place {
  const { plane, caller } = visit;
  const org = needOrg(plane.store, segments[0] ?? '');
  enter(caller, org);
  const space = needPlace(plane.store, segments.slice(0, 2));
  need(caller, space, 'W');
  const name = segments[2] ?? '';
  const init = { name, parent: lastOf(space).id, type: 'Dir', org: org.id, owner: caller.user.email } as const;
  const project = childNamed(plane.store, lastOf(space).id, name) ?? addNode(plane.store, init);
  return { org, nodes: [...space.nodes, project], path: pathText(segments) };
}

async function copyAssets(visit: Visit) {
  const { plane, caller } = visit;
  const body = await visit.document();
  const target = readProjectPath(body['dest_path'], 'dest_path');
  const paths = asTexts(body['asset_path_list']);
  if (paths.length === 0) throw new Refusal(400, 'asset_path_list is required');
  const sources = paths.map((path) => lastOf(visit.reach(pathSegments(path), 'R')));
  const wrong = sources.find(({ type }) => !isAssetType(type));
  if (wrong !== undefined) throw new Refusal(400, `${wrong.name} is not an asset`);
  const travelling = new Set(sources.filter(({ type }) => type === 'Pipeline').map(({ name }) => name));
  return plane.store.atomically(() => {
    const place = destination(visit, target);
    const [copied, failed, warnings]: [string[], Json[], Json[]] = [[], [], []];
    for (const source of sources) {
      const { id, name } = source;
      const result = copyAsset(plane, source, place, caller.user.email, travelling);
      if (result.status === 200) {
        copied.push(`${place.path}/${name}`);
        warnings.push(...result.warnings.map((message) => ({ message, snode_id: result.node.id, name })));
      } else {
        failed.push({ snode_id: id, name, status_code: result.status, reason: reasonOf(result.status) });
      }
    }
    return ok({ copied_assets_new_paths: copied, failed, warnings });
  });
}

const gitCalls = [
  ...['checkout', 'create-project', 'pull', 'git-pull', 'git-branch', 'git-tag', 'commit', 'repo-status'],
  ...['discard_changes', 'untrack'],
];

function withoutGit({ param }: Visit): never {
  throw new Refusal(501, `This emulator has no Git, so there is no ${param('call')}`);
}

export const projectRoutes: readonly Route[] = [
  { method: 'POST', path: `${publicApi}/assetapi/project/*`, handle: create },
  { method: 'PUT', path: `${publicApi}/assetapi/project/*`, handle: rename },
  { method: 'DELETE', path: `${publicApi}/assetapi/project/*`, handle: remove },
  ...(['GET', 'POST'] as const).map((method): Route => ({
    method,
    path: `${publicApi}/project/:call(^${gitCalls.join('|')}$)/*`,
    query: ['repo', 'ref'],
    handle: withoutGit,
  })),
  // The path in the documents of 2022.
  { method: 'POST', path: `${publicApi}/project/*`, handle: create },
  { method: 'PUT', path: `${publicApi}/project/*`, handle: rename },
  { method: 'GET', path: `${publicApi}/assetapi/acl/*`, handle: readAcl },
  { method: 'POST', path: `${publicApi}/assetapi/acl/*`, handle: grant },
  { method: 'DELETE', path: `${publicApi}/assetapi/acl/*`, query: ['grant_type', 'grantee'], handle: revoke },
  { method: 'POST', path: `${publicApi}/project/copy_assets`, handle: copyAssets },
];
