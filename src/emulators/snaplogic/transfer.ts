// Puts an asset from one project into another, for migrations, copies and imports.
import { asText, type Json } from '../shared/json.ts';
import type { Store } from '../shared/store.ts';
import { encryptedFor } from './encryption.ts';
import { rebindAccounts, rebindPipeline, scopesOf, sharedFiles } from './references.ts';
import { addNode, childNamed, putNode, type AssetType, type Node, type NodeType, type Place } from './tree.ts';

interface Placed {
  readonly node: Node;
  readonly overwritten: boolean;
}

interface Arriving {
  readonly name: string;
  readonly type: NodeType;
  readonly document: Json;
  readonly metadata: Json;
}

/**
 * Stores an asset. An asset of the same name and type is overwritten and keeps its snode id. Undefined when the name
 * belongs to an asset of another type.
 */
export function placeAsset(store: Store, parent: string, org: string, by: string, asset: Arriving): Placed | undefined {
  const before = childNamed(store, parent, asset.name);
  if (before === undefined) {
    return { node: addNode(store, { ...asset, parent, org, owner: by }), overwritten: false };
  }
  if (before.type !== asset.type) return undefined;
  if (asset.type === 'Pipeline') store.append(`versions:${before.id}`, before.document);
  const { document, metadata } = asset;
  const updated = new Date().toISOString();
  return { node: putNode(store, { ...before, document, metadata, updatedBy: by, updated }), overwritten: true };
}

/** A document with its references changed for a target project. */
export function adapted(
  store: Store,
  asset: { readonly type: AssetType; readonly name: string; readonly document: Json },
  target: Place,
  travelling: ReadonlySet<string>,
): { readonly document: Json; readonly warnings: readonly string[] } {
  const { type, name, document } = asset;
  if (type === 'Pipeline') return rebindAccounts(store, document, target);
  if (type === 'Account') {
    const encrypted = encryptedFor(store, target.org, document);
    const warning = `The account ${name} holds values that another environment encrypted; it will not validate`;
    return { document: encrypted.document, warnings: encrypted.foreign === 0 ? [] : [warning] };
  }
  if (type !== 'Job') return { document, warnings: [] };
  const bound = rebindPipeline(store, document, target);
  // A task stays enabled only if its pipeline is copied with it and the target has its Snaplex.
  const plexKnown = target.org.snaplexes.some((one) => one.runtime_path_id === document['runtime_path_id']);
  const enabled = document['enabled'] === true && plexKnown && travelling.has(asText(document['pipeline_name']));
  return { document: { ...bound.document, enabled }, warnings: bound.warnings };
}

/** Copies the shared files of a pipeline to the same relative place in the target, where they are missing. */
export function copySharedFiles(store: Store, document: Json, source: Place, target: Place, by: string): void {
  for (const { file, level } of sharedFiles(store, document, source)) {
    const holder = level === 'org' ? target.org.id : target.nodes[0]?.id;
    if (holder === undefined) continue;
    const already = scopesOf(store, target).slice(1);
    const folder =
      childNamed(store, holder, 'shared') ??
      addNode(store, { name: 'shared', parent: holder, type: 'Dir', org: target.org.id, owner: by });
    if (already.includes(folder.id) && childNamed(store, folder.id, file.name) !== undefined) continue;
    placeAsset(store, folder.id, target.org.id, by, file);
  }
}
