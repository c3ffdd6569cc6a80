import { isObject } from '../shared/json.ts';
import { countIn, flagIn } from '../shared/query.ts';
import type { Call } from '../shared/server.ts';
import type { Entry } from '../shared/store.ts';
import { collection, readList } from './collection.ts';
import type { Instance } from './instance.ts';
import { paged } from './query.ts';
import { absent, invalid, json } from './refusal.ts';
import type { TaskQueue } from './task-queue.ts';
import {
  hasOwnCall,
  isDone,
  queueTask,
  rawLog,
  setState,
  stateOf,
  taskDetails,
  taskResource,
  type TaskState,
} from './tasks.ts';
import { taskTypesOf } from './task-types.ts';
import { asText, members, readText } from './tolerant-json.ts';
import { route, type Route, type Visit } from './visit.ts';

function find(visit: Visit): Entry {
  const id = visit.param('id');
  const task = visit.instance.store.get('ServerTasks', id);
  const space = task?.body['SpaceId'];
  // A task of the whole server is found under every space. A task of a space is found there and without a space.
  if (task === undefined || (visit.spaceNamed && typeof space === 'string' && space !== visit.space)) throw absent(id);
  return task;
}

/** Newest first. */
function ordered(instance: Instance): readonly Entry[] {
  const queued = (task: Entry) => Date.parse(String(task.body['QueueTime']));
  const number = (task: Entry) => Number(task.id.slice(task.id.lastIndexOf('-') + 1));
  return instance.store.all('ServerTasks').toSorted((a, b) => queued(b) - queued(a) || number(b) - number(a));
}

const runbookOf = ({ store }: Instance, { body }: Entry): string => {
  const run = isObject(body['Arguments']) ? asText(body['Arguments']['RunbookRunId']) : '';
  return asText(store.get('RunbookRuns', run)?.body['RunbookId']).toLowerCase();
};

type Query = (name: string) => string | undefined;

/** No task of this server waits for a person. */
function matchesFlags(task: Entry, call: Call): boolean {
  const state = stateOf(task);
  const flags = {
    active: !isDone(state),
    running: ['Executing', 'Cancelling'].includes(state),
    hasWarningsOrErrors: task.body['$warned'] === true,
    hasPendingInterruptions: false,
  };
  return Object.entries(flags).every(([name, own]) => {
    const wanted = flagIn(call, name);
    return wanted === undefined || wanted === own;
  });
}

const times = { Completed: 'CompletedTime', Queue: 'QueueTime', Start: 'StartTime' };

/** A task without the time, such as a queued one without a start, is in no interval of it. */
function inTimes(task: Entry, query: Query): boolean {
  return Object.entries(times).every(([word, member]) =>
    (['from', 'to'] as const).every((end) => {
      const text = query(`${end}${word}Date`) ?? '';
      if (text === '') return true;
      const [limit, own] = [Date.parse(text), Date.parse(asText(task.body[member]))];
      return end === 'from' ? own >= limit : own <= limit;
    }),
  );
}

function listed(visit: Visit): readonly Entry[] {
  const lower = (names: readonly string[] | undefined) => {
    const found = names?.map((name) => name.toLowerCase());
    return found === undefined || found.length === 0 ? undefined : new Set(found);
  };
  const [states, ids] = ['states', 'ids'].map((name) => lower(readList(visit, name)));
  const named = lower(readList(visit, 'spaces'));
  const spaces = named?.has('all') === true ? undefined : named;
  const { query } = visit.call;
  const equal = {
    name: 'Name',
    project: 'ProjectId',
    environment: '$environmentId',
    tenant: '$tenantId',
    node: 'ServerNode',
  };
  return ordered(visit.instance).filter((task) => {
    const state = stateOf(task);
    const space = task.body['SpaceId'];
    if (visit.spaceNamed && typeof space === 'string' && space !== visit.space) return false;
    if (flagIn(visit.call, 'includeSystem') === false && typeof space !== 'string') return false;
    if (states !== undefined && !states.has(state.toLowerCase())) return false;
    // An empty `ids=` does not filter: callers get every task that they may see.
    if (ids !== undefined && !ids.has(task.id.toLowerCase())) return false;
    if (spaces !== undefined && typeof space === 'string' && !spaces.has(space.toLowerCase())) return false;
    if (!matchesFlags(task, visit.call) || !inTimes(task, query)) return false;
    const runbook = query('runbook')?.toLowerCase() ?? '';
    if (runbook !== '' && runbookOf(visit.instance, task) !== runbook) return false;
    const partial = query('partialName')?.toLowerCase();
    if (partial !== undefined && !String(task.body['Description']).toLowerCase().includes(partial)) return false;
    return Object.entries(equal).every(([name, property]) => {
      const wanted = query(name);
      return wanted === undefined || wanted.toLowerCase() === asText(task.body[property]).toLowerCase();
    });
  });
}

const listFilters = [
  'states',
  'name',
  'ids',
  'active',
  'running',
  'project',
  'environment',
  'tenant',
  'node',
  'partialName',
  'spaces',
  'includeSystem',
  'runbook',
  'hasWarningsOrErrors',
  'hasPendingInterruptions',
  ...Object.keys(times).flatMap((word) => [`from${word}Date`, `to${word}Date`]),
];

