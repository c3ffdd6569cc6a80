import { createHash } from 'node:crypto';
import { Refusal } from '../shared/answering.ts';
import { asObject, asText, isObject, type Json } from '../shared/json.ts';
import type { Store } from '../shared/store.ts';
import { listed } from './asset-document.ts';
import { above } from './asset-routes.ts';
import { pipelineNameOf, rebindPipeline } from './references.ts';
import { json, ok, reasonOf } from './refusal.ts';
import { need, permsAt } from './rights.ts';
import {
  checkName,
  addNode,
  binOf,
  childNamed,
  childrenOf,
  lastOf,
  nodeById,
  pathSegments,
  placeOf,
  putNode,
  type Node,
  type Place,
} from './tree.ts';
import type { Route, Visit } from './visit.ts';

const jobs = '/api/1/rest/slsched/job';
const publicApi = '/api/1/rest/public/task';

const kinds = ['triggered', 'scheduled', 'ultra'];

/** The token with which a triggered task is called. Its calls are no part of this emulator. */
const feedToken = ({ id }: Node): string => createHash('sha256').update(`feed|${id}`).digest('base64url').slice(0, 32);

function shown(visit: Visit, node: Node): Json {
  const place = placeOf(visit.plane.store, node);
  const { enabled = true, parameters, pipeline_snode_id, runtime_path_id } = node.document;
  const inner = { ...asObject(parameters), pipeline_snode_id, runtime_path_id, llfeed_token: feedToken(node) };
  return {
    ...node.document,
    enabled,
    parameters: inner,
    job_name: node.name,
    ...listed(node, above(place), visit.caller.user.email),
  };
}

function needJob(visit: Visit, right: 'R' | 'W'): Node {
  const node = nodeById(visit.plane.store, visit.param('id'));
  const binned = node?.parent === binOf(node?.org ?? '') && visit.call.query('include_rbin')?.toLowerCase() !== 'true';
  if (node?.type !== 'Job' || binned) throw new Refusal(404, `There is no task ${visit.param('id')}`);
  need(visit.caller, placeOf(visit.plane.store, node), right);
  return node;
}

const ownMembers = ['enabled', 'pipeline_name', 'pipeline_snode_id', 'runtime_path_id', 'schedule', 'parameters'];

const innerMembers = ['pipeline_snode_id', 'runtime_path_id'];

/**
 * The members of a task. Its pipeline and its Snaplex stand at the top or among the parameters. Of two values the one
 * counts that is not that of the task before.
 */
function readJob(body: Json, before: Json = {}): Json {
  const own = Object.fromEntries(Object.entries(body).filter(([name]) => ownMembers.includes(name)));
  const { parameters } = body;
  if (!isObject(parameters)) return own;
  for (const name of innerMembers) {
    const inner = parameters[name];
    if (typeof inner === 'string' && (own[name] === undefined || own[name] === before[name])) own[name] = inner;
  }
  const hidden = [...innerMembers, 'llfeed_token'];
  return {
    ...own,
    parameters: Object.fromEntries(Object.entries(parameters).filter(([name]) => !hidden.includes(name))),
  };
}

/** The project of a new task: `path`, or `path_id` with a path or the id of the project. */
function projectOf(visit: Visit, { path, path_id: id }: Json): Place {
  const { store } = visit.plane;
  const byId = nodeById(store, asText(id));
  const segments = pathSegments(byId === undefined ? asText(path, asText(id)) : placeOf(store, byId).path);
  if (segments.length === 0) throw new Refusal(400, 'path or path_id must name the project of the task');
  return visit.reach(segments, 'W');
}

function readKind(body: Json, otherwise: string): string {
  const { metadata } = body;
  const type = asText((metadata as Json | undefined)?.['type'] ?? body['type'], otherwise);
  if (!kinds.includes(type)) throw new Refusal(400, `${type} is no type of task`);
  return type;
}

