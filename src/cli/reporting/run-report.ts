import { withJobsAtWork } from '../../core/report/at-work.ts';
import { type Ending, factsOf, factsOfFailure, outcomeOfFailure } from '../../core/report/facts.ts';
import { outcomeOfItems } from '../../core/report/of-items.ts';
import { type ReportHead, runReport, waveReport } from '../../core/report/make.ts';
import { RunRecorder } from '../../core/report/recorder.ts';
import type { End, Fault, Report, ReportOutcome, RunFacts, WaveFacts } from '../../core/report/report.ts';
import type { Event } from '../../ports/reporter.ts';
import type { AskedReport, Context } from '../context.ts';
import type { Explanation } from '../explain.ts';
import type { IO } from '../terminal/io.ts';
import { version } from '../version.ts';
import { undoFinder } from './undo-commands.ts';

/** What the command line says by itself, before any work. */
export interface Asked {
  readonly verb: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly dryRun: boolean;
  readonly projects: readonly string[];
  /** What the command is about where it names no projects: a package or a job. */
  readonly subject: string | undefined;
}

/** The events after which a report has something else to show. */
const telling: readonly Event['type'][] = ['item', 'job', 'instance', 'warning'];

/** Who runs this, and where: `ann@build-7`. */
export const whoOf = ({ user, uid, host }: IO): string =>
  `${user ?? (uid === undefined ? 'unknown' : `uid ${uid}`)}@${host}`;

/** The report without secrets. */
export function masked(report: Report, { redactor }: Context): Report {
  redactor.keepFacts(report);
  return redactor.redactValue(report) as Report;
}

/** The report of this command line: it listens while the run goes on, and can be made at any time. */
export class RunReport implements AskedReport {
  readonly #asked: Asked;
  readonly #context: Context;
  readonly #startedAt = new Date();
  readonly #recorder = new RunRecorder(() => new Date());
  /** Those of the items of a wave, by their ids. */
  readonly #items = new Map<string, RunRecorder>();
  readonly #seen = new Map<string, Omit<End, 'name'>>();
  #wave: (() => Promise<WaveFacts>) | undefined;
  #ending: Ending = {};
  #outcome: ReportOutcome = 'done';
  #isOver = false;
  #onNews: () => void = () => undefined;
  #error: { readonly error: unknown; readonly fault: Fault; readonly exitCode: number } | undefined;

  constructor(asked: Asked, context: Context) {
    this.#asked = asked;
    this.#context = context;
  }

  report(event: Event): void {
    this.#recorder.report(event);
    if (event.type === 'job' && event.item !== undefined) this.#ofItem(event.item).report(event);
    if (event.type === 'instance') {
      const { name, product, version: release, url } = event;
      this.#seen.set(name, { product, version: release, url });
    }
    if (telling.includes(event.type)) this.#onNews();
  }

  /** `listener` is called when something has happened that the report may show. */
  onNews(listener: () => void): void {
    this.#onNews = listener;
  }

  /** The run has ended: its report changes no more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** The run is a wave. `facts` is called when the report is written. */
  ofWave(facts: () => Promise<WaveFacts>, ends: Pick<Ending, 'from' | 'to'> = {}): void {
    this.#wave = facts;
    this.#ending = ends;
    this.#onNews();
  }

  ended(outcome: string | undefined, ending: Ending = {}): void {
    this.#isOver = true;
    this.#outcome = outcome === 'partial' || outcome === 'started' ? outcome : 'done';
    this.#ending = { ...this.#ending, ...ending };
  }

  failed(error: unknown, { document, exitCode }: Explanation): void {
    this.#isOver = true;
    const { code, message, hint } = document as unknown as Fault;
    this.#outcome = outcomeOfFailure(error);
    this.#error = { error, fault: { code, message, hint }, exitCode };
  }

  /** The report as it is now. While the run goes on it says so, and says nothing of what to do next. */
  async made(): Promise<Report> {
    const report = await this.#made();
    return this.#isOver ? report : { ...report, outcome: 'started', next: [] };
  }

  async #made(): Promise<Report> {
    const head = await this.#head();
    if (this.#wave !== undefined) {
      const wave = withJobsAtWork(await this.#wave(), this.#items);
      const outcome = this.#error === undefined && !head.dryRun ? outcomeOfItems(wave.items) : head.outcome;
      return waveReport({ ...head, outcome }, wave, this.#recorder.warnings);
    }
    const facts = { ...this.#facts(head.dryRun), subject: this.#asked.subject };
    const undo = head.dryRun ? [] : await undoFinder(this.#context)(facts);
    const { resumable } = this.#context;
    return runReport(head, { facts: { ...facts, undo }, waitingFor: this.#ending.waitingFor, resumable });
  }

  #ofItem(id: string): RunRecorder {
    const recorder = this.#items.get(id) ?? new RunRecorder(() => new Date());
    this.#items.set(id, recorder);
    return recorder;
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
