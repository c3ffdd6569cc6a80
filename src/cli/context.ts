import { setMaxListeners } from 'node:events';
import type { Command } from 'commander';
import type { Journaling } from '../core/steps/journaled.ts';
import { MigratorError } from '../errors.ts';
import type { Journal } from '../ports/journal.ts';
import type { Reporter } from '../ports/reporter.ts';
import type { Config } from './config/config.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import type { ActiveReporter } from './reporters/active-reporter.ts';
import type { CreateReporterOptions } from './reporters/create-reporter.ts';
import { JobsLeft } from './reporters/jobs-left.ts';
import { Redactor } from './secrets/redactor.ts';
import type { IO } from './terminal/io.ts';
import { plainLines } from './terminal/plain-text.ts';

/** Where the value of a flag came from, in words: `--timeout`, `MIGRATOR_TIMEOUT`, `defaults.timeout in <file>`. */
export interface FlagSource {
  readonly origin: 'command line' | 'environment' | 'rc file';
  readonly words: string;
}

export interface Globals {
  readonly config: string | undefined;
  readonly json: boolean;
  readonly progress: CreateReporterOptions['progress'];
  readonly quiet: boolean;
  readonly debug: boolean;
  readonly color: boolean;
}

/**
 * The composition root. Everything in it is made on first use, so that `--help` makes nothing; what was made is
 * closed in the opposite order.
 */
export class Context {
  readonly io: IO;
  readonly redactor = new Redactor();
  globals: Globals;
  exitCode: ExitCode = exitCodes.done;
  /** The whole command tree, for those who need to know every flag; given by whoever runs a line. */
  commandTree: () => Promise<Command> = () => Promise.reject(new Error('no command tree was given'));
  /** By camel-case name; flags that were given on the command line are not in it. */
  readonly flagSources = new Map<string, FlagSource>();
  readonly #controller = new AbortController();
  readonly #closers: (() => Promise<void> | void)[] = [];
  readonly jobsLeft = new JobsLeft();
  /** The journal keeps this run open: the same command line goes on with it. */
  resumable = false;
  #stdoutIsTaken = false;
  #reporter: ActiveReporter | undefined;
  #config: Promise<Config> | undefined;
  #journal: Promise<Journal> | undefined;
  readonly #made = new Map<unknown, Promise<unknown>>();

  constructor(io: IO, globals: Globals) {
    this.io = io;
    this.globals = globals;
    // Requests that run side by side each listen; how many there are is theirs to bound.
    setMaxListeners(0, this.#controller.signal);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  abort(): void {
    this.#controller.abort();
  }

  flagSource(name: string): FlagSource {
    const flag = name.replace(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`);
    return this.flagSources.get(name) ?? { origin: 'command line', words: `--${flag}` };
  }

  /** Runs when the command is over, last registered first. */
  onClose(closer: () => Promise<void> | void): void {
    this.#closers.push(closer);
  }

  config(): Promise<Config> {
    this.#config ??= import('./config/load.ts').then(({ loadConfig }) => loadConfig(this.io, this.globals.config));
    return this.#config;
  }

  /** What `make` makes for this run. It is called once, however many ask. */
  once<T>(make: (context: this) => Promise<T>): Promise<T> {
    const made = (this.#made.get(make) as Promise<T> | undefined) ?? make(this);
    this.#made.set(make, made);
    return made;
  }

  journal(): Promise<Journal> {
    this.#journal ??= import('./state/journal.ts').then(({ createJournal }) => {
      const onWarning = (message: string) => this.#reporter?.report({ type: 'warning', message });
      const journal = createJournal(this.io, { redactor: this.redactor, onWarning });
      this.onClose(() => journal.close());
      return journal;
    });
    return this.#journal;
  }

  /** What a verb needs that can be taken up after an interruption. */
  async journaling(fresh: boolean): Promise<Journaling> {
    const leftOpen = () => {
      this.resumable = true;
    };
    return { journal: await this.journal(), reporter: await this.reporter(), fresh, leftOpen };
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
        if (event.type === 'job') this.jobsLeft.follow(event.handle, event.status);
        reporter.report(event);
      },
    };
  }

  /** Takes the spinner away, so that prompts and results stand alone. */
  stopReporter(): void {
    this.#reporter?.finish();
  }

  pauseReporter(): () => void {
    this.#reporter?.pause();
    return () => this.#reporter?.resume();
  }

  /** A package goes to standard output, so the result is told on stderr. USAGE when it cannot. */
  giveStdoutAway(): void {
    if (this.globals.json) {
      throw new MigratorError('USAGE', '--json and a package cannot both go to standard output', {
        hint: 'write the package to a file with -o',
      });
    }
    if (this.io.stdoutIsTTY) {
      throw new MigratorError('USAGE', 'a package cannot be shown on a terminal', {
        hint: 'send it through a pipe, or write it to a file with -o',
      });
    }
    this.#stdoutIsTaken = true;
  }

  /** The command's result: one JSON document, or the text. */
  result(name: string, data: object, text: string): void {
    this.#reporter?.finish('done');
    const output = this.globals.json
      ? JSON.stringify(this.redactor.redactValue({ document: `migrator/${name}/1`, ...data }), undefined, 2)
      : plainLines(this.redactor.redact(text));
    if (output !== '') (this.#stdoutIsTaken ? this.io.stderr : this.io.stdout).write(`${output}\n`);
  }

  /** What is told beside the reporter, which may not be there yet or be gone: in the form that the story has. */
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
    for (const line of lines) this.io.stderr.write(`${plainLines(this.redactor.redact(line))}\n`);
  }

  /** What to tell when a run ends before its work: the jobs that are left behind, and how to go on. */
  partingWords(leavesJobs: boolean): readonly string[] {
    const jobs = leavesJobs ? this.jobsLeft.words() : [];
    return [...jobs, ...(this.resumable ? ['run the same command again to go on from here'] : [])];
  }

  async close(): Promise<void> {
    this.#reporter?.finish();
    const failures: unknown[] = [];
    // One that fails keeps none of the others from closing.
    for (const close of [...this.#closers.reverse(), () => this.io.stdout.flush?.(), () => this.io.stderr.flush?.()]) {
      try {
        await close();
      } catch (error) {
        failures.push(error);
      }
    }
    const [first] = failures;
    if (first !== undefined) throw first instanceof Error ? first : new Error('closing failed', { cause: first });
  }
}

/** Before commander has parsed the line, what its own errors need to know is read from the raw words. */
export function createContext(io: IO, argv: readonly string[]): Context {
  const has = (flag: string, variable: string) => argv.includes(flag) || isTrue(io.env[variable]);
  return new Context(io, {
    config: undefined,
    json: has('--json', 'MIGRATOR_JSON'),
    progress: isJsonProgress(io, argv) ? 'json' : 'auto',
    quiet: has('--quiet', 'MIGRATOR_QUIET') || argv.includes('-q'),
    debug: has('--debug', 'MIGRATOR_DEBUG'),
    color: !argv.includes('--no-color') && (io.env['NO_COLOR'] ?? '') === '' && !isTrue(io.env['CI']),
  });
}

function isJsonProgress({ env }: IO, argv: readonly string[]): boolean {
  const at = argv.indexOf('--progress');
  const word = at >= 0 ? argv[at + 1] : argv.find((one) => one.startsWith('--progress='))?.slice('--progress='.length);
  return (word ?? env['MIGRATOR_PROGRESS']) === 'json';
}

function isTrue(value: string | undefined): boolean {
  return value !== undefined && !['', '0', 'false', 'no', 'off'].includes(value.toLowerCase());
}
