import type { Json } from '../shared/json.ts';
import type { Entry } from '../shared/store.ts';
import { newId, putDocument, wireDate, type Instance } from './instance.ts';
import { invalid } from './refusal.ts';
import { activityLog, logTree, rawTree, readEvents } from './task-log.ts';

/** Tasks that are started by a call of their own, and cannot be run again: their password is not kept. */
export const hasOwnCall = (name: string): boolean => /^(?:Migration|Project(?:Ex|Im)port$)/.test(name);

export type TaskState = 'Queued' | 'Executing' | 'Cancelling' | 'Success' | 'Failed' | 'Canceled' | 'TimedOut';

export interface NewTask {
  readonly name: string;
  readonly description: string;
  readonly arguments: Json;
  /** Undefined for a task of the whole server. */
  readonly space: string | undefined;
  readonly projectId?: string | undefined;
  /** The earliest time to start it, as the client wrote it. */
  readonly from?: string | undefined;
  /** The latest time to start it, as the client wrote it. */
  readonly until?: string | undefined;
  /** Members that no answer shows; their names begin with `$`. */
  readonly marks?: Json | undefined;
}

function readDate(text: string): string {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) throw invalid(`'${text}' is not a valid date.`);
  return wireDate(date);
}

export function queueTask(instance: Instance, task: NewTask): Entry {
  const now = wireDate(new Date());
  return putTask(instance, {
    Id: newId(instance.store, 'ServerTasks'),
    SpaceId: task.space ?? null,
    Name: task.name,
    Description: task.description,
    Arguments: task.arguments,
    State: 'Queued' satisfies TaskState,
    QueueTime: task.from === undefined ? now : readDate(task.from),
    QueueTimeExpiry: task.until === undefined ? null : readDate(task.until),
    StartTime: null,
    LastUpdatedTime: now,
    CompletedTime: null,
    ServerNode: null,
    ErrorMessage: null,
    ProjectId: task.projectId ?? null,
    ...task.marks,
  });
}

/** Tasks are stored outside the spaces: the whole server has one list of tasks. */
export function putTask(instance: Instance, body: Json): Entry {
  const entry = { ...putDocument(instance.store, 'ServerTasks', body), container: undefined };
  instance.store.put(entry);
  return entry;
}

export const stateOf = (task: Entry): TaskState => task.body['State'] as TaskState;

export const isDone = (state: TaskState): boolean => !['Queued', 'Executing', 'Cancelling'].includes(state);

/** Changes a task's state and sets the times that belong to the new state. */
export function setState(instance: Instance, id: string, state: TaskState, errorMessage?: string): Entry {
  const task = instance.store.get('ServerTasks', id);
  if (task === undefined) throw new Error(`the task ${id} is gone`);
  const now = wireDate(new Date());
  return putTask(instance, {
    ...task.body,
    State: state,
    LastUpdatedTime: now,
    ...(state === 'Executing' ? { StartTime: now, ServerNode: nodeId } : {}),
    ...(isDone(state) ? { CompletedTime: now, StartTime: task.body['StartTime'] ?? null } : {}),
    ...(errorMessage === undefined ? {} : { ErrorMessage: errorMessage }),
  });
}

export const nodeId = 'OctopusServerNodes-embedded';

const plural = (count: number, unit: string) => `${count} ${unit}${count === 1 ? '' : 's'}`;

function durationText(body: Json): string {
  if (typeof body['StartTime'] !== 'string') return '';
  const end = typeof body['CompletedTime'] === 'string' ? new Date(body['CompletedTime']) : new Date();
  const seconds = Math.floor((end.getTime() - new Date(body['StartTime']).getTime()) / 1000);
  if (seconds < 1) return 'less than a second';
  if (seconds < 60) return plural(seconds, 'second');
  return seconds < 3600 ? plural(Math.floor(seconds / 60), 'minute') : plural(Math.floor(seconds / 3600), 'hour');
}

