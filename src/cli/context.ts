import { AsyncLocalStorage } from 'node:async_hooks';
import { setMaxListeners } from 'node:events';
import type { Command } from 'commander';
import type { Ending } from '../core/report/facts.ts';
import type { WaveFacts } from '../core/report/report.ts';
import type { Journaling } from '../core/steps/journaled.ts';
import { MigratorError } from '../errors.ts';
import type { Journal, Ledgers } from '../ports/journal.ts';
import type { ProductOptions } from '../ports/options.ts';
import type { Event, Reporter } from '../ports/reporter.ts';
import type { QueueConnection } from '../queue/connect.ts';
import { closeAll, type Closer } from './closers.ts';
import type { Config } from './config/config.ts';
import type { ProblemsOfCode } from './config/problems.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import type { Explanation } from './explain.ts';
import type { ActiveReporter } from './reporters/active-reporter.ts';
import type { CreateReporterOptions } from './reporters/create-reporter.ts';
import { JobsLeft } from './reporters/jobs-left.ts';
import { Redactor } from './secrets/redactor.ts';
import { localNotebook, type Notebook } from './state/notebook.ts';
import { dressed } from './terminal/dressed.ts';
import type { IO } from './terminal/io.ts';
import { plainLines } from '../plain-text.ts';
import { hasUnicode } from './terminal/signs.ts';

/**
 * Where the value of a flag comes from. `words` is for messages: `--timeout`, `MIGRATOR_TIMEOUT`, `defaults.timeout in
 * <file>`.
 */
/** The instances that the examples of a help name: where to move from, and where to. */
export interface Ends {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export interface FlagSource {
  readonly origin: 'command line' | 'environment' | 'rc file';
  readonly words: string;
}

export interface Globals {
  readonly config: string | undefined;
  readonly json: boolean;
  readonly progress: CreateReporterOptions['progress'];
  /** How long an unavailable server is asked again, in milliseconds. */
  readonly patience: number | undefined;
  readonly quiet: boolean;
  readonly debug: boolean;
  readonly color: boolean;
}

/** The report that the user asked for. What it must know is told to it while the run goes on. */
export interface AskedReport extends Reporter {
  /** The run ended with a result. */
  ended(outcome: string | undefined, ending: Ending | undefined): void;
  /** An error ended it. */
  failed(error: unknown, explanation: Explanation): void;
  /** The run is a wave: its report is made of these facts, which are asked for when it is written. */
  ofWave(facts: () => Promise<WaveFacts>, ends?: Pick<Ending, 'from' | 'to'>): void;
}

/**
 * The composition root. Everything in it is created on first use, so that `--help` creates nothing. `close` closes it
 * all in the opposite order.
 */
export class Context {
  readonly io: IO;
  readonly redactor = new Redactor();
  globals: Globals;
  exitCode: ExitCode = exitCodes.done;
  /** The whole command tree, or with `argv` only the commands that it names. `run` sets it. */
  commandTree: (argv?: readonly string[]) => Promise<Command> = () =>
    Promise.reject(new Error('no command tree was given'));
  /** What a help shows beside the command's own flags: names of products and of groups of flags. */
  helpSections: 'all' | readonly string[] = [];
  /** The user's own instances, for the examples of a help. */
  helpEnds: Ends = {};
  /** The flags of the products. `run` adds those of the adapters that the rc file names. */
  productOptions: () => Promise<readonly ProductOptions[]> = async () =>
    (await import('../adapters/index.ts')).productOptions;
  /** Those of `productOptions`, when a command of this line has them. */
  knownProducts: readonly ProductOptions[] = [];
  /** Why the flags of the rc file's adapters are not known. */
  unreadAdapters: MigratorError | undefined;
  /** What the commands and the adapters find wrong with an rc file. `run` sets it. */
  problemsOfCode: ProblemsOfCode = () => Promise.resolve([]);
  /** By camel-case name. Flags of the command line are not in it. */
  readonly flagSources = new Map<string, FlagSource>();
  readonly #controller = new AbortController();
  readonly #closers: Closer[] = [];
  readonly #works = new AsyncLocalStorage<Closer[]>();
  readonly jobsLeft = new JobsLeft();
  /** True when the run stays unfinished in the journal, so that the same command line resumes it. */
  resumable = false;
  /** Set for a command line with `--report`. */
  askedReport: AskedReport | undefined;
  #stdoutIsTaken = false;
  #reporter: ActiveReporter | undefined;
  #config: Promise<Config> | undefined;
  #readConfig: Promise<Config> | undefined;
  /** Where runs and waves are noted. Who wants another place sets it before the first use. */
  notebook: Notebook;
  /** Set for a command line with `--queue`: connects at its first call. */
  queue: (() => Promise<QueueConnection>) | undefined;
  readonly #made = new Map<unknown, Promise<unknown>>();

