import { resolve } from 'node:path';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { lines } from '../../terminal/table.ts';
import { describeCounts, itemTable } from './describe.ts';
import type { ReportOptions } from './flags.ts';
import { writeWaveReport } from './report-file.ts';
import { currentFacts } from './status.ts';

export async function runWaveReport({ args: [path = ''], options }: Invocation<ReportOptions>, context: Context) {
  const { facts } = await currentFacts(path, context);
  const file = options.output === undefined ? undefined : resolve(context.io.cwd, options.output);
  if (file !== undefined) await writeWaveReport(file, facts, context);
  context.result(
    'wave-report',
    { file, ...facts },
    file === undefined
      ? lines(itemTable(facts.items, context.columns), `${facts.name}: ${describeCounts(facts)}`)
      : `wrote ${file}: ${describeCounts(facts)}`,
  );
  return undefined;
}
