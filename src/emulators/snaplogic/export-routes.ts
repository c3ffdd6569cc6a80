import { flagIn } from '../shared/query.ts';
import { Refusal } from '../shared/answering.ts';
import type { Reply } from '../shared/server.ts';
import { writeZip } from '../shared/zip.ts';
import { checkExport, exportMembers } from './project-export.ts';
import { errorDocument, json } from './refusal.ts';
import { childrenOf, isAssetType, lastOf, pathSegments, type Node } from './tree.ts';
import { listOf, type Route, type Visit } from './visit.ts';

const publicApi = '/api/1/rest/public/project';

function zipReply(visit: Visit, nodes: readonly Node[], fileName: string): Reply {
  const { plane, caller, call } = visit;
  checkExport(plane, nodes, caller.user.email, flagIn(call, 'force') === true);
  if (plane.faults.take('json-export') !== undefined) return json(200, errorDocument(500, 'The export failed'), 500);
  return {
    status: 200,
    headers: {
      'Content-Type': 'application/zip',
      'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(fileName)}.zip`,
    },
    body: writeZip(exportMembers(plane, nodes)),
  };
}

const exported = ['Account', 'File', 'Job', 'Pipeline'];

function exportProject(visit: Visit): Reply {
  const { plane, segments } = visit;
  if (segments.length !== 3) throw new Refusal(400, 'The path must name a project: /org/project_space/project');
  const project = lastOf(visit.reach(segments, 'admin'));
  // The vendor's own test keywords send this for all assets.
  const types = listOf(visit, 'asset_types').filter((type) => type !== 'All');
  const wrong = types.find((type) => !exported.includes(type));
  if (wrong !== undefined) throw new Refusal(400, `${wrong} is not a valid asset type`);
  const nodes = childrenOf(plane.store, project.id).filter(({ type }) =>
    (types.length === 0 ? exported : types).includes(type),
  );
  return zipReply(visit, nodes, project.name);
}

function exportAssets(visit: Visit): Reply {
  const paths = listOf(visit, 'asset_paths');
  if (paths.length === 0) throw new Refusal(400, 'asset_paths is required');
  const nodes = paths.map((path) => lastOf(visit.reach(pathSegments(path), 'admin')));
  const wrong = nodes.find(({ type }) => !isAssetType(type));
  if (wrong !== undefined) throw new Refusal(400, `${wrong.name} is not an asset`);
  return zipReply(visit, nodes, 'assets');
}

export const exportRoutes: readonly Route[] = [
  { method: 'GET', path: `${publicApi}/export/assets`, query: ['asset_paths', 'force'], handle: exportAssets },
  { method: 'GET', path: `${publicApi}/export/*`, query: ['asset_types', 'force'], handle: exportProject },
];
