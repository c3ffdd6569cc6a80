import type { Event } from '../../ports/reporter.ts';
import type { Output } from '../terminal/io.ts';
import type { ActiveReporter, ReporterTools } from './active-reporter.ts';
import { LineReporter } from './lines.ts';

/** `--quiet`: nothing at all; errors and results are not a reporter's affair. */
export const nothing: ActiveReporter = {
  report: () => undefined,
  finish: () => undefined,
  pause: () => undefined,
  resume: () => undefined,
};

/** `--progress none`: notices and warnings, and the handle of each job, without the progress between them. */
export function withoutProgress(output: Output, tools: ReporterTools): ActiveReporter {
  const lines = new LineReporter(output, tools);
  const shown = new Set<string>();
  return {
    report: (event: Event) => {
      if (event.type === 'phase' || event.type === 'bytes') return;
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
