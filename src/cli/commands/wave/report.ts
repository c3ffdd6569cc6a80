import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { reportFile } from '../../reporting/report-file.ts';
import { saveReport } from '../../reporting/reporting.ts';
import { lines } from '../../terminal/table.ts';
import { describeCounts, itemTable } from './describe.ts';
import type { ReportOptions } from './flags.ts';
import { reportNow } from './reported.ts';
import { currentFacts } from './status.ts';

export async function runWaveReport({ args: [path = ''], options }: Invocation<ReportOptions>, context: Context) {
  const { facts } = await currentFacts(path, context);
  const output = options.output === undefined ? undefined : reportFile(options.output, '--output', context.io.cwd);
  if (output !== undefined) await saveReport(output, await reportNow(facts, context), context);
  const file = output?.path;
  context.result(
    'wave-report',
    { file, ...facts },
    file === undefined
      ? lines(itemTable(facts.items, context.columns), `${facts.name}: ${describeCounts(facts)}`)
      : `wrote ${file}: ${describeCounts(facts)}`,
  );
  return undefined;
}
