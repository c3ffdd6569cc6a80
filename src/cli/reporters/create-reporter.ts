import type { Clock } from '../../ports/runtime.ts';
import type { IO } from '../terminal/io.ts';
import { plainText } from '../../plain-text.ts';
import { hasUnicode } from '../terminal/signs.ts';
import type { ActiveReporter, ReporterTools } from './active-reporter.ts';

export interface CreateReporterOptions {
  /** `auto`: animated on a terminal, lines otherwise. */
  readonly progress: 'auto' | 'plain' | 'json' | 'none';
  readonly color: boolean;
  /** Shows nothing, except when `progress` is `json`. */
  readonly quiet: boolean;
  readonly debug: boolean;
  readonly redactor: { redact(text: string): string; redactValue(value: unknown): unknown };
  readonly clock: Pick<Clock, 'now'>;
}

/** True for a terminal whose lines can be rewritten, and not on a build server. */
function canAnimate({ stderrIsTTY, env }: IO): boolean {
  const ci = env['CI'];
  return stderrIsTTY && env['TERM'] !== 'dumb' && (ci === undefined || ci === '' || ci === 'false' || ci === '0');
}

async function animated(io: IO, color: boolean, tools: ReporterTools): Promise<ActiveReporter> {
  const [{ default: ora, spinners }, { Chalk }, { TextReporter }, { terminalStream }] = await Promise.all([
    import('ora'),
    import('chalk'),
    import('./text.ts'),
    import('./terminal-stream.ts'),
  ]);
  const chalk = new Chalk({ level: color ? 1 : 0 });
  const unicode = hasUnicode(io);
  const { frames, interval } = unicode ? spinners.dots : spinners.line;
  const spinner = ora({
    stream: terminalStream(io),
    isEnabled: true,
    // Ctrl-C must arrive as a signal.
    discardStdin: false,
    // The colours of ora depend on `process`. The frames below are coloured with our chalk.
    color: false,
    spinner: { interval, frames: frames.map((frame) => chalk.cyan(frame)) },
  });
  return new TextReporter({ ...tools, output: io.stderr, spinner, chalk, unicode, columns: () => io.columns });
}

/** The reporter for this run. It writes to stderr. Only the code of the chosen reporter is loaded. */
export async function createReporter(io: IO, options: CreateReporterOptions): Promise<ActiveReporter> {
  const { progress, quiet, debug, redactor, clock } = options;
  const now = (): Date => clock.now();
  if (progress === 'json') {
    const { JsonReporter } = await import('./json.ts');
    return new JsonReporter(io.stderr, { redactValue: (value) => redactor.redactValue(value), now, debug });
  }
  const redact = (text: string): string => redactor.redact(text);
  const tools: ReporterTools = { redact, safe: (text) => plainText(redact(text)), now, debug };
  if (quiet || progress === 'none') {
    const { nothing, withoutProgress } = await import('./quiet.ts');
    return quiet ? nothing : withoutProgress(io.stderr, tools);
  }
  if (progress === 'auto' && canAnimate(io)) return animated(io, options.color, tools);
  const { LineReporter } = await import('./lines.ts');
  return new LineReporter(io.stderr, tools);
}