function list(visit: Visit) {
  const tasks = listed(visit);
  const count = (...states: TaskState[]) => tasks.filter((task) => states.includes(stateOf(task))).length;
  return collection(visit, tasks, {
    itemType: 'Task',
    present: taskResource,
    filters: listFilters,
    extra: {
      TotalCounts: {
        Canceled: count('Canceled'),
        Cancelling: count('Cancelling'),
        Executing: count('Executing'),
        Failed: count('Failed'),
        Queued: count('Queued'),
        Success: count('Success'),
        TimedOut: count('TimedOut'),
        Interrupted: 0,
      },
    },
  });
}

async function changeState(visit: Visit) {
  const task = find(visit);
  const get = members(await visit.body());
  const wanted = readText(get('state'), 'state');
  const reason = readText(get('reason'), 'reason');
  if (wanted === undefined || wanted === '') throw invalid('No state was provided.');
  if (reason === undefined || reason.trim() === '') throw invalid('No reason was provided.');
  const settable: readonly TaskState[] = ['Canceled', 'Failed', 'Success'];
  const state = settable.find((one) => one.toLowerCase() === wanted.toLowerCase());
  const current = stateOf(task);
  if (state === current) throw invalid('The task is already in the state.');
  if (state === undefined || !settable.includes(current)) {
    throw invalid(`The task state can only be changed between the states: ${settable.join(', ')}.`);
  }
  return json(200, taskResource(setState(visit.instance, task.id, state, reason)));
}

async function create(visit: Visit, queue: TaskQueue) {
  const get = members(await visit.document());
  const name = readText(get('Name'), 'Name');
  if (name === undefined || name === '') throw invalid('Please provide a value for Name.');
  if (hasOwnCall(name)) throw invalid(`Tasks of the type '${name}' are started by a call of their own.`);
  const given = get('Arguments');
  const task = queueTask(visit.instance, {
    name,
    description: readText(get('Description'), 'Description') ?? name,
    arguments: isObject(given) ? given : {},
    space: readText(get('SpaceId'), 'SpaceId') ?? (visit.spaceNamed ? visit.space : undefined),
  });
  queue.kick();
  return json(201, taskResource(task), { Location: `/api/tasks/${task.id}` });
}

function rerun(visit: Visit, queue: TaskQueue) {
  const task = find(visit);
  if (taskResource(task)['CanRerun'] !== true) throw invalid('This task cannot be run again.');
  const again = queueTask(visit.instance, {
    name: String(task.body['Name']),
    description: String(task.body['Description']),
    arguments: task.body['Arguments'] as Record<string, unknown>,
    space: typeof task.body['SpaceId'] === 'string' ? task.body['SpaceId'] : undefined,
  });
  queue.kick();
  return json(200, taskResource(again));
}

export const taskRoutes = (queue: TaskQueue): readonly Route[] => {
  const view = { scoped: true, permission: 'TaskView' };
  return [
    route('GET', '/tasks/tasktypes', { scoped: true, open: true }, ({ instance }) =>
      json(
        200,
        taskTypesOf(instance).map(([Id, Name]) => ({ Id, Name, Links: {} })),
      ),
    ),
    route('GET', '/tasks', { ...view, query: paged(...listFilters) }, list),
    route('GET', '/tasks/:id', view, (visit) => json(200, taskResource(find(visit)))),
    route('GET', '/tasks/:id/details', { ...view, query: ['verbose', 'tail'] }, (visit) => {
      const verbose = flagIn(visit.call, 'verbose') !== false;
      return json(200, taskDetails(visit.instance, find(visit), { verbose, tail: countIn(visit.call, 'tail') }));
    }),
    route('GET', '/tasks/:id/raw', view, (visit) => ({
      status: 200,
      headers: { 'Content-Type': 'text/plain; charset=utf-8' },
      body: rawLog(visit.instance, find(visit)),
    })),
    route('GET', '/tasks/:id/queued-behind', { ...view, query: paged() }, (visit) => {
      const task = find(visit);
      const ahead =
        stateOf(task) !== 'Queued'
          ? []
          : ordered(visit.instance).filter(
              (other) => !isDone(stateOf(other)) && Number(other.id.split('-')[1]) < Number(task.id.split('-')[1]),
            );
      return collection(visit, ahead, { itemType: 'Task', present: taskResource, filters: [] });
    }),
    route('POST', '/tasks', { scoped: true, permission: 'TaskCreate' }, (visit) => create(visit, queue)),
    route('POST', '/tasks/rerun/:id', { scoped: true, permission: 'TaskCreate' }, (visit) => rerun(visit, queue)),
    route('POST', '/tasks/:id/cancel', { scoped: true, permission: 'TaskCancel' }, (visit) => {
      const task = find(visit);
      if (!queue.cancel(task.id)) throw invalid(`The task is already ${stateOf(task)} and cannot be canceled.`);
      return json(200, taskResource(find(visit)));
    }),
    route('POST', '/tasks/:id/state', { scoped: true, permission: 'TaskEdit' }, changeState),
  ];
};
