import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Report } from '../../core/report/report.ts';
import { renderReport } from '../../report/index.ts';
import { MigratorError } from '../../errors.ts';
import type { Context } from '../context.ts';
import { checkReportFile, type ReportFile, reportFile, writeReportFile } from './report-file.ts';
import { type Asked, masked, RunReport } from './run-report.ts';
import { watchRun } from './watch-run.ts';

interface Options {
  readonly report?: string;
  readonly watch?: string;
  readonly from?: string;
  readonly to?: string;
  readonly dryRun?: boolean;
  readonly project?: readonly string[];
  readonly output?: string;
  /** False for --no-backup. */
  readonly backup?: string | boolean;
}

/** What has begun for a run, each of it once. */
interface Begun {
  readonly report: RunReport;
  isWritten: boolean;
  isWatched: boolean;
}

const begun = new WeakMap<Context, Begun>();

/**
 * Begins what `--report` and `--watch` of a command line ask for, as early as they are known, and each once. Nothing starts whose
 * report cannot be written or whose page cannot be served.
 */
export async function beginReport(command: Command, context: Context): Promise<void> {
  const options = command.opts<Options>();
  if (options.report === undefined && options.watch === undefined) return;
  const own = begun.get(context) ?? {
    report: new RunReport(askedBy(command, options), context),
    isWritten: false,
    isWatched: false,
  };
  begun.set(context, own);
  context.askedReport = own.report;
  if (options.report !== undefined && !own.isWritten) {
    own.isWritten = true;
    await writeAtTheEnd(own.report, options.report, options, context);
  }
  if (options.watch !== undefined && !own.isWatched) {
    own.isWatched = true;
    await watchRun(own.report, options.watch, options.dryRun === true, context);
  }
}

/** The file is checked now, and written when the context closes, however the run ended. */
async function writeAtTheEnd(report: RunReport, name: string, options: Options, context: Context): Promise<void> {
  const file = reportFile(name, context.flagSource('report').words, context.io.cwd);
  for (const [flag, other] of Object.entries({ output: options.output, backup: options.backup })) {
    if (typeof other !== 'string' || file.path !== resolve(context.io.cwd, other)) continue;
    throw new MigratorError('USAGE', `--report and --${flag} name one file: "${name}"`, {
      hint: 'give the report another name',
    });
  }
  await checkReportFile(file);
  context.onClose(async () => {
    await saveReport(file, await report.made(), context);
    if (!context.globals.quiet) context.say('notice', `wrote the report ${file.name}`);
  });
}

function askedBy(command: Command, { from, to, dryRun = false, project }: Options): Asked {
  const verb = wordsOf(command).join(' ');
  const names = command.registeredArguments[0]?.variadic === true ? command.args : undefined;
  const subject = names === undefined ? command.args[0] : undefined;
  return { verb, from, to, dryRun, projects: names ?? project ?? [], subject };
}

const wordsOf = (command: Command): readonly string[] =>
  command.parent === null ? [] : [...wordsOf(command.parent), command.name()];

/** Writes a report without secrets. */
export async function saveReport(file: ReportFile, report: Report, context: Context): Promise<void> {
  await writeReportFile(file, renderReport(masked(report, context), file.format));
}
