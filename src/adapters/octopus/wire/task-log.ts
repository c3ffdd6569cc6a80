import type { JobMessage, LogLine } from '../../../ports/job.ts';
import type { ActivityNode, TaskDetails } from './schemas.ts';

const levels: Readonly<Record<string, LogLine['level']>> = {
  Trace: 'trace',
  Verbose: 'verbose',
  Warning: 'warning',
  Error: 'error',
  Fatal: 'fatal',
};

/** The trees of a task's log; empty when the server keeps no log, or only the old plain text. */
export function treesOf(details: TaskDetails | undefined): readonly ActivityNode[] {
  if (details === undefined) return [];
  if (details.ActivityLogs.length > 0) return details.ActivityLogs;
  return details.ActivityLog === undefined ? [] : [details.ActivityLog];
}

/** Each node is a line; its elements and its children are one level deeper. */
export function* linesOf(nodes: readonly ActivityNode[], depth = 0): Iterable<LogLine> {
  for (const node of nodes) {
    const failed = node.Status === 'Failed';
    yield { level: failed ? 'error' : 'info', depth, text: `${node.Status ?? 'Unknown'}: ${node.Name ?? ''}` };
    for (const element of node.LogElements) {
      const at = element.OccurredAt === undefined ? {} : { at: element.OccurredAt };
      const level = levels[element.Category] ?? 'info';
      for (const text of [element.MessageText, element.Detail]) {
        if (text !== undefined && text !== '') yield { ...at, level, depth: depth + 1, text };
      }
    }
    yield* linesOf(node.Children, depth + 1);
  }
}

/**
 * A log in plain text: `HH:MM:SS   Level    |   text`. Lines of nodes and continued lines have the bar only. Two blanks
 * after the bar are one level of depth. The header above the first bar becomes `info`.
 */
export function* linesOfText(text: string): Iterable<LogLine> {
  let level: LogLine['level'] = 'info';
  for (const line of text.split(/\r?\n/)) {
    const [, at, word, indent, said] = /^(?:(\d\d:\d\d:\d\d)\s+(\w+))?\s*\|( *)(.*)$/.exec(line) ?? [];
    if (said === undefined) {
      if (line.trim() !== '') yield { level: 'info', depth: 0, text: line.trimEnd() };
      continue;
    }
    if (said.trim() === '') continue;
    const node = /^(?:== )?(Success|Failed|Running|Pending|Skipped|SuccessWithWarning|Canceled): /.exec(said)?.[1];
    // A line without time and level continues the line above, unless it opens a node.
    if (word !== undefined) level = levels[word] ?? 'info';
    else if (node !== undefined) level = node === 'Failed' ? 'error' : 'info';
    yield { ...(at === undefined ? {} : { at }), level, depth: depthOf(indent ?? ''), text: said.trimEnd() };
  }
}

function depthOf(indent: string): number {
  return Math.max(0, Math.floor((indent.length - 1) / 2));
}

/** The warnings and errors of a finished task, each once. */
export function messagesOf(lines: Iterable<LogLine>, errorMessage: string | undefined): JobMessage[] {
  const messages = new Map<string, JobMessage>();
  const add = (level: JobMessage['level'], text: string): void => {
    const trimmed = text.trim();
    if (trimmed !== '') messages.set(`${level} ${trimmed}`, { level, text: trimmed });
  };
  let error: string | undefined;
  for (const { level, text } of lines) {
    // The line after an error may say to what it happened.
    const path = /^\s*(Reference path: .*)$/.exec(text)?.[1];
    if (path !== undefined && error !== undefined && !error.includes(path)) {
      messages.delete(`error ${error.trim()}`);
      add('error', `${error.trim()} ${path}`);
      error = undefined;
      continue;
    }
    error = level === 'error' || level === 'fatal' ? text : undefined;
    if (level === 'warning') add('warning', text);
    if (error !== undefined) add('error', error);
  }
  if (errorMessage !== undefined && ![...messages.values()].some(({ text }) => text.includes(errorMessage.trim()))) {
    add('error', errorMessage);
  }
  // Why a step failed comes before which step failed.
  const isStep = ({ text }: JobMessage): boolean => text.startsWith('Failed: ');
  return [...messages.values()].sort((one, other) => Number(isStep(one)) - Number(isStep(other)));
}

/** The innermost running step, in the server's words. */
export function activityOf(nodes: readonly ActivityNode[]): string | undefined {
  for (const node of nodes.toReversed()) {
    if (node.Status !== 'Running') continue;
    const inner = activityOf(node.Children);
    if (inner !== undefined) return inner;
    const own = [node.ProgressMessage, node.Name].find((text) => text !== undefined && text !== '');
    if (own !== undefined) return own;
  }
  return undefined;
}
