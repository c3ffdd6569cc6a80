import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, stackOf } from '../shared/error-members.ts';
import type { Entry } from '../shared/store.ts';
import { defaultSpace, type Instance } from './instance.ts';
import { enterMaintenance, leaveMaintenance } from './maintenance.ts';
import { openTaskLog, type TaskLog } from './task-log.ts';
import { isDone, setState, stateOf, type TaskState } from './tasks.ts';
import { asText } from './tolerant-json.ts';

/** What the work of a running task receives. */
export interface TaskRun {
  readonly instance: Instance;
  readonly task: Entry;
  readonly log: TaskLog;
  /** Aborts when the task is cancelled or the server stops. */
  readonly signal: AbortSignal;
  /** Waits for the time of one phase. */
  readonly pause: () => Promise<void>;
}

/**
 * Does a task's work. It fails by throwing TaskFailure. `finish` sets the task to Success. Work that writes documents
 * calls `finish` inside its transaction, so that the task's state always agrees with the documents.
 */
export type TaskWork = (run: TaskRun, finish: () => void) => Promise<void>;

/** Its first line becomes the task's ErrorMessage. */
export class TaskFailure extends Error {
  override readonly name = 'TaskFailure';
}

export interface TaskQueue {
  /** Looks for work. Call it after every change that may allow a queued task to start. */
  kick(): void;
  /** A queued task is Canceled at once, a running one is first Cancelling. False when the task has already ended. */
  cancel(taskId: string): boolean;
  /** For a start after a crash: tasks that were running have failed, queued tasks stay queued. */
  recover(): void;
  /** Ends the running task as a crash would. The next start marks it as failed. */
  stop(): Promise<void>;
}

export interface TaskQueueOptions {
  readonly workOf: (task: Entry) => TaskWork;
  /** Whether a task puts the server into maintenance mode. */
  readonly isMigration: (task: Entry) => boolean;
  /** Whether a task moves projects, by either way: the faults of such tasks act on it. */
  readonly moves: (task: Entry) => boolean;
  /** Called when a task has ended, in any state. */
  readonly ended: (task: Entry) => void;
}

const longestTimer = 2_147_483_647;

export function createTaskQueue(instance: Instance, options: TaskQueueOptions): TaskQueue {
  let current: { readonly id: string; readonly abort: AbortController; readonly done: Promise<void> } | undefined;
  let stopped = false;
  let alarm: NodeJS.Timeout | undefined;
  const tasks = () => instance.store.all('ServerTasks');
  const logOf = (task: Entry) => openTaskLog(instance.store, task.id, String(task.body['Description']));

  function held(task: Entry): boolean {
    if (options.moves(task) && instance.faults.named('stuck-queue') !== undefined) return true;
    const space = instance.store.get('Spaces', asText(task.body['$queueSpace'] ?? task.body['SpaceId'], defaultSpace));
    return space?.body['TaskQueueStopped'] === true;
  }

  const startOf = (task: Entry) => Date.parse(asText(task.body['QueueTime']));

  /** Calls `kick` again when the first scheduled task is due. */
  function wakeUp(queued: readonly Entry[]): void {
    clearTimeout(alarm);
    const next = Math.min(...queued.map(startOf).filter((time) => time > Date.now()));
    if (Number.isFinite(next)) alarm = setTimeout(kick, Math.min(next - Date.now() + 1, longestTimer)).unref();
  }

  function end(task: Entry, log: TaskLog, state: TaskState, message?: string): void {
    setState(instance, task.id, state, message);
    log.end(state === 'Success' ? 'Success' : state === 'Canceled' ? 'Canceled' : 'Failed');
  }

  function failed(task: Entry, log: TaskLog, error: unknown): void {
    const known = error instanceof TaskFailure;
    if (!known) {
      const text = stackOf(error);
      instance.log(`task ${task.id} failed unexpectedly: ${text}`);
      log.write('Fatal', `The task failed unexpectedly: ${messageOf(error)}`);
    }
    end(task, log, 'Failed', known ? error.message.split('\n')[0] : 'The task failed unexpectedly.');
  }

  /** Ends a task that has expired before it could start. */
  function expire(task: Entry): void {
    const log = logOf(task);
    log.write('Error', 'The task was not started before it expired.');
    end(task, log, 'TimedOut', 'Timed out');
    options.ended(task);
  }

  async function timeOut(task: Entry, log: TaskLog, signal: AbortSignal): Promise<void> {
    await sleep(instance.pace, undefined, { signal });
    log.write('Error', 'The task has run longer than it may and was stopped.');
    end(task, log, 'TimedOut', 'Timed out');
  }

  async function work(task: Entry, signal: AbortSignal): Promise<void> {
    const log = logOf(task);
    const migration = options.isMigration(task);
    const outcome = { finished: false };
    const finish = () => {
      outcome.finished = true;
      end(task, log, 'Success');
    };
    if (migration) enterMaintenance(instance, task.id);
    try {
      if (options.moves(task) && instance.faults.take('task-times-out') !== undefined) {
        await timeOut(task, log, signal);
      } else {
        const pause = () => sleep(instance.pace, undefined, { signal });
        await options.workOf(task)({ instance, task, log, signal, pause }, finish);
        if (!outcome.finished) finish();
      }
    } catch (error) {
      if (stopped) return;
      if (!signal.aborted || outcome.finished) failed(task, log, error);
      else {
        log.write('Info', 'The task was canceled.');
        end(task, log, 'Canceled');
      }
    }
    if (migration) leaveMaintenance(instance);
    const after = instance.store.get('ServerTasks', task.id);
    if (after !== undefined) options.ended(after);
  }

  function kick(): void {
    if (stopped || current !== undefined) return;
    const waiting = tasks().filter((task) => stateOf(task) === 'Queued');
    const expired = waiting.filter(({ body }) => Date.parse(asText(body['QueueTimeExpiry'])) < Date.now());
    expired.forEach(expire);
    const queued = waiting.filter((task) => !expired.includes(task));
    const next = queued.find((task) => startOf(task) <= Date.now() && !held(task));
    if (next === undefined) {
      wakeUp(queued);
      return;
    }
    const abort = new AbortController();
    const task = setState(instance, next.id, 'Executing');
    // The work begins in the next turn of the event loop: a `kick` that it causes must already see this task as
    // running.
    const done = Promise.resolve()
      .then(() => work(task, abort.signal))
      .catch((error: unknown) => instance.log(`task ${task.id}: ${stackOf(error)}`))
      .then(() => {
        current = undefined;
        kick();
      });
    current = { id: task.id, abort, done };
  }

  instance.faults.watch(kick);
  return {
    kick,
    cancel(taskId) {
      const task = instance.store.get('ServerTasks', taskId);
      if (task === undefined || isDone(stateOf(task))) return false;
      if (current?.id === task.id) {
        setState(instance, task.id, 'Cancelling');
        current.abort.abort();
      } else {
        const log = logOf(task);
        log.write('Info', 'The task was canceled before it started.');
        end(task, log, 'Canceled');
        options.ended(task);
      }
      return true;
    },
    recover() {
      for (const task of tasks().filter((one) => ['Executing', 'Cancelling'].includes(stateOf(one)))) {
        const log = logOf(task);
        log.write('Error', 'The task was abandoned because the server was restarted.');
        end(task, log, 'Failed', 'The task was abandoned because the server was restarted.');
        options.ended(task);
      }
      leaveMaintenance(instance);
    },
    async stop() {
      stopped = true;
      clearTimeout(alarm);
      current?.abort.abort();
      await current?.done;
    },
  };
}
