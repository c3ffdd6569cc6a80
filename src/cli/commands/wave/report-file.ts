import { resolve } from 'node:path';
import type { WaveFacts } from '../../../core/waves/item-record.ts';
import { MigratorError } from '../../../errors.ts';
import { createFileSink } from '../../../files/whole-file.ts';
import type { Context } from '../../context.ts';

/** The one place where the facts of a wave become a file. USAGE for a name that says no known kind of report. */
export async function writeWaveReport(file: string, facts: WaveFacts, context: Context): Promise<void> {
  reportKind(file);
  const shown = context.redactor.redactValue({ document: 'migrator/wave-report/1', ...facts });
  const sink = await createFileSink(resolve(context.io.cwd, file), { overwrite: true, mode: 0o600 });
  try {
    await sink.write(Buffer.from(`${JSON.stringify(shown, undefined, 2)}\n`));
    await sink.commit();
  } finally {
    await sink.discard();
  }
}

export function reportKind(file: string): 'json' {
  if (/\.json$/iu.test(file)) return 'json';
  throw new MigratorError('USAGE', `"${file}" is no report by its name`, { hint: 'name a file that ends in .json' });
}
