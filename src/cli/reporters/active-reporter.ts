import type { Reporter } from '../../ports/reporter.ts';

/** A reporter that may hold the terminal: it lets go of it for prompts and before results are printed. */
export interface ActiveReporter extends Reporter {
  /**
   * Ends the display; nothing is shown afterwards. With `done` the phase that runs is shown as done; without, nothing
   * is claimed about it. May be called twice.
   */
  finish(outcome?: 'done'): void;
  /** Keeps off the terminal until `resume`: what comes meanwhile is shown then. */
  pause(): void;
  resume(): void;
}

/** What every reporter needs. */
export interface ReporterTools {
  /** Takes secrets out; whole lines. */
  readonly redact: (text: string) => string;
  /** Text from outside as one harmless line: without secrets, then without control characters. */
  readonly safe: (text: string) => string;
  readonly now: () => Date;
  readonly debug: boolean;
}
