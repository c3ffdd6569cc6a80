import { isMigratorError } from '../../errors.ts';
import type { Manifest } from '../../package/index.ts';
import type { PackageRef } from '../../ports/artifact.ts';
import type { JobItem } from '../../ports/job.ts';
import type { PlanItem, PlannedAction } from '../../ports/plan.ts';
import { claimedResult, type Result, type ResultAction, resultActions } from '../snapshots/result.ts';
import { leftIn } from '../steps/clean-up.ts';
import type { Resumed } from '../steps/journaled.ts';
import type { Verified } from '../steps/counterpart.ts';
import type { RunRecorder } from './recorder.ts';
import type {
  Change,
  LeftFact,
  PackageFacts,
  ProjectFacts,
  ReaderFacts,
  ReportOutcome,
  RunFacts,
  SignerFacts,
  Tiles,
} from './report.ts';

/** What the reports of the operations have in common, by the names that they give it. Each verb has a part of it. */
export interface Told {
  readonly dryRun?: boolean | undefined;
  readonly projects?: readonly string[] | undefined;
  readonly each?: readonly (Omit<ProjectFacts, 'name'> & { readonly project: string })[] | undefined;
  readonly route?: string | undefined;
  readonly rerouted?: string | undefined;
  readonly via?: { readonly name: string; readonly reason: string } | undefined;
  readonly plan?: readonly PlanItem[] | undefined;
  readonly items?: readonly JobItem[] | undefined;
  readonly result?: Result | undefined;
  readonly verified?: Verified | undefined;
  readonly warnings?: readonly string[] | undefined;
  readonly left?: readonly LeftFact[] | undefined;
  readonly backup?: string | undefined;
  readonly package?: PackageRef | undefined;
  readonly file?: string | undefined;
  readonly sealed?: SealedFacts | undefined;
}