const written = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat('en-US', { timeZone: 'UTC', ...options });

/** Each poll of a task writes dates, and making a format is slow. */
const formats = {
  day: written({ weekday: 'long' }),
  date: written({ day: '2-digit' }),
  month: written({ month: 'long' }),
  year: written({ year: 'numeric' }),
  clock: written({ hour: 'numeric', minute: '2-digit', second: '2-digit', hour12: true }),
};

const longDate = (text: unknown): string => {
  if (typeof text !== 'string') return '';
  const date = new Date(text);
  const part = (name: keyof typeof formats) => formats[name].format(date);
  return `${part('day')}, ${part('date')} ${part('month')} ${part('year')} ${part('clock')} +00:00`;
};

function completedText(state: TaskState, completed: unknown): string {
  if (state === 'TimedOut') return 'Timed out';
  return isDone(state) ? longDate(completed) : `${state}...`;
}

export function taskResource(task: Entry): Record<string, unknown> {
  const state = stateOf(task);
  const shown = Object.fromEntries(Object.entries(task.body).filter(([name]) => !name.startsWith('$')));
  const self = `/api/tasks/${task.id}`;
  return {
    ...shown,
    Completed: completedText(state, task.body['CompletedTime']),
    Duration: durationText(task.body),
    HasBeenPickedUpByProcessor: state !== 'Queued' && task.body['StartTime'] !== null,
    IsCompleted: isDone(state),
    FinishedSuccessfully: state === 'Success',
    HasPendingInterruptions: false,
    CanRerun: isDone(state) && !hasOwnCall(String(task.body['Name'])),
    HasWarningsOrErrors: task.body['$warned'] === true,
    EstimatedRemainingQueueDurationSeconds: 0,
    PendingInterruptionTypes: [],
    Links: {
      Self: self,
      Web: `/app#/tasks/${task.id}`,
      Details: `${self}/details{?verbose,tail}`,
      Raw: `${self}/raw`,
      Cancel: `${self}/cancel`,
      Rerun: `/api/tasks/rerun/${task.id}`,
      State: `${self}/state`,
      QueuedBehind: `${self}/queued-behind{?skip,take}`,
    },
  };
}

export function taskDetails(
  instance: Instance,
  task: Entry,
  options: { readonly verbose: boolean; readonly tail: number | undefined },
): unknown {
  const tree = logTree(readEvents(instance.store, task.id));
  const raw = rawLog(instance, task);
  return {
    Task: taskResource(task),
    ActivityLogs: tree === undefined ? [] : [activityLog(task.id, tree, options)],
    PhysicalLogSize: tree === undefined ? 0 : Buffer.byteLength(raw),
    Progress: { ProgressPercentage: isDone(stateOf(task)) ? 100 : (tree?.percentage ?? 0), EstimatedTimeRemaining: '' },
    Links: { Self: `/api/tasks/${task.id}/details`, Task: `/api/tasks/${task.id}` },
  };
}

/** The whole log as text, with a head in columns. */
export function rawLog(instance: Instance, task: Entry): string {
  const { body } = task;
  const tree = logTree(readEvents(instance.store, task.id));
  const head: readonly (readonly [string, string])[] = [
    ['Task ID:', task.id],
    ['Related IDs:', [body['ProjectId'], body['DeploymentId']].filter((id) => typeof id === 'string').join(', ')],
    ['Task status:', stateOf(task)],
    ['Task queued:', longDate(body['QueueTime'])],
    ['Task started:', longDate(body['StartTime'])],
    ['Task completed:', longDate(body['CompletedTime'])],
    ['Task duration:', durationText(body)],
    ['Server version:', instance.version],
    ['Server node:', nodeId],
  ];
  const lines = head.map(([title, value]) => `${title.padEnd(16)}${value}`.trimEnd());
  return `${[...lines, '', ...(tree === undefined ? [] : [rawTree(tree)])].join('\r\n')}\r\n`;
}
