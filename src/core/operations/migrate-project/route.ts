import type { PackageRef } from '../../../ports/artifact.ts';
import type { ExportRequest } from '../../../ports/exporter.ts';
import type { JobItem, LogLine } from '../../../ports/job.ts';
import type { Options, Secrets } from '../../../ports/options.ts';
import type { PlanItem } from '../../../ports/plan.ts';
import type { Instance } from '../../instance.ts';
import type { OperationPorts, Outcome, Waiting } from '../../operation.ts';
import type { BackupOutput } from '../../steps/backup.ts';
import type { Consenting } from '../../steps/consent.ts';
import type { PackageOutput } from '../../steps/seal-artifact.ts';
import type { SealedSource } from '../../steps/trust-package.ts';

/** `move`: one server-side step. `push`: the source server delivers to the target's feed. `relay`: by way of this machine. */
export type Route = 'move' | 'push' | 'relay';

export interface MigrateInput extends Waiting {
  readonly request: ExportRequest;
  readonly importOptions: Options;
  readonly route: Route | 'auto';
  readonly dryRun: boolean;
  readonly overwrites: boolean;
  readonly ignoreVersion: boolean;
}

/** Where a relayed package lies between the two servers: sealed like any other. */
export interface Staging {
  readonly output: PackageOutput;
  /** Opens what `output` wrote. */
  reopen(): Promise<SealedSource>;
  remove(): Promise<void>;
}

export interface MigratePorts extends OperationPorts, Consenting {
  readonly source: Instance;
  readonly target: Instance;
  readonly secrets: Secrets;
  readonly backup: BackupOutput | undefined;
  readonly staging: Staging;
}

export interface MigrateReport {
  readonly outcome: Outcome;
  readonly route: Route;
  /** Why another route than the first choice ran. */
  readonly rerouted: string | undefined;
  readonly projects: readonly string[];
  readonly jobs: readonly string[];
  readonly package: PackageRef | undefined;
  readonly plan: readonly PlanItem[];
  readonly dryRun: boolean;
  readonly warnings: readonly string[];
  /** Whose approval it stopped at, when it was told to. */
  readonly waitingFor: string | undefined;
  /** What became of each thing, where the server tells. */
  readonly items: readonly JobItem[];
  /** The file that holds the target as it was, when one was needed. */
  readonly backup: string | undefined;
  readonly log: readonly LogLine[];
}

/** What a route answers when the source did its part, and the target did not get it: another route may. */
export interface Undelivered {
  readonly undelivered: string;
}