  constructor(io: IO, globals: Globals) {
    this.io = io;
    this.globals = globals;
    const report = (event: Event) => this.#reporter?.report(event);
    this.notebook = localNotebook(io, report, (closer) => {
      this.onClose(closer);
    });
    // Each concurrent request adds a listener. The code that makes the requests limits their number.
    setMaxListeners(0, this.#controller.signal);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The width for the text of a result. No limit where no terminal shows it. */
  get columns(): number {
    const { stdoutIsTTY, stderrIsTTY, columns } = this.io;
    return (this.#stdoutIsTaken ? stderrIsTTY : stdoutIsTTY) ? columns : Number.POSITIVE_INFINITY;
  }

  abort(): void {
    this.#controller.abort();
  }

  flagSource(name: string): FlagSource {
    const flag = name.replace(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`);
    return this.flagSources.get(name) ?? { origin: 'command line', words: `--${flag}` };
  }

  /** Registers a function to call when the command is over. The last one is called first. */
  onClose(closer: Closer): void {
    this.#closers.push(closer);
  }

  /** The same for what one piece of work needs: that of the command, or of one item of a process that does many. */
  onWorkEnd(closer: Closer): void {
    (this.#works.getStore() ?? this.#closers).push(closer);
  }

  /** Does a piece of work, and calls what it registered with `onWorkEnd`. */
  async work<T>(work: () => Promise<T>): Promise<T> {
    const closers: Closer[] = [];
    try {
      return await this.#works.run(closers, work);
    } finally {
      await closeAll(closers);
    }
  }

  config(): Promise<Config> {
    this.#config ??= this.readConfig().then((config) => {
      if (!this.globals.quiet) for (const warning of config.warnings) this.say('warning', warning);
      return config;
    });
    return this.#config;
  }

  /** The same without a word about it: the help reads the rc file too. */
  readConfig(): Promise<Config> {
    this.#readConfig ??= import('./config/load.ts').then(({ loadConfig }) =>
      loadConfig(this.io, this.globals.config, (given) => this.problemsOfCode(given)),
    );
    return this.#readConfig;
  }

  /** The result of `make` for this run. `make` is called only once. */
  once<T>(make: (context: this) => Promise<T>): Promise<T> {
    const made = (this.#made.get(make) as Promise<T> | undefined) ?? make(this);
    this.#made.set(make, made);
    return made;
  }

  journal(): Promise<Journal> {
    return this.notebook.journal();
  }

  /** The ledgers of waves. */
  ledgers(): Promise<Ledgers> {
    return this.notebook.ledgers();
  }

  /** What a verb needs so that an interrupted run can be resumed. */
  async journaling(fresh: boolean): Promise<Journaling> {
    const leftOpen = () => {
      this.resumable = true;
    };
    const mask = (text: string) => this.redactor.redact(text);
    const now = () => new Date();
    return { journal: await this.journal(), reporter: await this.reporter(), now, fresh, mask, leftOpen };
  }

  async reporter(): Promise<Reporter> {
    if (this.#reporter === undefined) {
      const { createReporter } = await import('./reporters/create-reporter.ts');
      this.#reporter = await createReporter(this.io, {
        ...this.globals,
        redactor: this.redactor,
        clock: { now: () => new Date() },
      });
    }
    const reporter = this.#reporter;
    return {
      report: (event) => {
        if (event.type === 'job') {
          this.redactor.keep(event.handle);
          this.jobsLeft.follow(event.handle, event.status);
        }
        this.askedReport?.report(event);
        reporter.report(event);
      },
    };
  }

  /** Ends the progress display before an error or a last notice is printed. */
  stopReporter(outcome?: 'failed'): void {
    this.#reporter?.finish(outcome);
  }

  pauseReporter(): () => void {
    this.#reporter?.pause();
    return () => this.#reporter?.resume();
  }

  /** Reserves standard output for a package; the result is then printed on stderr. USAGE when this is not possible. */
  giveStdoutAway(): void {
    if (this.globals.json) {
      throw new MigratorError('USAGE', '--json and a package cannot both go to standard output', {
        hint: 'write the package to a file with -o',
      });
    }
    if (this.io.stdoutIsTTY) {
      throw new MigratorError('USAGE', 'a package cannot be written to a terminal', {
        hint: 'send it through a pipe, or write it to a file with -o',
      });
    }
    this.#stdoutIsTaken = true;
  }

  /** Prints the result of the command: one JSON document, or the text. */
  result(name: string, data: object, text: string): void {
    this.#reporter?.finish('done');
    this.redactor.keepFacts(data);
    const output = this.globals.json
      ? JSON.stringify(this.redactor.redactValue({ document: `migrator/${name}/1`, ...data }), undefined, 2)
      : plainLines(this.redactor.redact(text));
    const [stream, isTTY] = this.#stdoutIsTaken
      ? [this.io.stderr, this.io.stderrIsTTY]
      : [this.io.stdout, this.io.stdoutIsTTY];
    if (output !== '') stream.write(`${isTTY && !this.globals.json ? this.#dressed(output) : output}\n`);
  }

  /**
   * Prints a message without the reporter, which may not exist yet or may have ended. `--progress json` makes it an
   * event.
   */
  say(
    type: 'notice' | 'warning' | 'error',
    text: string | readonly string[],
    fields: Readonly<Record<string, unknown>> = {},
  ): void {
    const lines = typeof text === 'string' ? [`migrator: ${type === 'notice' ? '' : `${type}: `}${text}`] : text;
    if (this.globals.progress === 'json') {
      const told = { message: typeof text === 'string' ? text : undefined, ...fields };
      const event = { time: new Date().toISOString(), type, ...(this.redactor.redactValue(told) as object) };
      this.io.stderr.write(`${JSON.stringify(event)}\n`);
      return;
    }
    for (const line of lines) {
      const shown = plainLines(this.redactor.redactOwn(line));
      this.io.stderr.write(`${this.io.stderrIsTTY ? this.#dressed(shown) : shown}\n`);
    }
  }

  /** The text as the terminal can show it. */
  #dressed(text: string): string {
    const color = this.globals.color && this.io.env['TERM'] !== 'dumb';
    return dressed(text, { columns: this.io.columns, color, unicode: hasUnicode(this.io) });
  }

  /** The last lines of a run that ends too early: the jobs that are still running, and how to resume the run. */
  partingWords(leavesJobs: boolean): readonly string[] {
    const jobs = leavesJobs ? this.jobsLeft.words() : [];
    return [...jobs, ...(this.resumable ? ['to resume, run the same command again'] : [])];
  }

  async close(): Promise<void> {
    this.#reporter?.finish();
    const flushes = [() => this.io.stderr.flush?.(), () => this.io.stdout.flush?.()];
    await closeAll([...flushes, ...this.#closers]);
  }
}

/**
 * Reads from the raw words what error messages need, because commander may fail while it parses the line, and the rc file,
 * whose adapters have flags that it parses.
 */
export function createContext(io: IO, argv: readonly string[]): Context {
  const has = (flag: string, variable: string) => argv.includes(flag) || isTrue(io.env[variable]);
  return new Context(io, {
    config: valueOf('--config', argv),
    json: has('--json', 'MIGRATOR_JSON'),
    progress: isJsonProgress(io, argv) ? 'json' : 'auto',
    patience: undefined,
    quiet: has('--quiet', 'MIGRATOR_QUIET') || argv.includes('-q'),
    debug: has('--debug', 'MIGRATOR_DEBUG'),
    color: !argv.includes('--no-color') && (io.env['NO_COLOR'] ?? '') === '' && !isTrue(io.env['CI']),
  });
}

function isJsonProgress({ env }: IO, argv: readonly string[]): boolean {
  return (valueOf('--progress', argv) ?? env['MIGRATOR_PROGRESS']) === 'json';
}

function valueOf(flag: string, argv: readonly string[]): string | undefined {
  const at = argv.indexOf(flag);
  return at >= 0 ? argv[at + 1] : argv.find((one) => one.startsWith(`${flag}=`))?.slice(flag.length + 1);
}

function isTrue(value: string | undefined): boolean {
  return value !== undefined && !['', '0', 'false', 'no', 'off'].includes(value.toLowerCase());
}
