import type { InstanceInfo } from '../../../ports/adapter.ts';
import type { PackageRef } from '../../../ports/artifact.ts';
import type { ExportOrigin } from '../../../ports/importer.ts';
import type { ExportRequest } from '../../../ports/exporter.ts';
import type { JobItem, LogLine } from '../../../ports/job.ts';
import type { Options, Secrets } from '../../../ports/options.ts';
import type { PlanItem } from '../../../ports/plan.ts';
import type { Instance } from '../../instance.ts';
import type { OperationPorts, Outcome, Waiting } from '../../operation.ts';
import type { Result } from '../../snapshots/result.ts';
import type { BackupPlace } from '../../steps/backup.ts';
import type { Left } from '../../steps/clean-up.ts';
import type { Consenting } from '../../steps/consent.ts';
import type { Counterpart, Verified } from '../../steps/counterpart.ts';
import type { OwnSecrets } from '../../steps/run-secrets.ts';
import type { PackageOutput } from '../../steps/seal-artifact.ts';
import type { Via } from '../../steps/settle-way.ts';
import type { SealedSource } from '../../steps/trust-package.ts';

/**
 * `move`: one step on the servers. `push`: the source server sends the package to the target's feed. `relay`: through
 * this machine.
 */
export type Route = 'move' | 'push' | 'relay';

export interface MigrateInput extends Waiting {
  readonly request: ExportRequest;
  readonly importOptions: Options;
  readonly route: Route | 'auto';
  readonly dryRun: boolean;
  /** See ImportInput.preview. */
  readonly preview?: boolean | undefined;
  readonly overwrites: boolean;
  readonly ignoreVersion: boolean;
  /** Makes and tells the plan by the names of the projects, once, for products whose adapter makes none. */
  readonly planned?: ((names: readonly string[]) => Promise<readonly PlanItem[]>) | undefined;
  /** What the target said at the beginning. */
  readonly targetInfo?: InstanceInfo | undefined;
  /** Whether skipping what the target has is wanted. */
  readonly skips?: boolean | undefined;
  /** What the target is compared with. Undefined when migrator cannot look into the projects. */
  readonly counterpart?: ((projects: readonly string[]) => Counterpart) | undefined;
  /** The way that both ends take, for products that have several. */
  readonly via?: Via | undefined;
  /** The job that made the files which are imported. */
  readonly exportedBy?: ExportOrigin | undefined;
  /** Compare the content of source and target afterwards. */
  readonly verify?: boolean | undefined;
  /** The comparison, for a route that has something to remove only afterwards. Undefined without `verify`. */
  readonly verifies?: ((imported: Verifiable) => Promise<Verified | undefined>) | undefined;
  /** See ImportInput.log. */
  readonly log?: boolean | undefined;
}

/** What of a report says what there is to compare. */
export type Verifiable = Pick<MigrateReport, 'outcome' | 'result'>;

/** The place on this machine for a relayed package. It is sealed like any other package. */
export interface Staging {
  readonly output: PackageOutput;
  /** Opens the package that `output` wrote. */
  reopen(): Promise<SealedSource>;
  remove(): Promise<void>;
  /** What stays in a store by which the package went. */
  left?(): readonly Left[];
}

export interface MigratePorts extends OperationPorts, Consenting {
  readonly source: Instance;
  readonly target: Instance;
  readonly secrets: Secrets;
  /** Makes the secrets that both servers need and that the user did not give. */
  readonly own: OwnSecrets;
  readonly backup: BackupPlace | undefined;
  readonly staging: Staging;
}

export interface ProjectOutcome {
  readonly project: string;
  readonly outcome: Outcome | 'failed' | 'not-started';
  readonly handle?: string | undefined;
  /** The backup file of what the target had. */
  readonly backup?: string | undefined;
  readonly reason?: string | undefined;
}

export interface MigrateReport {
  readonly outcome: Outcome;
  readonly route: Route;
  /** Why another route than the first choice was taken. */
  readonly rerouted: string | undefined;
  readonly projects: readonly string[];
  /** What became of each project, when each one is moved by a job of its own. */
  readonly each?: readonly ProjectOutcome[] | undefined;
  /** Without those that the run has removed again. */
  readonly jobs: readonly string[];
  /** The dry run whose log its server still has. Undefined when no server ran one. */
  readonly logOf: string | undefined;
  readonly package: PackageRef | undefined;
  readonly plan: readonly PlanItem[];
  readonly dryRun: boolean;
  readonly warnings: readonly string[];
  /** The approval that the job waits for, if the run stopped there. */
  readonly waitingFor: string | undefined;
  /** What the server did with each object, if the server reports it. */
  readonly items: readonly JobItem[];
  /** What became of the target. Undefined for a dry run, and when a job has not ended. */
  readonly result: Result | undefined;
  /** The backup file of the target, if one was taken. */
  readonly backup: string | undefined;
  /** What this run put on a server and did not take away. */
  readonly left: readonly Left[];
  readonly log: readonly LogLine[];
  /** What a comparison of both ends found. Undefined when none was asked for, and when the route made none. */
  readonly verified?: Verified | undefined;
}

/** The result of a route when the source did its work but the target did not receive it. Another route may succeed. */
export interface Undelivered {
  readonly undelivered: string;
}
