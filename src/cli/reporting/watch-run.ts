import { liveParts, renderLivePage } from '../../report/index.ts';
import type { Context } from '../context.ts';
import { contradiction } from '../flags/contradictions.ts';
import { portFlag } from '../flags/duration-and-size.ts';
import { masked, type RunReport } from './run-report.ts';
import { servePage } from './page-server.ts';

/**
 * Serves the page of a run while it goes on, and says where. USAGE for a port that cannot be, or a dry run, of which there is nothing
 * to watch; CONFLICT for a port that is taken.
 */
export async function watchRun(report: RunReport, port: string, dryRun: boolean, context: Context): Promise<void> {
  const source = context.flagSource('watch');
  const { origin, words } = source;
  if (dryRun) {
    if (origin === 'command line') throw contradiction(words, '--dry-run');
    context.say('notice', `${words} does not count for a dry run, which ends before there is something to see`);
    return;
  }
  const number = portFlag(port, source);
  let isTold = false;
  const now = async () => masked(await report.made(), context);
  const server = await servePage(number, {
    page: async () => renderLivePage(await now(), report.isOver),
    parts: async () => liveParts(await now(), report.isOver),
    onFault: (error) => {
      if (isTold) return;
      isTold = true;
      const reason = error instanceof Error ? error.message : String(error);
      context.say('warning', `the page of --watch could not be shown: ${reason}; the run goes on`);
    },
  });
  context.onClose(() => server.close());
  report.onNews(() => {
    server.changed();
  });
  context.say('notice', `watch it at ${server.url}`);
}
