import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { lines } from '../../terminal/table.ts';
import { version } from '../../version.ts';
import type { VersionOptions } from './flags.ts';
import { isNewer, newestVersion } from './npm.ts';

export async function runVersion({ options }: Invocation<VersionOptions>, context: Context) {
  const own = version();
  const { platform, arch, versions } = process;
  const here = { version: own, node: versions.node, platform, arch };
  const text = [`migrator ${own}`, `Node.js ${versions.node}`, `${platform} ${arch}`];
  if (options.check !== true) {
    context.result('version', here, lines(...text));
    return undefined;
  }
  const newest = await newestVersion(context);
  const isNewest = !isNewer(newest, own);
  context.result(
    'version',
    { ...here, newest, isNewest },
    lines(...text, isNewest ? 'npm has no newer version' : `npm has a newer version: ${newest}`),
  );
  return undefined;
}
