import { MigratorError } from '../../errors.ts';
import { liveParts, renderLivePage } from '../../report/index.ts';
import type { Context } from '../context.ts';
import { contradiction } from '../flags/contradictions.ts';
import { masked, type RunReport } from './run-report.ts';
import { servePage } from './page-server.ts';

/**
 * Serves the page of a run while it goes on, and says where. USAGE for a port that cannot be, or a dry run, of which there is nothing
 * to watch; CONFLICT for a port that is taken.
 */
export async function watchRun(report: RunReport, port: string, dryRun: boolean, context: Context): Promise<void> {
  const { origin, words } = context.flagSource('watch');
  if (dryRun) {
    if (origin === 'command line') throw contradiction(words, '--dry-run');
    context.say('notice', `${words} does not count for a dry run, which ends before there is something to see`);
    return;
  }
  const number = portOf(port, words);
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

function portOf(text: string, words: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/u.test(text.trim()) && (port === 0 || (port >= 1024 && port <= 65_535))) return port;
  throw new MigratorError('USAGE', `${words}: "${text}" is not a port from 1024 to 65535`, {
    hint: 'write --watch 0 for a port that is free',
  });
}
