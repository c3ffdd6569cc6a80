import { readInventory } from '../../../core/operations/read-lists.ts';
import { contradiction } from '../../flags/contradictions.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { instancesOf, requireInstance } from '../../servers/instances.ts';
import { rememberNames } from '../../state/known-names.ts';
import { table } from '../../terminal/table.ts';
import type { InventoryOptions } from './flags.ts';

export async function runInventory(
  { args: [kind = 'project'], options, command }: Invocation<InventoryOptions>,
  context: Context,
) {
  if (options.all === true && command.args.length > 0) throw contradiction(`the kind "${kind}"`, '--all');
  const from = requireInstance(options.from, '--from');
  const source = await (await instancesOf(context)).source(from);
  const wanted = options.all === true ? undefined : kind;
  const items = await readInventory(wanted, source, await context.reporter(), context.signal);
  if (items.some((item) => item.kind === 'project')) {
    const projects = items.filter((item) => item.kind === 'project').map(({ name }) => name);
    await rememberNames(context.io, source, { projects, kinds: source.adapter.inventory.kinds });
  }
  const rows = items.map((item) => [item.kind, item.name, item.id, item.container ?? '']);
  context.result(
    'inventory',
    { from, items },
    rows.length === 0 ? `${from} has no ${kind}` : table(['kind', 'name', 'id', 'in'], rows, context.columns),
  );
  return undefined;
}