/** What a command that ended with a result tells its report. */
export interface Ending extends Told {
  /** The instances, where the command line does not name them. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly waitingFor?: string | undefined;
  readonly resumed?: Resumed | undefined;
}

/** A package file that was sealed or verified. */
export interface SealedFacts {
  readonly manifest: Manifest;
  readonly size: number;
  readonly contentSha256: string;
  readonly signer: SignerFacts | undefined;
  readonly readers: readonly ReaderFacts[];
}

type Recorded = Pick<RunRecorder, 'jobs' | 'warnings'>;

/** The facts of a run that ended with a result. */
export function factsOf(told: Told, recorded: Recorded): RunFacts {
  const { projects = [], each, plan = [], result, items = [], dryRun = false, left = [] } = told;
  const { route, rerouted, via, backup, verified } = told;
  // Where nobody looked at the target, the server's own words are all there is.
  const known = result ?? (dryRun || items.length === 0 ? undefined : claimedResult(items, plan));
  const changes = changesOf(plan.length === 0 && known === undefined ? planOf(items) : plan, known);
  return {
    projects:
      each?.map(({ project, outcome, handle, reason }) => ({ name: project, outcome, handle, reason })) ??
      projects.map((name) => ({ name })),
    route,
    rerouted,
    via,
    jobs: recorded.jobs,
    package: packageOf(told),
    tiles: tilesOf(changes, known),
    changes,
    comparison: verified && comparisonOf(verified),
    warnings: [...new Set([...recorded.warnings, ...(told.warnings ?? [])])],
    left,
    backup,
    undo: [],
  };
}

/** The facts of a run that an error ended: what is known of its jobs, and what the error tells. */
export function factsOfFailure(error: unknown, asked: Pick<Told, 'projects' | 'dryRun'>, recorded: Recorded): RunFacts {
  if (!isMigratorError(error)) return factsOf(asked, recorded);
  const { each, items, result, verified, package: ref, backup } = error.details as Told;
  const told = { ...asked, each, items, result, verified, backup, package: ref, left: leftIn(error) };
  return factsOf(told, recorded);
}

/** How a run ended that an error ended. */
export function outcomeOfFailure(error: unknown): ReportOutcome {
  if (isMigratorError(error, 'CANCELLED')) return 'interrupted';
  return isMigratorError(error, 'STILL_RUNNING') ? 'started' : 'failed';
}

function comparisonOf({ equal, differences, blind }: Verified): RunFacts['comparison'] {
  const shown = differences.map(({ kind, name, difference, fields }) => ({ kind, name, difference, fields }));
  return { equal, differences: shown, blind };
}

/** Each thing of the plan with what became of it, and what else became of the target. */
function changesOf(plan: readonly PlanItem[], result: Result | undefined): readonly Change[] {
  const key = ({ kind, name }: { readonly kind: string; readonly name: string }) => JSON.stringify([kind, name]);
  const became = new Map((result?.items ?? []).map((item) => [key(item), item]));
  const planned = plan.map(({ kind, name, action, detail, asked }): Change => {
    const item = became.get(key({ kind, name }));
    became.delete(key({ kind, name }));
    const seen = item?.action ?? (result?.basis === 'seen' ? unnamed[action] : undefined);
    const reason = item?.reason ?? detail;
    const wanted = item === undefined ? (action === 'keep' ? asked : undefined) : item.wanted;
    return { kind, name, planned: action, became: seen, reason, wanted };
  });
  const others = [...became.values()].map(({ kind, name, action, reason, wanted }): Change => {
    return { kind, name, became: action, reason, wanted };
  });
  return [...planned, ...others].sort(byWeight);
}

/** What became of a planned thing that a result does not name: it names all but what is unchanged. */
const unnamed: Readonly<Partial<Record<PlannedAction, ResultAction>>> = {
  create: 'unchanged',
  overwrite: 'unchanged',
  unchanged: 'unchanged',
  keep: 'unchanged',
};

/** What a server says that it would do, where no plan was made. */
function planOf(items: readonly JobItem[]): readonly PlanItem[] {
  const words = {
    created: 'create',
    overwritten: 'overwrite',
    skipped: 'keep',
    failed: 'keep',
    done: 'overwrite',
  } as const;
  return items.map(({ kind, name, action, reason }) => ({ kind, name, action: words[action], detail: reason }));
}

/** What needs eyes comes first: faults, what is overwritten or deleted, what stays, what is new, what is equal. */
const weights: readonly (ResultAction | PlannedAction)[] = [
  'failed',
  'not-seen',
  'overwritten',
  'overwrite',
  'deleted',
  'delete',
  'merged',
  'skipped',
  'keep',
  'created',
  'create',
  'unchanged',
  'beside',
];

const weightOf = ({ planned, became }: Change): number => weights.indexOf(became ?? planned ?? 'beside');

function byWeight(one: Change, other: Change): number {
  const byText = one.kind.localeCompare(other.kind, 'en') || one.name.localeCompare(other.name, 'en');
  return weightOf(one) - weightOf(other) || byText;
}

export const asDone: Readonly<Record<PlannedAction, ResultAction | undefined>> = {
  create: 'created',
  overwrite: 'overwritten',
  unchanged: 'unchanged',
  keep: 'skipped',
  delete: 'deleted',
  beside: undefined,
};

function tilesOf(changes: readonly Change[], result: Result | undefined): Tiles {
  if (result !== undefined) return { basis: result.basis, counts: result.counts };
  const counts = zeros();
  for (const { planned } of changes) {
    const word = planned && asDone[planned];
    if (word !== undefined) counts[word] += 1;
  }
  return { basis: changes.length === 0 ? 'none' : 'planned', counts };
}

export const zeros = (): Record<ResultAction, number> =>
  Object.fromEntries(resultActions.map((action) => [action, 0])) as Record<ResultAction, number>;

function packageOf({ sealed, file, package: ref }: Told): PackageFacts | undefined {
  if (sealed === undefined) return ref && { id: ref.id, version: ref.version, file };
  const { manifest, size, contentSha256, signer, readers } = sealed;
  return {
    id: manifest.id,
    version: manifest.version,
    file,
    size,
    contentSha256,
    createdAt: manifest.createdAt,
    signer: signer === undefined ? null : { keyId: signer.keyId, name: signer.name, trustedBy: signer.trustedBy },
    encryption: manifest.content.encryption,
    recipients: readers,
  };
}