/** Makes a task. `name` or `job_name` names it. */
async function create(visit: Visit) {
  const { plane, caller, call } = visit;
  const body = await visit.document();
  const name = asText(body['name'] ?? body['job_name']);
  checkName(name);
  const type = readKind(body, 'triggered');
  const project = projectOf(visit, body);
  const holder = lastOf(project);
  const copies = (call.query('duplicate_check') ?? 'true').toLowerCase() === 'false';
  const given = { enabled: true, schedule: null, parameters: {}, ...readJob(body) };
  const bound = rebindPipeline(plane.store, { ...given, pipeline_name: pipelineNameOf(plane.store, given) }, project);
  return plane.store.atomically(() => {
    let free = name;
    for (let number = 1; childNamed(plane.store, holder.id, free) !== undefined; number += 1) {
      if (!copies) throw new Refusal(409, `${name} already exists in ${project.path}`);
      free = `${name} ${number}`;
    }
    const init = { name: free, parent: holder.id, type: 'Job', org: project.org.id, owner: caller.user.email } as const;
    return ok(shown(visit, addNode(plane.store, { ...init, document: bound.document, metadata: { type } })));
  });
}

/** The name of the pipeline that a change of a task means: that of another id counts more than the name that it keeps. */
function nameIn(store: Store, read: Json, before: Json): string {
  const { pipeline_snode_id: id, pipeline_name: name } = read;
  const kept = name === undefined || name === before['pipeline_name'];
  return pipelineNameOf(store, kept && id !== before['pipeline_snode_id'] ? { pipeline_snode_id: id } : read);
}

/** Answers with 201 in the body only, as the service does. */
async function update(visit: Visit) {
  const { plane, caller } = visit;
  const body = await visit.document();
  const node = needJob(visit, 'W');
  const type = readKind(body, asText(node.metadata['type'], 'triggered'));
  const project = above(placeOf(plane.store, node));
  const read = readJob(body, node.document);
  const document = { ...node.document, ...read };
  const given = { ...document, pipeline_name: nameIn(plane.store, read, node.document) || document['pipeline_name'] };
  const after = putNode(plane.store, {
    ...node,
    document: rebindPipeline(plane.store, given, project).document,
    metadata: { ...node.metadata, type },
    updatedBy: caller.user.email,
    updated: new Date().toISOString(),
  });
  return json(201, { response_map: shown(visit, after) });
}

/** The task of `task_path`, or all tasks of `project_path`. */
function chosen(visit: Visit, body: Json): readonly Node[] {
  const { task_path: task, project_path: project } = body;
  if (typeof task === 'string') {
    const node = lastOf(visit.reach(pathSegments(task), 'R'));
    if (node.type !== 'Job') throw new Refusal(404, `${task} is no task`);
    return [node];
  }
  if (typeof project !== 'string') throw new Refusal(400, 'task_path or project_path is required');
  const holder = lastOf(visit.reach(pathSegments(project), 'R'));
  return childrenOf(visit.plane.store, holder.id).filter(({ type }) => type === 'Job');
}

async function change(visit: Visit, changes: (node: Node, body: Json) => Json) {
  const { plane, caller } = visit;
  const body = await visit.document();
  const [success, failed]: [Json[], Json[]] = [[], []];
  for (const node of chosen(visit, body)) {
    const place = placeOf(plane.store, node);
    if (!permsAt(caller.user.email, place).includes('W')) {
      failed.push({ task_path: place.path, status_code: 403, reason: reasonOf(403) });
      continue;
    }
    const updated = new Date().toISOString();
    const document = { ...node.document, ...changes(node, body) };
    putNode(plane.store, { ...node, document, updatedBy: caller.user.email, updated });
    success.push({ task_path: place.path, snode_id: node.id });
  }
  return ok({ success, failed });
}

function newPlex(node: Node, body: Json): Json {
  const id = body['runtime_path_id'];
  if (typeof id !== 'string') throw new Refusal(400, `runtime_path_id is required for ${node.name}`);
  return { runtime_path_id: id };
}

export const taskRoutes: readonly Route[] = [
  { method: 'POST', path: jobs, query: ['duplicate_check'], handle: create },
  {
    method: 'GET',
    path: `${jobs}/:id`,
    query: ['include_rbin'],
    handle: (visit) => ok(shown(visit, needJob(visit, 'R'))),
  },
  { method: 'PUT', path: `${jobs}/:id`, query: ['duplicate_check', 'include_rbin'], handle: update },
  { method: 'POST', path: `${publicApi}/enable`, handle: (visit) => change(visit, () => ({ enabled: true })) },
  { method: 'POST', path: `${publicApi}/disable`, handle: (visit) => change(visit, () => ({ enabled: false })) },
  { method: 'PATCH', path: `${publicApi}/plex`, handle: (visit) => change(visit, newPlex) },
];
