import type { Reporter } from '../../ports/reporter.ts';

/** A reporter that may own the terminal. It can be paused for prompts and ended before results are printed. */
export interface ActiveReporter extends Reporter {
  /**
   * Ends the display. Nothing is shown after that. With `done`, the current phase is shown as done, with `failed` as
   * failed or as its job stands; without it, the phase is not shown. May be called twice.
   */
  finish(outcome?: 'done' | 'failed'): void;
  /** Writes nothing to the terminal until `resume`, which shows the events that came during the pause. */
  pause(): void;
  resume(): void;
}

/** The functions and settings that every reporter needs. */
export interface ReporterTools {
  /** Masks secrets. The text must be whole lines. */
  readonly redact: (text: string) => string;
  /** Makes one safe line of text from outside: masks secrets, then replaces control characters. */
  readonly safe: (text: string) => string;
  readonly now: () => Date;
  readonly debug: boolean;
}
