import { accessCases } from './access-cases.ts';
import { exportCases, pushCases } from './export-cases.ts';
import { feedCases } from './feed-cases.ts';
import { dryRunCases, importCases, secrecyCases } from './import-cases.ts';
import { cancelCases, jobCases } from './job-cases.ts';
import { snapshotCases, writtenCases } from './snapshot-cases.ts';
import type { ContractCase, ContractSetup, Facet, Step } from './workbench.ts';

const chapters: readonly { readonly needs: readonly Facet[]; readonly cases: Readonly<Record<string, Step>> }[] = [
  { needs: [], cases: accessCases },
  { needs: ['exports'], cases: exportCases },
  { needs: ['exports', 'push', 'feed'], cases: pushCases },
  { needs: ['exports'], cases: jobCases },
  { needs: ['exports', 'cancel'], cases: cancelCases },
  { needs: ['feed'], cases: feedCases },
  { needs: ['exports', 'imports'], cases: importCases },
  { needs: ['exports', 'imports', 'dry-run'], cases: dryRunCases },
  { needs: ['exports', 'imports'], cases: secrecyCases },
  { needs: ['snapshots'], cases: snapshotCases },
  { needs: ['snapshots', 'exports', 'imports'], cases: writtenCases },
];

/**
 * What the contract promises, as cases for any test runner: each opens fresh instances, runs, closes them, and fails
 * by throwing. Only the chapters of the facets that the setup declares are returned.
 */
export function adapterContract(setup: ContractSetup): ContractCase[] {
  return chapters
    .filter(({ needs }) => needs.every((facet) => setup.facets.includes(facet)))
    .flatMap(({ cases }) => Object.entries(cases))
    .map(([name, step]) => ({ name, run: () => onBench(setup, step) }));
}

async function onBench(setup: ContractSetup, step: Step): Promise<void> {
  const bench = await setup.open();
  try {
    await step(bench, setup);
  } finally {
    for (const adapter of [bench.source, bench.target, bench.stranger]) await adapter.close?.();
    await bench.close();
  }
}
