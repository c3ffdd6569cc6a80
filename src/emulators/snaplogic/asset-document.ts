import { permsAt } from './rights.ts';
import { pathText, type Node, type Place } from './tree.ts';

/** An asset as lists show it. `holder` is the place that contains it. */
export function listed(node: Node, holder: Place, email: string) {
  const path = pathText([...holder.path.split('/').slice(1), node.name]);
  return {
    name: node.name,
    snode_id: node.id,
    asset_type: node.type,
    path,
    time_created: node.created,
    time_updated: node.updated,
    owner: node.owner,
    updated_by: node.updatedBy,
    parent_snode_id: node.parent,
    partition_snode_id: node.org,
    org_snode_id: node.org,
    acl: node.acl,
    perms: permsAt(email, { org: holder.org, nodes: [...holder.nodes, node], path }),
    metadata: node.metadata,
    lease_info: null,
    time_leased: null,
    target_runtime: node.type === 'Pipeline' ? (node.document['target_runtime'] ?? null) : null,
    asset_id: null,
  };
}
