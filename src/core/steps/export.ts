import { isMigratorError, MigratorError, together } from '../../errors.ts';
import { nameFault } from '../../package/index.ts';
import type { Artifact, PackageRef } from '../../ports/artifact.ts';
import type { Exporter, ExportRequest, PreparedExport, PushDestination } from '../../ports/exporter.ts';
import type { JobKind, JobStatus } from '../../ports/job.ts';
import { type Instance, facet } from '../instance.ts';
import type { OperationPorts, Waiting } from '../operation.ts';
import { sealedRef } from '../package-ref.ts';
import { fact, prepareOnce, type StartedJob } from './exactly-once.ts';
import { runJob } from './run-job.ts';
import { type ExportSecrets, requireSecrets } from './run-secrets.ts';
import { requireRoom } from './upload.ts';
import { announce } from './verdict.ts';

export interface ExportRun {
  readonly source: Instance;
  readonly request: ExportRequest;
  readonly secrets: ExportSecrets;
  readonly destination: PushDestination | undefined;
  /** Whether a sealed package is made of it: its name must then fit a package, before the server starts to work. */
  readonly sealed: boolean;
  /** The name of the step in the journal. A second export in one run (on another route) needs another name. */
  readonly step: string;
  readonly waiting: Waiting;
  /** The server whose feed takes the package after the export. */
  readonly receiver?: Instance | undefined;
  /** Fails when the target would not take these projects. Called before the export starts. */
  readonly accepted?: ((names: readonly string[]) => Promise<void>) | undefined;
  /** Called with the names of the projects before the export starts. */
  readonly planned?: ((names: readonly string[]) => Promise<unknown>) | undefined;
}

export interface ExportResult {
  readonly prepared: PreparedExport;
  readonly job: StartedJob;
  /** Undefined when the run did not wait. */
  readonly status: JobStatus | undefined;
}

/** Prepares an export, starts it exactly once and waits for it. The caller judges the final state. */
export async function runExport(work: ExportRun, ports: OperationPorts, signal: AbortSignal): Promise<ExportResult> {
  const { source, destination, step } = work;
  const { all: secrets, carried } = work.secrets;
  const { reporter, run } = ports;
  const exports = facet(source, 'exports');
  requireSecrets(source, exports.requiredSecrets, secrets);
  const prepared = await prepareOnce(step, 'always', {
    run,
    prepare: async () => {
      reporter.report({ type: 'phase', name: 'prepare', subject: `export from ${source.name}` });
      const made = await preparedFor(work, exports, signal);
      if (work.receiver !== undefined) await requireRoom(work.receiver, made, signal);
      return made;
    },
    find: (earlier, since) => exports.find(earlier, since, signal),
  });
  if (work.sealed) requireName(sealedRef(prepared.package));
  announce(prepared, reporter);
  const names = prepared.projects.map((project) => project.name);
  await work.planned?.(names);
  const what = names.length > 0 ? names.join(', ') : prepared.package.id;
  const carries = Object.keys(carried);
  if (carries.length > 0) await run.note(fact(step, 'carries', carries));
  const { job, status } = await runJob(
    {
      step,
      instance: source,
      kind: 'export',
      subject: `${what} from ${source.name}`,
      waiting: work.waiting,
      start: (inner) => exports.start(prepared, secrets, destination, inner),
      find: (since, inner) => exports.find(prepared, since, inner),
    },
    ports,
    signal,
  );
  if (status?.state === 'succeeded' || status?.state === 'partial')
    await run.note(fact(step, 'finishedAt', ports.clock.now().toISOString()));
  return { prepared, job, status };
}

/** When both the source and the target refuse, both are told at once. */
export async function preparedFor(
  { request, accepted = () => Promise.resolve() }: Pick<ExportRun, 'request' | 'accepted'>,
  exports: Exporter,
  signal: AbortSignal,
): Promise<PreparedExport> {
  let made: PreparedExport;
  try {
    made = await exports.prepare(request, signal);
  } catch (error) {
    if (!isMigratorError(error) || error.details['obstacles'] === undefined) throw error;
    // By the names that the adapter found, as far as it came.
    const { projects = request.projects } = error.details as { readonly projects?: readonly string[] };
    const other = await accepted(projects).then(
      () => undefined,
      (refusal: unknown) => refusal,
    );
    throw (isMigratorError(other, 'CONFLICT', 'AUTH_REFUSED') ? together([error, other]) : undefined) ?? error;
  }
  await accepted([...made.projects, ...(made.added ?? [])].map(({ name }) => name));
  return made;
}

function requireName(ref: PackageRef): void {
  const fault = nameFault(ref);
  if (fault === undefined) return;
  throw new MigratorError('USAGE', fault, {
    hint: 'an id has letters, digits, ".", "_" and "-", and a version one to four numbers, such as 1.0.0-run7: give --package-id or --package-version',
    details: { ...ref },
  });
}

/** The result of a finished export. JOB_FAILED when the server does not have it: then there is nothing to resume. */
export async function fetchExport(
  source: Instance,
  { id, handle }: Pick<StartedJob, 'id' | 'handle'>,
  prepared: PreparedExport | undefined,
  signal: AbortSignal,
): Promise<Artifact> {
  try {
    return await facet(source, 'exports').fetch(id, prepared, signal);
  } catch (error) {
    if (!isMigratorError(error, 'NOT_FOUND')) throw error;
    throw new MigratorError('JOB_FAILED', `the export ${handle} says that it succeeded, but ${error.message}`, {
      hint: error.hint,
      details: { handle, ...error.details },
      cause: error,
    });
  }
}

const kindWords: Readonly<Record<Exclude<JobKind, 'export'>, string>> = {
  import: 'an import',
  'dry-run': 'a dry run',
  move: 'a move',
  undo: 'an undo',
  other: 'another task of the server',
};

/** What another job made must not be sealed as the export that somebody asked for. */
export function requireExport({ kind }: JobStatus, handle: string): void {
  if (kind === 'export') return;
  throw new MigratorError('USAGE', `${handle} is ${kindWords[kind]}, not an export`, {
    hint: `only an export has a package to fetch; look at this job with: migrator job show ${handle}`,
    details: { handle, kind },
  });
}
