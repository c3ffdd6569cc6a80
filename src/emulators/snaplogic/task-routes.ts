import { createHash } from 'node:crypto';
import { Refusal } from '../shared/answering.ts';
import { asObject, asText, isObject, type Json } from '../shared/json.ts';
import { flagIn } from '../shared/query.ts';
import type { Store } from '../shared/store.ts';
import { listed } from './asset-document.ts';
import { above } from './asset-routes.ts';
import type { Org } from './orgs.ts';
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
import { readCopies, type Route, type Visit } from './visit.ts';

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
  const binned = node?.parent === binOf(node?.org ?? '') && flagIn(visit.call, 'include_rbin') !== true;
  if (node?.type !== 'Job' || binned) throw new Refusal(404, `There is no task ${visit.param('id')}`);
  need(visit.caller, placeOf(visit.plane.store, node), right);
  return node;
}

const ownMembers = ['enabled', 'pipeline_name', 'pipeline_snode_id', 'runtime_path_id', 'schedule', 'parameters'];

const innerMembers = ['pipeline_snode_id', 'runtime_path_id'];

/** A task is sent whole, as it was read, so what names it and tells of it may be there. */
const toldMembers = [
  ...[
    'pipeline_path',
    'name',
    'job_name',
    'snode_id',
    'asset_type',
    'asset_id',
    'path',
    'path_id',
    'org_path',
    'type',
    'metadata',
  ],
  ...['time_created', 'time_updated', 'time_leased', 'owner', 'updated_by', 'acl', 'perms', 'lease_info'],
  ...['parent_snode_id', 'partition_snode_id', 'org_snode_id', 'target_runtime'],
];

/** 400 for a member that a task does not have, and for a value that its member cannot have. */
function checkJob(body: Json, org: Org, before: Json = {}): void {
  const foreign = Object.keys(body).find((name) => !ownMembers.includes(name) && !toldMembers.includes(name));
  if (foreign !== undefined) throw new Refusal(400, `A task has no member "${foreign}" in this emulator`);
  const { enabled, schedule, parameters } = body;
  if (enabled !== undefined && typeof enabled !== 'boolean') throw new Refusal(400, 'enabled must be true or false');
  if (parameters !== undefined && !isObject(parameters)) throw new Refusal(400, 'parameters must be an object');
  checkSchedule(schedule);
  for (const id of [body['runtime_path_id'], asObject(parameters)['runtime_path_id']]) {
    if (id !== before['runtime_path_id']) checkSnaplex(id, org);
  }
}

/** 400 for another name, id or owner: this call does not change them. */
function keepsIdentity(body: Json, now: Json): void {
  const fixed = ['name', 'job_name', 'snode_id', 'asset_type', 'owner'];
  const other = fixed.find((name) => body[name] !== undefined && body[name] !== now[name]);
  if (other !== undefined) throw new Refusal(400, `This call does not change ${other} of a task`);
}

const cronField = /^(?:[\d*,/?LW#-]+|[A-Za-z]{3}(?:[,-][A-Za-z]{3})*)$/;

/** A schedule is null or an object. A `cron` in it has five to seven fields. */
function checkSchedule(schedule: unknown): void {
  if (schedule === undefined || schedule === null) return;
  if (!isObject(schedule)) throw new Refusal(400, 'schedule must be an object or null');
  const { cron } = schedule;
  const fields = asText(cron).trim().split(/\s+/);
  const isCron = fields.length >= 5 && fields.length <= 7 && fields.every((field) => cronField.test(field));
  if (cron !== undefined && cron !== null && !isCron) {
    throw new Refusal(400, `The cron of the schedule is not a cron expression: ${JSON.stringify(cron)}`);
  }
}

/** 400 for a Snaplex that the environment does not have. A task that names a foreign one may keep it. */
function checkSnaplex(id: unknown, { name, snaplexes }: Org): void {
  if (id === undefined || id === null || id === '') return;
  if (snaplexes.some(({ runtime_path_id: known }) => known === id)) return;
  throw new Refusal(400, `${name} has no Snaplex with the runtime_path_id ${JSON.stringify(id)}`);
}

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
  if (!kinds.includes(type)) throw new Refusal(400, `${type} is not a type of task`);
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
  checkJob(body, project.org);
  const holder = lastOf(project);
  const copies = readCopies(call);
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
  checkJob(body, placeOf(plane.store, node).org, node.document);
  keepsIdentity(body, shown(visit, node));
  readCopies(visit.call);
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
    if (node.type !== 'Job') throw new Refusal(404, `${task} is not a task`);
    return [node];
  }
  if (typeof project !== 'string') throw new Refusal(400, 'task_path or project_path is required');
  const holder = lastOf(visit.reach(pathSegments(project), 'R'));
  return childrenOf(visit.plane.store, holder.id).filter(({ type }) => type === 'Job');
}

const chosenBy = ['task_path', 'project_path'];

async function change(
  visit: Visit,
  changes: (node: Node, body: Json, org: Org) => Json,
  members: readonly string[] = chosenBy,
) {
  const { plane, caller } = visit;
  const body = await visit.document();
  const foreign = Object.keys(body).find((name) => !members.includes(name));
  if (foreign !== undefined)
    throw new Refusal(400, `This call has no member "${foreign}"; it has ${members.join(', ')}`);
  const [success, failed]: [Json[], Json[]] = [[], []];
  for (const node of chosen(visit, body)) {
    const place = placeOf(plane.store, node);
    if (!permsAt(caller.user.email, place).includes('W')) {
      failed.push({ task_path: place.path, status_code: 403, reason: reasonOf(403) });
      continue;
    }
    const updated = new Date().toISOString();
    const document = { ...node.document, ...changes(node, body, place.org) };
    putNode(plane.store, { ...node, document, updatedBy: caller.user.email, updated });
    success.push({ task_path: place.path, snode_id: node.id });
  }
  return ok({ success, failed });
}

function newPlex(node: Node, body: Json, org: Org): Json {
  const id = body['runtime_path_id'];
  if (typeof id !== 'string') throw new Refusal(400, `runtime_path_id is required for ${node.name}`);
  checkSnaplex(id, org);
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
  {
    method: 'PATCH',
    path: `${publicApi}/plex`,
    handle: (visit) => change(visit, newPlex, [...chosenBy, 'runtime_path_id']),
  },
];
