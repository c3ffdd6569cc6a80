import type { Run } from '../../../ports/journal.ts';
import type { Secrets } from '../../../ports/options.ts';
import type { Reporter } from '../../../ports/reporter.ts';
import type { Placed } from '../../instance.ts';
import type { RunIdentity } from '../../steps/journaled.ts';
import type { migrateProject } from '../migrate-project/index.ts';
import type { MigrateInput, MigratePorts } from '../migrate-project/route.ts';

export type MigrateReport = Awaited<ReturnType<typeof migrateProject>>;

/** A move of one item, with its ends opened. */
export interface OpenMove {
  readonly source: Placed;
  readonly target: Placed;
  readonly input: MigrateInput;
  readonly identity: RunIdentity;
  readonly secrets: Secrets;
  ports(run: Run, reporter: Reporter): Promise<MigratePorts>;
  /** Around the work, such as calls to a URL when it has ended. */
  around(work: () => Promise<MigrateReport>): Promise<MigrateReport>;
}
