import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type Ending, factsOf, factsOfFailure, outcomeOfFailure } from '../../core/report/facts.ts';
import { outcomeOfItems } from '../../core/report/of-items.ts';
import { type ReportHead, runReport, waveReport } from '../../core/report/make.ts';
import { RunRecorder } from '../../core/report/recorder.ts';
import type { End, Fault, Report, ReportOutcome, RunFacts, WaveFacts } from '../../core/report/report.ts';
import type { Event } from '../../ports/reporter.ts';
import { renderReport } from '../../report/index.ts';
import { MigratorError } from '../../errors.ts';
import type { AskedReport, Context } from '../context.ts';
import type { Explanation } from '../explain.ts';
import type { IO } from '../terminal/io.ts';
import { version } from '../version.ts';
import { checkReportFile, type ReportFile, reportFile, writeReportFile } from './report-file.ts';
import { undoFinder } from './undo-commands.ts';

/** What the command line says by itself, before any work. */
interface Asked {
  readonly verb: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly dryRun: boolean;
  readonly projects: readonly string[];
  /** What the command is about where it names no projects: a package or a job. */
  readonly subject: string | undefined;
}

interface Options {
  readonly report?: string;
  readonly from?: string;
  readonly to?: string;
  readonly dryRun?: boolean;
  readonly project?: readonly string[];
  readonly output?: string;
  /** False for --no-backup. */
  readonly backup?: string | boolean;
}

/**
 * Begins the report of a command line with `--report`, once. The file is checked now, so that nothing starts whose report
 * cannot be written. It is written when the context closes, however the run ended.
 */
export async function beginReport(command: Command, context: Context): Promise<void> {
  const options = command.opts<Options>();
  if (options.report === undefined || context.askedReport !== undefined) return;
  const { words } = context.flagSource('report');
  const file = reportFile(options.report, words, context.io.cwd);
  for (const [flag, other] of Object.entries({ output: options.output, backup: options.backup })) {
    if (typeof other !== 'string' || file.path !== resolve(context.io.cwd, other)) continue;
    throw new MigratorError('USAGE', `--report and --${flag} name one file: "${options.report}"`, {
      hint: 'give the report another name',
    });
  }
  await checkReportFile(file);
  const report = new RunReport(file, askedBy(command, options), context);
  context.askedReport = report;
  context.onClose(() => report.write());
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
export async function saveReport(file: ReportFile, report: Report, { redactor }: Context): Promise<void> {
  redactor.keepFacts(report);
  await writeReportFile(file, renderReport(redactor.redactValue(report) as Report, file.format));
}

/** Who runs this, and where: `ann@build-7`. */
export const whoOf = ({ user, uid, host }: IO): string =>
  `${user ?? (uid === undefined ? 'unknown' : `uid ${uid}`)}@${host}`;

class RunReport implements AskedReport {
  readonly #file: ReportFile;
  readonly #asked: Asked;
  readonly #context: Context;
  readonly #startedAt = new Date();
  readonly #recorder = new RunRecorder(() => new Date());
  readonly #seen = new Map<string, Omit<End, 'name'>>();
  #wave: (() => Promise<WaveFacts>) | undefined;
  #ending: Ending = {};
  #outcome: ReportOutcome = 'done';
  #error: { readonly error: unknown; readonly fault: Fault; readonly exitCode: number } | undefined;

  constructor(file: ReportFile, asked: Asked, context: Context) {
    this.#file = file;
    this.#asked = asked;
    this.#context = context;
  }

  report(event: Event): void {
    this.#recorder.report(event);
    if (event.type !== 'instance') return;
    const { name, product, version: release, url } = event;
    this.#seen.set(name, { product, version: release, url });
  }

  /** The run is a wave. `facts` is called when the report is written. */
  ofWave(facts: () => Promise<WaveFacts>, ends: Pick<Ending, 'from' | 'to'> = {}): void {
    this.#wave = facts;
    this.#ending = ends;
  }

  ended(outcome: string | undefined, ending: Ending = {}): void {
    this.#outcome = outcome === 'partial' || outcome === 'started' ? outcome : 'done';
    this.#ending = { ...this.#ending, ...ending };
  }

  failed(error: unknown, { document, exitCode }: Explanation): void {
    const { code, message, hint } = document as unknown as Fault;
    this.#outcome = outcomeOfFailure(error);
    this.#error = { error, fault: { code, message, hint }, exitCode };
  }

  async write(): Promise<void> {
    await saveReport(this.#file, await this.#made(), this.#context);
    if (!this.#context.globals.quiet) this.#context.say('notice', `wrote the report ${this.#file.name}`);
  }

  async #made(): Promise<Report> {
    const head = await this.#head();
    if (this.#wave !== undefined) {
      const wave = await this.#wave();
      const outcome = this.#error === undefined && !head.dryRun ? outcomeOfItems(wave.items) : head.outcome;
      return waveReport({ ...head, outcome }, wave, this.#recorder.warnings);
    }
    const facts = { ...this.#facts(head.dryRun), subject: this.#asked.subject };
    const undo = head.dryRun ? [] : await undoFinder(this.#context)(facts);
    const { resumable } = this.#context;
    return runReport(head, { facts: { ...facts, undo }, waitingFor: this.#ending.waitingFor, resumable });
  }

  #facts(dryRun: boolean): RunFacts {
    const { projects } = this.#asked;
    return this.#error === undefined
      ? factsOf({ projects, ...this.#ending, dryRun }, this.#recorder)
      : factsOfFailure(this.#error.error, { projects, dryRun }, this.#recorder);
  }

  async #head(): Promise<ReportHead> {
    const { io, exitCode } = this.#context;
    const { verb, ...asked } = this.#asked;
    const { from = asked.from, to = asked.to, resumed, dryRun = asked.dryRun } = this.#ending;
    return {
      migrator: version(),
      verb,
      outcome: this.#outcome,
      exitCode: this.#error?.exitCode ?? exitCode,
      dryRun,
      by: whoOf(io),
      startedAt: this.#startedAt.toISOString(),
      endedAt: new Date().toISOString(),
      resumedFrom: resumed?.startedAt,
      from: await this.#end(from),
      to: await this.#end(to),
      error: this.#error?.fault,
    };
  }

  /** The instance as its server tells of itself, at the URL of the rc file: an embedded one has no other. */
  async #end(name: string | undefined): Promise<End | undefined> {
    if (name === undefined) return undefined;
    const seen = this.#seen.get(name);
    const config = await this.#context.config().catch(() => undefined);
    const known = config?.instances[name];
    return { name, product: seen?.product ?? known?.product, version: seen?.version, url: known?.url ?? seen?.url };
  }
}
