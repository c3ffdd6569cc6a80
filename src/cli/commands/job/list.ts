import { readJobs } from '../../../core/operations/read-lists.ts';
import { MigratorError } from '../../../errors.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { instancesOf } from '../../servers/instances.ts';
import { table } from '../../terminal/table.ts';
import type { JobListOptions } from './flags.ts';

export async function runJobList({ options }: Invocation<JobListOptions>, context: Context) {
  const limit = Number(options.limit);
  if (!Number.isInteger(limit) || limit < 1)
    throw new MigratorError(
      'USAGE',
      `${context.flagSource('limit').words}: "${options.limit}" is not a positive whole number`,
    );
  if (options.from === undefined && options.waiting === true)
    throw new MigratorError('USAGE', '--waiting asks an instance: name it with --from');
  if (options.from === undefined) return listRuns(limit, context);
  const source = await (await instancesOf(context)).source(options.from);
  const listing = { all: options.all === true, limit, waiting: options.waiting === true };
  const jobs = await readJobs(listing, source, await context.reporter(), context.signal);
  const rows = jobs.map((job) => [
    job.handle,
    job.kind,
    job.wireState,
    job.queuedAt ?? '',
    job.title,
    job.waitingFor ?? '',
  ]);
  context.result(
    'job-list',
    { from: options.from, jobs },
    rows.length === 0
      ? `no migration jobs ${options.waiting === true ? 'wait for a person ' : ''}on ${source.name}`
      : table(['job', 'kind', 'state', 'queued', 'title', 'waits for'], rows),
  );
  return undefined;
}

async function listRuns(limit: number, context: Context) {
  const runs = (await (await context.journal()).list()).slice(0, limit);
  const shown = runs.map(({ verb, startedAt, updatedAt, outcome, jobs }) => ({
    verb,
    startedAt,
    updatedAt,
    outcome: outcome ?? 'unfinished',
    jobs,
  }));
  const rows = shown.map(({ verb, startedAt, outcome, jobs }) => [startedAt, verb, outcome, jobs.join(' ')]);
  context.result(
    'run-list',
    { runs: shown },
    rows.length === 0 ? 'no runs on this machine yet' : table(['started', 'verb', 'outcome', 'jobs'], rows),
  );
  return undefined;
}
