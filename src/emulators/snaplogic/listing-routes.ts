import { Refusal } from '../shared/answering.ts';
import { memberAt } from '../shared/json.ts';
import { listed } from './asset-document.ts';
import { ok } from './refusal.ts';
import { binOf, childrenOf, idOf, isAssetType, type Node } from './tree.ts';
import type { Route, Visit } from './visit.ts';

/** Without `limit` the service lists 100 entries at a time. */
const usualPage = 100;
const largestPage = 1000;

function whole(text: string | undefined, otherwise: number): number {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : otherwise;
}

function sorted<Item>(items: readonly Item[], sort: string | undefined): readonly Item[] {
  const [, field = '', sign = ''] = /^([\w.]+):(-?1)$/.exec(sort ?? '') ?? [];
  if (field === '') return items;
  const key = (item: Item) => JSON.stringify(memberAt(item, ...field.split('.')) ?? null);
  const up = items.toSorted((one, other) => (key(one) < key(other) ? -1 : key(one) > key(other) ? 1 : 0));
  return sign === '1' ? up : up.toReversed();
}

/** Unknown filters and meaningless values are ignored. */
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
  if (folder !== undefined && folder.type !== 'Dir') throw new Refusal(404, `${holder.path} is no folder`);
  const parent = inBin ? binOf(holder.org.id) : idOf(holder);
  const place = inBin ? { ...holder, path: `${holder.path}/_rbin` } : holder;
  const offset = whole(call.query('offset'), 0);
  const limit = Math.min(largestPage, Math.max(1, whole(call.query('limit'), usualPage)));
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
