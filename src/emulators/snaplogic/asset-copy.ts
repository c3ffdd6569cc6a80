import { asText, type Json } from '../shared/json.ts';
import { trustObstacle, type Org } from './orgs.ts';
import type { Plane } from './plane.ts';
import { permsAt } from './rights.ts';
import { adapted, copySharedFiles, placeAsset } from './transfer.ts';
import { isAssetType, placeOf, type Node, type Place } from './tree.ts';

/** The Snaplex of an environment with the location and the name that a task's Snaplex has in its own. */
function snaplexLike({ snaplexes }: Org, task: Json): string | undefined {
  const place = (id: string): string => id.split('/').slice(1).join('/');
  const wanted = place(asText(task['runtime_path_id']));
  return snaplexes.map(({ runtime_path_id: id }) => id).find((id) => place(id) === wanted);
}

export type Copied =
  | { readonly status: 200; readonly node: Node; readonly warnings: readonly string[] }
  | { readonly status: 401 | 403 | 409 | 500 };

/**
 * Copies one asset into a project of this control plane. 401 for a secured asset that the user may not read, 403 for an
 * account or a policy that the target may not receive, 409 when the name belongs to an asset of another type.
 */
export function copyAsset(
  plane: Plane,
  source: Node,
  target: Place,
  by: string,
  travelling: ReadonlySet<string>,
): Copied {
  const { store, faults } = plane;
  const project = target.nodes.at(-1);
  if (project === undefined || !isAssetType(source.type)) return { status: 500 };
  const from = placeOf(store, source);
  if (!permsAt(by, from).includes('R')) return { status: 401 };
  const guarded = source.type === 'Account' || source.type === 'Policy';
  const obstacle = guarded ? trustObstacle(from.org, target.org) : undefined;
  if (obstacle !== undefined && faults.named('untrusted-as-warning') === undefined) return { status: 403 };
  const document = { ...source.document };
  if (source.type === 'Job') {
    document['pipeline_name'] = asText(document['pipeline_name']);
    const plex = faults.named('keep-snaplex') === undefined ? snaplexLike(target.org, document) : undefined;
    if (plex !== undefined) document['runtime_path_id'] = plex;
  }
  const arrived = adapted(store, { type: source.type, name: source.name, document }, target, travelling);
  const metadata = obstacle === undefined ? source.metadata : { ...source.metadata, validated: false };
  const placed = placeAsset(store, project.id, target.org.id, by, {
    name: source.name,
    type: source.type,
    document: arrived.document,
    metadata,
  });
  if (placed === undefined) return { status: 409 };
  if (source.type === 'Pipeline') copySharedFiles(store, source.document, from, target, by);
  const untrusted = `${obstacle ?? ''}: the ${source.type} ${source.name} will not validate`;
  return { status: 200, node: placed.node, warnings: obstacle === undefined ? arrived.warnings : [untrusted] };
}
