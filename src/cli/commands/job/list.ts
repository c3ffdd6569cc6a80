import { briefHandle, handleIn } from '../../../core/job-handle.ts';
import { readJobs } from '../../../core/operations/read-lists.ts';
import { MigratorError } from '../../../errors.ts';
import type { RunAbout } from '../../../ports/journal.ts';
import { contradiction } from '../../flags/contradictions.ts';
import { countFlag } from '../../flags/duration-and-size.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { instancesOf } from '../../servers/instances.ts';
import { humanDuration } from '../../../amounts.ts';
import { plainText } from '../../../plain-text.ts';
import { hasUnicode } from '../../terminal/signs.ts';
import { lines, table } from '../../terminal/table.ts';
import type { JobListOptions } from './flags.ts';
import { aboutOf, listRuns, type ListedRun } from './listed-runs.ts';

export async function runJobList({ options }: Invocation<JobListOptions>, context: Context) {
  const limit = countFlag(options.limit, context.flagSource('limit'));
  if (options.all === true && options.from === undefined) {
    throw new MigratorError('USAGE', '--all is for the jobs of an instance, and none is named', {
      hint: 'name it with --from <instance>; for the runs of this machine on all servers use --everywhere',
    });
  }
  if (options.everywhere === true && options.from !== undefined) throw contradiction('--everywhere', '--from');
  const [waiting, failed] = [options.waiting === true, options.failed === true];
  if (options.from === undefined) {
    const everywhere = options.everywhere === true;
    const { runs, elsewhere } = await listRuns({ limit, waiting, failed, everywhere }, context);
    const none = `no runs on this machine ${wordsOf(options) ?? 'yet'}`;
    context.result(
      'run-list',
      { runs },
      lines(
        runs.length === 0 ? none : tableOfRuns(runs, await handlesHere(context), context),
        elsewhere > 0 ? `on servers of other rc files: ${elsewhere} more; see them with --everywhere` : undefined,
      ),
    );
    return undefined;
  }
  const source = await (await instancesOf(context)).source(options.from);
  const listing = { all: options.all === true, limit, waiting, failed };
  const found = await readJobs(listing, source, await context.reporter(), context.signal);
  const records = await (await context.journal()).list();
  const jobs = found.map((job) => {
    const record = records.find(
      (one) => (one.places?.[source.name] ?? source.place) === source.place && handleIn(one, job.id, source),
    );
    return { ...job, ...(record === undefined ? {} : routeOf(aboutOf(record))) };
  });
  const now = Date.now();
  const started = records.flatMap((record) => record.jobs);
  const rows = jobs.map(({ handle, kind, wireState, queuedAt, title, waitingFor = '', projects = [], ...route }) => [
    queuedAt === undefined ? '' : ageOf(queuedAt, now),
    `${kind} ${plainText(projects.length > 0 ? projects.join(', ') : title)}`,
    pathOf(route, context),
    plainText(wireState),
    plainText(waitingFor),
    started.includes(handle) ? thatFits(handle, started, context) : handle,
  ]);
  context.result(
    'job-list',
    { from: options.from, jobs },
    rows.length === 0
      ? `no migration jobs on ${source.name}${wordsOf(options) === undefined ? '' : ` ${wordsOf(options) ?? ''}`}`
      : table(['age', 'what', 'from/to', 'state', 'waits for', 'job'], rows, context.columns),
  );
  return undefined;
}

function wordsOf({ waiting, failed }: JobListOptions): string | undefined {
  if (waiting === true) return failed === true ? 'wait for a person or failed' : 'wait for a person';
  return failed === true ? 'failed' : undefined;
}

const routeOf = ({ projects, from, to, dryRun = false }: RunAbout) => ({ projects, from, to, dryRun });

/** The handles of all runs of this machine. */
const handlesHere = async (context: Context): Promise<readonly string[]> =>
  (await (await context.journal()).list()).flatMap((record) => record.jobs);

/** A handle that would take more than half a line becomes as short as it can be typed on this machine. */
const thatFits = (handle: string, known: readonly string[], { columns }: Context): string =>
  handle.length > columns / 2 ? briefHandle(handle, known) : handle;

function tableOfRuns(runs: readonly ListedRun[], known: readonly string[], context: Context): string {
  const now = Date.now();
  return table(
    ['age', 'what', 'from/to', 'outcome', 'why', 'jobs'],
    runs.map(({ verb, startedAt, projects, dryRun, state, error, waitingFor, jobs, ...route }) => [
      ageOf(startedAt, now),
      `${verb} ${plainText(projects.length > 0 ? projects.join(', ') : (route.package ?? ''))}${dryRun ? ' (dry run)' : ''}`.trim(),
      pathOf(route, context),
      state,
      plainText(
        waitingFor ?? (error === undefined ? '' : [error.code, shortened(error.message)].filter(Boolean).join(': ')),
      ),
      jobs.map((handle) => thatFits(handle, known, context)).join(' '),
    ]),
    context.columns,
  );
}

/** The first part of a sentence. The whole is in the JSON. */
const shortened = (text: string): string => (text.length <= 120 ? text : `${text.slice(0, 119)}…`);

const ageOf = (since: string, now: number): string => humanDuration(Math.max(0, now - Date.parse(since)));

function pathOf({ from, to }: Pick<RunAbout, 'from' | 'to'>, { io }: Context): string {
  const arrow = hasUnicode(io) ? '→' : '->';
  if (from === undefined) return to === undefined ? '' : `${arrow} ${to}`;
  return to === undefined ? from : `${from} ${arrow} ${to}`;
}
