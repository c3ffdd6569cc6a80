import { Refusal } from '../shared/answering.ts';
import { memberAt } from '../shared/json.ts';
import { countIn } from '../shared/query.ts';
import { listed } from './asset-document.ts';
import { ok } from './refusal.ts';
import { binOf, childrenOf, idOf, isAssetType, type Node } from './tree.ts';
import type { Route, Visit } from './visit.ts';

/** Without `limit` the service lists 100 entries at a time. */
const usualPage = 100;
const largestPage = 1000;

/** `c_time` is the name that scripts have for the time of creation. */
const aliases: Readonly<Record<string, string>> = { c_time: 'time_created', u_time: 'time_updated' };
const sortable = ['name', 'asset_type', 'path', 'time_created', 'time_updated', 'owner', 'updated_by', 'snode_id'];

/** `name:1` upwards, `metadata.d_time:-1` downwards. 400 for another form, and for a member that no entry has. */
function sorted<Item>(items: readonly Item[], sort: string | undefined): readonly Item[] {
  if (sort === undefined || sort === '') return items;
  const [, given = '', sign = ''] = /^([\w.]+):(-?1)$/.exec(sort) ?? [];
  const field = Object.hasOwn(aliases, given) ? (aliases[given] ?? '') : given;
  if (!sortable.includes(field) && !/^metadata\.\w/.test(field)) {
    throw new Refusal(400, `A list is not sorted by "${sort}": write <member>:1 or :-1, with ${sortable.join(', ')}`);
  }
  const key = (item: Item) => JSON.stringify(memberAt(item, ...field.split('.')) ?? null);
  const up = items.toSorted((one, other) => (key(one) < key(other) ? -1 : key(one) > key(other) ? 1 : 0));
  return sign === '1' ? up : up.toReversed();
}

/** A type that does not exist is passed over, as the service does it: a script's `Task` gets all assets. */
function chosen(visit: Visit, nodes: readonly Node[]): readonly Node[] {
  const [type, search] = [visit.call.query('asset_type'), visit.call.query('search')];
  const known = isAssetType(type) || type === 'Dir' || type === 'Plex';
  return nodes
    .filter((node) => !known || node.type === type)
    .filter(({ name }) => search === undefined || name.toLowerCase().includes(search.toLowerCase()));
}

function list(visit: Visit) {
  const { plane, caller, call, segments } = visit;
  const inBin = segments.length === 2 && segments[1] === '_rbin';
  const holder = visit.reach(inBin ? segments.slice(0, 1) : segments, 'R');
  const folder = holder.nodes.at(-1);
  if (folder !== undefined && folder.type !== 'Dir') throw new Refusal(404, `${holder.path} is not a folder`);
  const parent = inBin ? binOf(holder.org.id) : idOf(holder);
  const place = inBin ? { ...holder, path: `${holder.path}/_rbin` } : holder;
  const offset = countIn(call, 'offset') ?? 0;
  const limit = Math.min(largestPage, countIn(call, 'limit') ?? usualPage);
  if (limit === 0) throw new Refusal(400, 'limit must be at least 1');
  const shown = (node: Node) => listed(node, place, caller.user.email);
  // A plain list reads no more than the page that is asked for.
  if (['asset_type', 'search', 'sort'].every((name) => call.query(name) === undefined))
    return ok({ entries: childrenOf(plane.store, parent, { offset, limit }).map(shown) });
  const entries = sorted(chosen(visit, childrenOf(plane.store, parent)).map(shown), call.query('sort'));
  return ok({ entries: entries.slice(offset, offset + limit) });
}

export const listingRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/api/1/rest/asset/list/*',
    query: ['asset_type', 'limit', 'offset', 'sort', 'search'],
    handle: list,
  },
];
