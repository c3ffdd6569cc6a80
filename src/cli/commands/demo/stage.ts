import { fileURLToPath } from 'node:url';
import { readInventory } from '../../../core/operations/read-lists.ts';
import type { InventoryItem } from '../../../ports/adapter.ts';
import { Context } from '../../context.ts';
import { instancesOf } from '../../servers/instances.ts';

export const binary = fileURLToPath(new URL('../../../../bin/migrator.mjs', import.meta.url));

export interface Stage {
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly context: Context;
  /** Everything that the steps print is shown, with their progress. */
  readonly full: boolean;
}

/** What an instance has, read by this process: starting the binary for each look would take most of the time. */
export async function inventory({ folder, env, context }: Stage, name: string): Promise<readonly InventoryItem[]> {
  const own = new Context(
    { ...context.io, cwd: folder, env },
    { ...context.globals, config: undefined, quiet: true, progress: 'none' },
  );
  try {
    const source = await (await instancesOf(own)).source(name);
    return await readInventory(undefined, source, await own.reporter(), context.signal);
  } finally {
    await own.close();
  }
}
