import { handleIn, type OpenJob, parseHandle, wholeId } from '../../../core/job-handle.ts';
import { isMigratorError } from '../../../errors.ts';
import { isAlive } from '../../../files/process-alive.ts';
import type { RunAbout, RunFault, RunRecord } from '../../../ports/journal.ts';
import type { Context } from '../../context.ts';
import { instancesOf } from '../../servers/instances.ts';
import { runsHere, runsOfMachine } from '../runs-here.ts';

type RunState = 'done' | 'partial' | 'failed' | 'cancelled' | 'started' | 'running' | 'interrupted' | 'waiting';

export interface ListedRun extends Omit<RunAbout, 'dryRun' | 'resumes'> {
  readonly verb: string;
  readonly startedAt: string;
  readonly updatedAt: string;
  readonly outcome: string;
  readonly state: RunState;
  readonly dryRun: boolean;
  readonly error: RunFault | undefined;
  readonly waitingFor: string | undefined;
  readonly jobs: readonly string[];
}

interface Wanted {
  readonly limit: number;
  readonly waiting: boolean;
  readonly failed: boolean;
  /** False: only the runs on servers of this rc file. */
  readonly everywhere: boolean;
}

/** The runs of this machine, newest first, and how many more there are on servers of other rc files. */
export async function listRuns(
  { limit, waiting, failed, everywhere }: Wanted,
  context: Context,
): Promise<{ readonly runs: readonly ListedRun[]; readonly elsewhere: number }> {
  const { records, ours } = everywhere ? await runsOfMachine(context) : await runsHere(context);
  const runs: ListedRun[] = [];
  for (const record of ours) {
    if (runs.length === limit) break;
    const state = stateOf(record, context);
    const waits = waiting && !isOver(record) ? await waitingFor(record, context) : undefined;
    if ((waiting || failed) && waits === undefined && !(failed && state === 'failed')) continue;
    runs.push(listed(record, waits === undefined ? state : 'waiting', waits));
  }
  return { runs, elsewhere: records.length - ours.length };
}

/** What a run is about. The projects of a package are known once it was opened. */
export function aboutOf({ about, facts }: RunRecord): RunAbout {
  const opened = facts['import.projects'];
  const projects = about?.projects ?? [];
  return { ...about, projects: projects.length === 0 && Array.isArray(opened) ? opened : projects };
}

/** The run that started this job, newest first, as it is listed, with the id of the key that signed its package. */
export function runOfJob(
  records: readonly RunRecord[],
  { id, instance }: Pick<OpenJob, 'id' | 'instance'>,
  context: Context,
): (ListedRun & { readonly signer: string | undefined }) | undefined {
  const record = records.find(
    (one) =>
      (one.places?.[instance.name] ?? instance.place) === instance.place && handleIn(one, id, instance) !== undefined,
  );
  return record && { ...listed(record, stateOf(record, context), undefined), signer: record.facts['package.signer'] };
}

function listed(record: RunRecord, state: RunState, waits: string | undefined): ListedRun {
  const { verb, startedAt, updatedAt, outcome, fault, jobs } = record;
  const { projects, from, to, dryRun = false, package: file, resumes } = aboutOf(record);
  const base = { verb, startedAt, updatedAt, outcome: outcome ?? 'unfinished', state, projects, from, to, dryRun };
  const error = fault ?? (state === 'interrupted' ? killed : undefined);
  const known = jobs.length > 0 || resumes === undefined ? jobs : [resumes];
  return { ...base, package: file, error, waitingFor: waits, jobs: known };
}

/** A process that was killed could not note why. */
const killed: RunFault = { message: 'its process ended without a word: it was killed, or the machine stopped' };

const isOver = ({ outcome }: RunRecord): boolean => outcome !== undefined && outcome !== 'detached';

function stateOf({ outcome, left, owner }: RunRecord, { io }: Context): RunState {
  if (outcome !== undefined && outcome !== 'detached') return outcome;
  if (left !== undefined) return left;
  return owner.host !== io.host || isAlive(owner.pid) ? 'running' : 'interrupted';
}

/** For whom or what the last job of an unfinished run waits. Undefined when it waits for nobody, or nobody can tell. */
async function waitingFor(record: RunRecord, context: Context): Promise<string | undefined> {
  const handle = record.jobs.at(-1);
  if (handle === undefined) return undefined;
  const { instance: name, id } = parseHandle(handle);
  try {
    const instance = await (await instancesOf(context)).source(name);
    if ((record.places?.[name] ?? instance.place) !== instance.place) return undefined;
    const status = await instance.adapter.jobs.status(wholeId(id, instance, [record]), context.signal);
    return status.state === 'waiting' && status.attended !== true ? (status.waitingFor ?? 'a person') : undefined;
  } catch (error) {
    if (!isMigratorError(error) || error.code === 'CANCELLED') throw error;
    (await context.reporter()).report({ type: 'warning', message: `cannot look at ${handle}: ${error.message}` });
    return undefined;
  }
}
