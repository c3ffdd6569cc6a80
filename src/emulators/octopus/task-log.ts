// A task's log is a tree of nodes with lines. It is stored as a stream of small events, so that a new line costs the
// same in a short log and in a long one.
import type { Store } from '../shared/store.ts';
import { wireDate } from './instance.ts';

type Category = 'Verbose' | 'Info' | 'Highlight' | 'Wait' | 'Warning' | 'Error' | 'Fatal';
type NodeStatus = 'Pending' | 'Running' | 'Success' | 'Failed' | 'SuccessWithWarning' | 'Canceled';

type Event =
  | {
      readonly type: 'node';
      readonly node: number;
      readonly parent: number | undefined;
      readonly name: string;
      readonly at: string;
    }
  | { readonly type: 'end'; readonly node: number; readonly status: NodeStatus; readonly at: string }
  | { readonly type: 'progress'; readonly node: number; readonly percentage: number; readonly message: string }
  | {
      readonly type: 'line';
      readonly node: number;
      readonly category: Category;
      readonly text: string;
      readonly at: string;
    };

export interface LogNode {
  readonly node: number;
  readonly name: string;
  readonly started: string;
  ended: string | undefined;
  status: NodeStatus;
  percentage: number;
  message: string;
  readonly children: LogNode[];
  readonly lines: {
    readonly number: number;
    readonly category: Category;
    readonly text: string;
    readonly at: string;
  }[];
}

/** Writes below one node of a task's log. */
export interface TaskLog {
  write(category: Category, text: string): void;
  progress(percentage: number, message: string): void;
  child(name: string): TaskLog;
  end(status: NodeStatus): void;
}

const streamOf = (taskId: string) => `task:${taskId.toLowerCase()}`;
const troubles: readonly Category[] = ['Warning', 'Error', 'Fatal'];

export const readEvents = (store: Store, taskId: string): readonly Event[] => store.lines(streamOf(taskId)) as Event[];

export function appendEvents(store: Store, taskId: string, events: readonly Event[]): void {
  for (const event of events) store.append(streamOf(taskId), event);
}

/** Begins a task's log, or continues it. `now` gives the time of each line. */
export function openTaskLog(store: Store, taskId: string, rootName: string, now = () => new Date()): TaskLog {
  const stream = streamOf(taskId);
  let nodes = store.lines(stream).filter((event) => (event as Event).type === 'node').length;
  const add = (event: Event) => store.append(stream, event);
  const at = () => wireDate(now());
  const warn = () => {
    const task = store.get('ServerTasks', taskId);
    if (task !== undefined && task.body['$warned'] !== true)
      store.put({ ...task, body: { ...task.body, $warned: true } });
  };
  const logOf = (node: number): TaskLog => ({
    write(category, text) {
      if (troubles.includes(category)) warn();
      add({ type: 'line', node, category, text, at: at() });
    },
    progress: (percentage, message) => add({ type: 'progress', node, percentage, message }),
    child(name) {
      nodes += 1;
      add({ type: 'node', node: nodes, parent: node, name, at: at() });
      return logOf(nodes);
    },
    end: (status) => add({ type: 'end', node, status, at: at() }),
  });
  if (nodes === 0) {
    nodes = 1;
    add({ type: 'node', node: 1, parent: undefined, name: rootName, at: at() });
  }
  return logOf(1);
}

/** The tree that the events describe. Undefined before the task has started. */
export function logTree(events: readonly Event[]): LogNode | undefined {
  const nodes = new Map<number, LogNode>();
  let number = 0;
  for (const event of events) {
    const node = nodes.get(event.node);
    if (event.type === 'node') {
      const made: LogNode = {
        node: event.node,
        name: event.name,
        started: event.at,
        ended: undefined,
        status: 'Running',
        percentage: 0,
        message: '',
        children: [],
        lines: [],
      };
      nodes.set(event.node, made);
      if (event.parent !== undefined) nodes.get(event.parent)?.children.push(made);
    } else if (node === undefined) {
      continue;
    } else if (event.type === 'end') {
      Object.assign(
        node,
        { status: event.status, ended: event.at },
        event.status === 'Success' ? { percentage: 100 } : {},
      );
    } else if (event.type === 'progress') {
      Object.assign(node, { percentage: event.percentage, message: event.message });
    } else {
      number += 1;
      node.lines.push({ number, category: event.category, text: event.text, at: event.at });
    }
  }
  return nodes.get(1);
}

/** ActivityLogs of the details resource. `tail` limits each node to its last lines. */
export function activityLog(
  taskId: string,
  node: LogNode,
  options: { readonly verbose: boolean; readonly tail: number | undefined },
): unknown {
  const lines = options.verbose ? node.lines : node.lines.filter(({ category }) => category !== 'Verbose');
  const shown = options.tail === undefined ? lines : lines.slice(Math.max(0, lines.length - options.tail));
  return {
    Id: `${taskId}_${node.node}`,
    Name: node.name,
    Started: node.started,
    Ended: node.ended ?? null,
    Status: node.status,
    Children: node.children.map((child) => activityLog(taskId, child, options)),
    ShowAtSummaryLevel: true,
    LogElements: shown.map(({ number, category, text, at }) => ({
      Category: category,
      Number: number,
      OccurredAt: at,
      MessageText: text,
      Detail: null,
    })),
    ProgressPercentage: node.percentage,
    ProgressMessage: node.message,
  };
}

const bar = `${' '.repeat(20)}|`;

function rawLines(node: LogNode, depth: number): readonly string[] {
  const indent = '  '.repeat(depth);
  const title = depth === 0 ? `== ${node.status}: ${node.name} ==` : `${node.status}: ${node.name}`;
  const own = node.lines.flatMap(({ at, category, text }) => {
    const [first = '', ...more] = text.split(/\r?\n/);
    const head = `${at.slice(11, 19)}   ${category.padEnd(8)} |`;
    return [`${head}   ${indent}${first}`, ...more.map((line) => `${bar}   ${indent}${line}`)];
  });
  return [`${bar} ${indent}${title}`, ...own, ...node.children.flatMap((child) => rawLines(child, depth + 1))];
}

/** The tree in the layout of the product's raw log. */
export const rawTree = (node: LogNode): string => rawLines(node, 0).join('\r\n');
