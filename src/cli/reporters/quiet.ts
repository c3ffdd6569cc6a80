import type { Event } from '../../ports/reporter.ts';
import type { Output } from '../terminal/io.ts';
import type { ActiveReporter, ReporterTools } from './active-reporter.ts';
import { LineReporter } from './lines.ts';

/** `--quiet`: shows nothing. Errors and results do not go through a reporter. */
export const nothing: ActiveReporter = {
  report: () => undefined,
  finish: () => undefined,
  pause: () => undefined,
  resume: () => undefined,
};

/** `--progress none`: shows notices, warnings and the handle of each job, but no progress. */
export function withoutProgress(output: Output, tools: ReporterTools): ActiveReporter {
  const lines = new LineReporter(output, tools);
  const shown = new Set<string>();
  return {
    report: (event: Event) => {
      if (event.type === 'phase' || event.type === 'phase-end' || event.type === 'bytes' || event.type === 'wait')
        return;
      if (event.type === 'job') {
        if (shown.has(event.handle)) return;
        shown.add(event.handle);
      }
      lines.report(event);
    },
    finish: () => lines.finish(),
    pause: () => lines.pause(),
    resume: () => lines.resume(),
  };
}
