import { flagIn } from '../shared/query.ts';
import { readFile } from 'node:fs/promises';
import { Refusal } from '../shared/answering.ts';
import { asText } from '../shared/json.ts';
import type { Reply } from '../shared/server.ts';
import { withForm } from './form.ts';
import { ok } from './refusal.ts';
import { placeAsset } from './transfer.ts';
import { checkName, binNode, lastOf, pathText, removeNode } from './tree.ts';
import type { Route, Visit } from './visit.ts';

const largestFile = 100 * 1024 * 1024;
const forbidden = /\.(?:html?|php\d?|phtml|exe|dll|bat|cmd|msi)$/i;

/** Sends the bytes of a file. A client that accepts only JSON is refused. */
function read(visit: Visit): Reply {
  const file = lastOf(visit.reach(visit.segments, 'R'));
  if (file.type !== 'File') throw new Refusal(404, `${pathText(visit.segments)} is not a file`);
  const accepted = visit.call.headers.accept ?? '*/*';
  if (accepted.includes('json') && !accepted.includes('*/*')) throw new Refusal(406, 'Not Acceptable');
  return {
    status: 200,
    headers: { 'Content-Type': 'application/octet-stream', 'Content-Length': String(file.document['size']) },
    body: visit.plane.contents.stream(asText(file.document['hash'])),
  };
}

function write(visit: Visit): Promise<Reply> {
  const { plane, caller, call, segments } = visit;
  const name = segments.at(-1) ?? '';
  checkName(name);
  if (forbidden.test(name)) throw new Refusal(400, `Files of the type of ${name} are not allowed`);
  const holder = visit.reach(segments.slice(0, -1), 'W');
  const parent = lastOf(holder);
  return withForm(plane.contents, call.request, async (files) => {
    const path = files.get('file')?.path;
    if (path === undefined) throw new Refusal(400, 'The part "file" is required');
    const data = await readFile(path);
    if (data.length > largestFile) throw new Refusal(413, `${name} is larger than 100 MB`);
    const document = { ...(await plane.contents.keep(data)) };
    const placed = plane.store.atomically(() =>
      placeAsset(plane.store, parent.id, holder.org.id, caller.user.email, {
        name,
        type: 'File',
        document,
        metadata: {},
      }),
    );
    if (placed === undefined) throw new Refusal(409, `${name} is the name of another asset`);
    return ok({ snode_id: placed.node.id, name, path: pathText(segments) });
  });
}

function remove(visit: Visit): Reply {
  const { plane, caller, call, segments } = visit;
  const file = lastOf(visit.reach(segments, 'W'));
  if (file.type !== 'File') throw new Refusal(404, `${pathText(segments)} is not a file`);
  if (flagIn(call, 'soft_delete') === true) binNode(plane.store, file, caller.user.email);
  else removeNode(plane.store, file);
  return ok({});
}

export const fileRoutes: readonly Route[] = [
  { method: 'GET', path: '/api/1/rest/slfs/*', handle: read },
  { method: 'POST', path: '/api/1/rest/slfs/*', handle: write },
  { method: 'DELETE', path: '/api/1/rest/slfs/*', query: ['soft_delete'], handle: remove },
];
