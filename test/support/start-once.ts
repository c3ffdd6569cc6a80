import { startOnce } from '../../src/core/steps/exactly-once.ts';
import type { Adapter } from '../../src/ports/adapter.ts';
import type { Run } from '../../src/ports/journal.ts';
import { adapterTools, never } from './adapter-tools.ts';
import { memoryRun } from './ports.ts';

/** An adapter that starts jobs as a run does: through startOnce, which settles a lost answer. */
export function startingOnce<Some extends Adapter>(
  adapter: Some,
  { tools = adapterTools(), run }: { readonly tools?: ReturnType<typeof adapterTools>; readonly run?: Run } = {},
): Some {
  const once = async (
    start: () => Promise<string>,
    find: (startedAfter: Date) => Promise<string | undefined>,
  ): Promise<string> => {
    const work = { step: 'test', instance: { name: 'here', adapter }, start, find };
    return (await startOnce(work, run ?? memoryRun(), tools.clock, never)).id;
  };
  const { exports, imports, moves } = adapter;
  return {
    ...adapter,
    ...(exports && {
      exports: {
        ...exports,
        start: (prepared, secrets, destination, signal) =>
          once(
            () => exports.start(prepared, secrets, destination, signal),
            (since) => exports.find(prepared, since, signal),
          ),
      } satisfies Adapter['exports'],
    }),
    ...(imports && {
      imports: {
        ...imports,
        start: (prepared, secrets, files, signal, options) =>
          once(
            () => imports.start(prepared, secrets, files, signal, options),
            (since) => imports.find(prepared, since, signal),
          ),
      } satisfies Adapter['imports'],
    }),
    ...(moves && {
      moves: {
        ...moves,
        start: (prepared, target, secrets, signal) =>
          once(
            () => moves.start(prepared, target, secrets, signal),
            (since) => moves.find(prepared, since, signal),
          ),
      } satisfies Adapter['moves'],
    }),
  };
}
