import { readFile, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { readPlan } from '../../../core/waves/plan-file.ts';
import { inOrder } from '../../../core/waves/plan-fields.ts';
import type { Fault, Plan } from '../../../core/waves/plan.ts';
import { MigratorError } from '../../../errors.ts';
import { localError, systemCode } from '../../../files/local-error.ts';
import { decodeText } from '../../../files/text.ts';
import { plural } from '../../../plural.ts';
import type { Context } from '../../context.ts';
import { readCsv } from './plan-csv.ts';
import { flagNames } from '../item-moves.ts';
import { readYaml, type ReadNode } from './plan-yaml.ts';

const longest = 16 * 1024 * 1024;
const mostFaults = 50;

/**
 * The plan of a file. USAGE with everything that is wrong in it, by line. `flagFaults` looks at what only a run needs: the
 * flags and where the items arrive. Asks no server.
 */
export async function readPlanFile(
  path: string,
  context: Context,
  flagFaults: (plan: Plan) => Promise<readonly Fault[]> = () => Promise.resolve([]),
): Promise<Plan> {
  const text = await textOf(path, context);
  const { defaults, instances } = await context.config();
  const { root, faults: ofText } = await readNode(path, text, context);
  const [, name = 'plan'] = /^(.+?)(?:\.[^.]*)?$/u.exec(basename(path)) ?? [];
  const known = { name, instances: Object.values(instances), from: defaults['from'], to: defaults['to'] };
  const read = root && readPlan(root, known);
  const told = new Set(ofText.map(({ line }) => line));
  // What stands on a line that cannot be read has no meaning.
  const ofMeaning = (read?.faults ?? []).filter(({ line }) => !told.has(line));
  const faults = [...ofText, ...ofMeaning, ...(read === undefined ? [] : await flagFaults(read.plan))];
  if (faults.length > 0 || read === undefined) throw faulty(path, inOrder(faults));
  return read.plan;
}

async function readNode(path: string, text: string, context: Context): Promise<ReadNode> {
  if (/\.csv$/iu.test(path)) return readCsv(text, await flagNames(context));
  if (/\.(ya?ml|json)$/iu.test(path)) return readYaml(text);
  throw new MigratorError('USAGE', `"${path}" is no plan file by its name`, {
    hint: 'a plan is a .yaml, .json or .csv file; "migrator wave init" writes one',
  });
}

async function textOf(path: string, { io }: Context): Promise<string> {
  const file = resolve(io.cwd, path);
  try {
    const { size } = await stat(file);
    if (size > longest)
      throw new MigratorError('USAGE', `"${path}" is longer than ${String(longest / 1024 / 1024)} MiB`);
    const text = decodeText(await readFile(file));
    const foreign = text.search(/[\0\uFFFD]/u);
    if (foreign < 0) return text;
    const line = text.slice(0, foreign).split(/\r\n|\n|\r/u).length;
    throw new MigratorError('USAGE', `"${path}" is no text at line ${String(line)}`, { hint: 'save it as UTF-8' });
  } catch (error) {
    if (systemCode(error) === 'ENOENT')
      throw new MigratorError('USAGE', `there is no plan "${path}"`, {
        hint: '"migrator wave init --from <instance> --to <instance> -o plan.yaml" writes one',
        cause: error,
      });
    throw error instanceof MigratorError ? error : localError(error, `could not read "${path}"`);
  }
}

function faulty(path: string, faults: readonly Fault[]): MigratorError {
  const shown = faults.slice(0, mostFaults).map(({ line, message, hint }) => {
    return `\n  line ${String(line)}: ${message}${hint === undefined ? '' : ` (${hint})`}`;
  });
  const more = faults.length > mostFaults ? `\n  and ${String(faults.length - mostFaults)} more` : '';
  return new MigratorError('USAGE', `"${path}" has ${plural(faults.length, 'fault')}:${shown.join('')}${more}`, {
    hint: 'correct the plan; nothing was asked of a server',
    details: { faults },
  });
}
