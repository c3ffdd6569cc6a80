import { MigratorError } from '../../errors.ts';
import type { Reporter } from '../../ports/reporter.ts';
import type { Instance } from '../instance.ts';
import { requireProjectNames } from '../operation.ts';
import { compareContent, type CompareInput, type Verified } from '../steps/counterpart.ts';
import { probeBoth, requireSameProduct } from '../steps/preflight.ts';

export interface CompareReport extends Verified {
  readonly outcome: 'done' | 'partial';
}

interface CompareSides {
  readonly source: Instance;
  readonly target: Instance;
  readonly reporter: Reporter;
}

/** Compares what projects consist of on two instances, after a first call to both. Partial when they differ. */
export async function compareProjects(
  input: CompareInput,
  sides: CompareSides,
  signal: AbortSignal,
): Promise<CompareReport> {
  const { source, target, reporter } = sides;
  requireProjectNames(input.projects, source.adapter, 'give --project <name>, once for each');
  requireSameProduct(source, target);
  await probeBoth(source, target, reporter, signal);
  const { equal, differences, blind } = await compareContent(input, sides, signal);
  if (equal === 0 && differences.length === 0) {
    throw new MigratorError('NOT_FOUND', `neither ${source.name} nor ${target.name} has anything to compare`, {
      hint: 'see what an instance has with: migrator inventory --from <instance>',
    });
  }
  return { outcome: differences.length === 0 ? 'done' : 'partial', equal, differences, blind };
}
