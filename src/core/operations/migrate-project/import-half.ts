import { importPackage, type ImportReport, type ImportSource } from '../import-package.ts';
import type { MigrateInput, MigratePorts, MigrateReport, Route } from './route.ts';

/** The import after the export, on the routes push and relay. */
export async function importHalf(
  input: MigrateInput,
  source: ImportSource,
  ports: MigratePorts,
  signal: AbortSignal,
): Promise<ImportReport> {
  const { target, secrets } = ports;
  const { dryRun, overwrites, ignoreVersion, targetInfo: info } = input;
  const names = source.kind === 'stored' ? (source.projects ?? []) : [];
  return importPackage(
    {
      ...input,
      counterpart: input.counterpart?.(input.request.projects),
      plan: await input.planned?.(names),
      info,
      dryRun,
      overwrites,
      ignoreVersion,
      onConflict: 'fail',
      options: { ...input.importOptions },
    },
    { ...ports, target, source, secrets, open: () => Promise.resolve(ports.source) },
    signal,
  );
}

export function reportOfHalves(
  route: Route,
  imported: ImportReport,
  input: MigrateInput,
  jobs: readonly string[],
): MigrateReport {
  return {
    outcome: imported.outcome,
    route,
    rerouted: undefined,
    projects: input.request.projects,
    jobs: imported.handle === undefined ? jobs : [...jobs, imported.handle],
    logOf: imported.dryRun ? imported.handle : undefined,
    package: imported.package,
    plan: imported.plan,
    dryRun: input.dryRun,
    warnings: imported.warnings,
    waitingFor: undefined,
    items: imported.items,
    result: imported.result,
    left: imported.left,
    backup: imported.backup,
    log: imported.log,
  };
}
