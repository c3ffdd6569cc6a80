// The tree of an environment. Project spaces, projects and assets are nodes with a snode id and are found by name.
import { createHash } from 'node:crypto';
import { Refusal } from '../shared/answering.ts';
import { asObject, asObjects, asText, asTexts, type Json } from '../shared/json.ts';
import type { Entry, Page, Store } from '../shared/store.ts';
import { orgById, orgNamed, type Org } from './orgs.ts';

/** Types of assets. Other nodes are `Dir`, a project space or a project, and `Plex`, a Snaplex in a shared folder. */
export const assetTypes = ['Account', 'File', 'Job', 'Pipeline', 'Policy'] as const;
export type AssetType = (typeof assetTypes)[number];
export type NodeType = AssetType | 'Dir' | 'Plex';

export const isAssetType = (text: unknown): text is AssetType => (assetTypes as readonly unknown[]).includes(text);

export interface Grant {
  readonly grant_type: 'USER' | 'GROUP';
  readonly grantee: string;
  readonly perms: readonly string[];
  readonly inherit: boolean;
}

export interface Node {
  readonly id: string;
  readonly name: string;
  readonly parent: string;
  readonly type: NodeType;
  readonly org: string;
  readonly owner: string;
  readonly updatedBy: string;
  /** ISO 8601 with milliseconds and Z. */
  readonly created: string;
  readonly updated: string;
  readonly acl: readonly Grant[];
  /** Only its owner and the users in its own list may read it. */
  readonly secured: boolean;
  readonly metadata: Json;
  /** The document of a pipeline, account, task or policy; `hash` and `size` of a file. */
  readonly document: Json;
}

export const nodeOf = ({ id, name, container, body }: Entry): Node => ({
  id,
  name,
  parent: container ?? '',
  type: asText(body['type']) as NodeType,
  org: asText(body['org']),
  owner: asText(body['owner']),
  updatedBy: asText(body['updatedBy']),
  created: asText(body['created']),
  updated: asText(body['updated']),
  acl: asObjects(body['acl']).map((grant) => ({
    grant_type: grant['grant_type'] === 'GROUP' ? 'GROUP' : 'USER',
    grantee: asText(grant['grantee']),
    perms: asTexts(grant['perms']),
    inherit: grant['inherit'] === true,
  })),
  secured: body['secured'] === true,
  metadata: asObject(body['metadata']),
  document: asObject(body['document']),
});

/** 24 hex digits, the same each time for the same sample. */
export function newSnodeId(store: Store): string {
  const text = `${store.setting('plane-seed') ?? ''}|${store.next('snode')}`;
  return createHash('sha256').update(text).digest('hex').slice(0, 24);
}

export function putNode(store: Store, node: Node): Node {
  const { id, name, parent, ...body } = node;
  store.put({ kind: 'Node', id, container: parent, name, body: body });
  return node;
}

export interface NewNode {
  readonly name: string;
  readonly parent: string;
  readonly type: NodeType;
  readonly org: string;
  readonly owner: string;
  readonly metadata?: Json;
  readonly document?: Json;
  readonly acl?: readonly Grant[];
  readonly secured?: boolean;
  readonly now?: Date;
}

export function addNode(store: Store, init: NewNode): Node {
  const { now = new Date(), ...rest } = init;
  const time = now.toISOString();
  const defaults = { acl: [], secured: false, metadata: {}, document: {} };
  return putNode(store, {
    id: newSnodeId(store),
    ...defaults,
    ...rest,
    updatedBy: init.owner,
    created: time,
    updated: time,
  });
}

export const childNamed = (store: Store, parent: string, name: string): Node | undefined => {
  const entry = store.named('Node', parent, name);
  return entry === undefined ? undefined : nodeOf(entry);
};

export const childrenOf = (store: Store, parent: string, page?: Page): readonly Node[] =>
  store.all('Node', parent, page).map(nodeOf);

export const nodeById = (store: Store, id: string): Node | undefined => {
  const entry = store.get('Node', id);
  return entry === undefined ? undefined : nodeOf(entry);
};

/** The environment and the nodes that a path names, outermost first. */
export interface Place {
  readonly org: Org;
  readonly nodes: readonly Node[];
  /** `/org/space/project/asset`. */
  readonly path: string;
}

export const pathText = (segments: readonly string[]): string => `/${segments.join('/')}`;

/** The names in a path. Slashes at its ends do not count. */
export const pathSegments = (path: string): readonly string[] => path.split('/').filter((part) => part !== '');

/** The place of these names. Undefined when one of them does not exist. */
export function findPlace(store: Store, segments: readonly string[]): Place | undefined {
  const [first = '', ...rest] = segments;
  const org = orgNamed(store, first);
  if (org === undefined) return undefined;
  const nodes: Node[] = [];
  for (const name of rest) {
    const node = childNamed(store, nodes.at(-1)?.id ?? org.id, name);
    if (node === undefined) return undefined;
    nodes.push(node);
  }
  return { org, nodes, path: pathText(segments) };
}

export function needPlace(store: Store, segments: readonly string[]): Place {
  const place = findPlace(store, segments);
  if (place === undefined) throw new Refusal(404, `${pathText(segments)} does not exist`);
  return place;
}

/** The place of a node, found through its parents. */
export function placeOf(store: Store, node: Node): Place {
  const nodes: Node[] = [node];
  for (;;) {
    const [first = node] = nodes;
    const parent = nodeById(store, first.parent);
    if (parent === undefined) break;
    nodes.unshift(parent);
  }
  const org = orgById(store, node.org);
  if (org === undefined) throw new Error(`the node ${node.id} belongs to no org`);
  return { org, nodes, path: pathText([org.name, ...nodes.map(({ name }) => name)]) };
}

/** The node a path ends in. */
export function lastOf({ nodes, path }: Place): Node {
  const node = nodes.at(-1);
  if (node === undefined) throw new Refusal(400, `${path} names an environment only`);
  return node;
}

export const idOf = ({ org, nodes }: Place): string => nodes.at(-1)?.id ?? org.id;

/** Removes a node and all below it for good. */
export function removeNode(store: Store, node: Node): void {
  for (const child of childrenOf(store, node.id)) removeNode(store, child);
  store.remove('Node', node.id);
}

/** Moves a node and all below it to the recycle bin of its environment. */
export function binNode(store: Store, node: Node, by: string): void {
  const { path } = placeOf(store, node);
  const metadata = { ...node.metadata, d_time: new Date().toISOString(), d_by: by, d_path: path };
  putNode(store, { ...node, parent: binOf(node.org), metadata });
}

export const binOf = (org: string): string => `${org}/_rbin`;

const forbidden = /[/\\?#]/;

/** Checks the name of a space, project or asset: it must fit into a path. 400 otherwise. */
export function checkName(name: string): void {
  if (name === '' || forbidden.test(name))
    throw new Refusal(400, `"${name}" is not a valid name: it must not hold / \\ ? or #`);
}
