import { extname, resolve } from 'node:path';
import { readInventory } from '../../../core/operations/read-lists.ts';
import { MigratorError } from '../../../errors.ts';
import { createFileSink } from '../../../files/whole-file.ts';
import { plural } from '../../../plural.ts';
import type { InventoryItem } from '../../../ports/adapter.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { instancesOf, requireInstance } from '../../servers/instances.ts';
import { lines } from '../../terminal/table.ts';
import type { InitOptions } from './flags.ts';

/** An item of the new plan. */
interface Row {
  readonly project: string;
  /** Only where two projects have one name. */
  readonly as: string | undefined;
  readonly changed: string | undefined;
}

export async function runWaveInit({ options }: Invocation<InitOptions>, context: Context) {
  const from = requireInstance(options.from, '--from');
  const to = requireInstance(options.to, '--to');
  const instances = await instancesOf(context);
  instances.config(to);
  const { output } = options;
  const kind = output === undefined ? 'yaml' : kindOf(output);
  const found = await readInventory('project', await instances.source(from), await context.reporter(), context.signal);
  const rows = rowsOf(found.filter(({ name }) => fits(name, options.match)));
  if (rows.length === 0) throw nothing(from, found.length, options.match);
  const text = kind === 'csv' ? csv(rows, from, to) : yaml(rows, from, to);
  const file = output === undefined ? undefined : resolve(context.io.cwd, output);
  if (file !== undefined) await write(file, text);
  context.result(
    'wave-init',
    { file, items: rows.length, text },
    file === undefined
      ? text.trimEnd()
      : lines(`wrote ${file}: ${plural(rows.length, 'item')}`, `next: migrator wave check ${output ?? ''}`),
  );
  return undefined;
}

function kindOf(file: string): 'yaml' | 'csv' {
  const extension = extname(file).toLowerCase();
  if (extension === '.csv') return 'csv';
  if (extension === '.yaml' || extension === '.yml') return 'yaml';
  throw new MigratorError('USAGE', `wave init writes YAML or CSV, and "${file}" has another extension`, {
    hint: 'name a file that ends in .yaml or .csv',
  });
}

async function write(file: string, text: string): Promise<void> {
  const sink = await createFileSink(file, { overwrite: false, mode: 0o644 });
  try {
    await sink.write(Buffer.from(text));
    await sink.commit();
  } finally {
    await sink.discard();
  }
}

function nothing(from: string, all: number, patterns: readonly string[]): MigratorError {
  const asked = patterns.length === 0 ? '' : ` whose name fits ${patterns.join(', ')}`;
  return new MigratorError('NOT_FOUND', `${from} has no project${asked}`, {
    hint:
      all === 0 ? 'look at another instance' : `it has ${plural(all, 'project')}: migrator inventory --from ${from}`,
  });
}

/** `*` stands for any text, `?` for one character. */
function fits(name: string, patterns: readonly string[]): boolean {
  return (
    patterns.length === 0 ||
    patterns.some((pattern) => {
      const source = pattern
        .replace(/[\\^$.|+()[\]{}]/gu, '\\$&')
        .replaceAll('*', '.*')
        .replaceAll('?', '.');
      return new RegExp(`^${source}$`, 'su').test(name);
    })
  );
}

/** Sorted by name. Projects of one name are named by their ids. */
function rowsOf(found: readonly InventoryItem[]): readonly Row[] {
  const counts = new Map<string, number>();
  for (const { name } of found) counts.set(name, (counts.get(name) ?? 0) + 1);
  return found
    .toSorted((one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0))
    .map(({ name, id, container, modifiedAt }) =>
      counts.get(name) === 1
        ? { project: name, as: undefined, changed: modifiedAt }
        : { project: id, as: `${name} (${container ?? id})`, changed: modifiedAt },
    );
}

function yaml(rows: readonly Row[], from: string, to: string): string {
  const items = rows.map(({ project, as, changed }) => {
    const item = as === undefined ? scalar(project) : `{ project: ${quoted(project)}, as: ${quoted(as)} }`;
    return `      - ${item}${changed === undefined ? '' : ` # last change ${changed}`}`;
  });
  return `${lines(
    `# One item for each project of ${oneLine(from)}. "migrator help waves" tells what else a plan can say.`,
    `name: ${scalar(`${from}-to-${to}`)}`,
    `from: ${scalar(from)}`,
    `to: ${scalar(to)}`,
    '# defaults: { options: { overwrite-existing: true } }   # flags of migrate-project',
    '# limits: { workers: 4 }',
    '# onFailure: stop',
    'waves:',
    '  - name: all',
    '    items:',
    ...items,
  )}\n`;
}

const oneLine = (text: string): string => text.replaceAll(/[\r\n]/gu, ' ');

const quoted = (text: string): string => JSON.stringify(text);

/** Plain where YAML cannot read it as anything else. */
function scalar(text: string): string {
  const isPlain =
    /^\p{L}[\p{L}\p{N}_./-]*(?: [\p{L}\p{N}_./-]+)*$/u.test(text) && !/^(?:true|false|null)$/iu.test(text);
  return isPlain ? text : quoted(text);
}

function csv(rows: readonly Row[], from: string, to: string): string {
  const head = ['project', 'as', 'wave', 'needs', 'from', 'to', 'owner', '# last change'];
  const body = rows.map(({ project, as = '', changed = '' }) => [project, as, 'all', '', from, to, '', changed]);
  return [head, ...body].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

const cell = (text: string): string => (/[",;\t\r\n]|^\s|\s$/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
