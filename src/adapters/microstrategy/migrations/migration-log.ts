import type { LogLine } from '../../../ports/job.ts';
import type { Migration } from '../wire/schemas.ts';
import { isoOf } from './job-state.ts';
import { stateWord } from './state-word.ts';

/** The product keeps no log of a migration. These lines are made of its records, in the order of events. */
export function* migrationLog(own: Migration, target: Migration | undefined): Iterable<LogLine> {
  const { packageInfo: info, validation } = own;
  const failed = stateWord(info.status) === 'create_failed';
  yield line(info.creationDate, 'info', 0, `package ${info.name ?? info.id} (${info.type ?? 'unknown type'})`);
  yield line(info.lastUpdatedDate, failed ? 'error' : 'info', 1, `package: ${info.status}`);
  yield* message(info.lastUpdatedDate, failed ? 'error' : 'info', info.message);
  for (const warning of info.warnings) yield* message(info.lastUpdatedDate, 'warning', warning.message);
  if (validation?.status !== undefined) {
    const invalid = stateWord(validation.status) === 'validation_failed';
    yield line(validation.lastUpdatedDate, invalid ? 'error' : 'info', 0, `validation: ${validation.status}`);
    yield* message(validation.lastUpdatedDate, invalid ? 'error' : 'info', validation.message);
  }
  yield* importLines(target ?? own);
}

function* importLines({ importInfo: info }: Migration): Iterable<LogLine> {
  const failed = ['import_failed', 'undo_failed'].includes(stateWord(info.status));
  const where = info.environment.name ?? info.environment.id;
  const into =
    where === undefined ? '' : ` into ${where}${info.project.name === undefined ? '' : `, ${info.project.name}`}`;
  yield line(info.creationDate, 'info', 0, `import${into}: ${info.importRequestStatus ?? 'not requested'}`);
  yield line(info.lastUpdatedDate, failed ? 'error' : 'info', 1, `import: ${info.status}`);
  yield* message(info.lastUpdatedDate, failed ? 'error' : 'warning', info.message);
  if (info.undoRequestStatus !== undefined && info.undoRequestStatus !== 'pending')
    yield line(info.lastUpdatedDate, 'info', 1, `undo: ${info.undoRequestStatus}`);
  const { path } = info.undoStorage;
  if (path !== undefined && path !== '') yield line(info.lastUpdatedDate, 'verbose', 1, `undo package: ${path}`);
}

function* message(at: string | undefined, level: LogLine['level'], text: string | undefined): Iterable<LogLine> {
  for (const part of (text ?? '').split('\n')) if (part.trim() !== '') yield line(at, level, 1, part.trim());
}

function line(at: string | undefined, level: LogLine['level'], depth: number, text: string): LogLine {
  return { ...(at === undefined ? {} : { at: isoOf(at) }), level, depth, text };
}
