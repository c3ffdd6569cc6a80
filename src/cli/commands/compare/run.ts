import { compareProjects } from '../../../core/operations/compare.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { productFlags } from '../../flags/product-values.ts';
import { instancesOf, requireInstance } from '../../servers/instances.ts';
import { lines } from '../../terminal/table.ts';
import { describeComparison } from '../summary.ts';
import type { CompareOptions } from './flags.ts';

export async function runCompare({ options, command }: Invocation<CompareOptions>, context: Context) {
  const [from, to] = [requireInstance(options.from, '--from'), requireInstance(options.to, '--to')];
  const instances = await instancesOf(context);
  const flags = await productFlags(command, 'compare', instances.config(from).product, context);
  const { project: projects } = options;
  const { exportOptions, importOptions } = await instances.request(from, {
    verb: 'compare',
    projects,
    ...flags,
  });
  const [source, target] = [await instances.source(from), await instances.source(to)];
  const report = await compareProjects(
    { projects, exportOptions, importOptions },
    { source, target, reporter: await context.reporter() },
    context.signal,
  );
  context.result('compare', { from, to, ...report }, lines(...describeComparison(report, from, to, context.columns)));
  return { outcome: report.outcome, told: { from, to, verified: report } };
}
