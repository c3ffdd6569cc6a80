import type { Config } from './config.ts';
import type { ProblemsOfCode } from './problems.ts';

/** What the code looks at in an rc file whose data has no faults. */
export function asGiven({
  instances,
  defaults,
  adapters,
  directory,
  allowCode,
}: Config): Parameters<ProblemsOfCode>[0] {
  const given = Object.values(instances).map(
    ({ name, product, url, settings }) => [name, { product, url, ...settings }] as const,
  );
  return {
    root: { instances: Object.fromEntries(given), defaults, adapters },
    faulty: [],
    file: { directory, allowCode },
  };
}
