import { dirname } from 'node:path';
import { MigratorError } from '../../../errors.ts';
import { plural } from '../../../plural.ts';
import type { Invocation } from '../../build-command.ts';
import { refuseFolder } from '../../config/adapter-path.ts';
import { adaptersOf, allow, forget, whatRuns } from '../../config/allowed.ts';
import { findConfig } from '../../config/search.ts';
import type { Context } from '../../context.ts';
import { lines } from '../../terminal/table.ts';
import type { ConfigTrustOptions } from './flags.ts';

/** Runs nothing of the rc file. */
export async function runConfigTrust({ options }: Invocation<ConfigTrustOptions>, context: Context) {
  const { io, globals } = context;
  const found = await findConfig(io, globals.config, { runs: false });
  if (found === undefined)
    throw new MigratorError('NOT_FOUND', 'there is no rc file to trust', { hint: 'name one with --config <file>' });
  if (options.forget !== true) {
    for (const name of adaptersOf(found.content)) await refuseFolder(name, dirname(found.file));
  }
  const { digest, modules, computed, commands } = await whatRuns(found);
  const action = options.forget === true ? 'forgotten' : options.show === true ? 'shown' : 'allowed';
  if (action === 'forgotten') await forget(found, io);
  if (action === 'allowed') await allow(found, digest, io);
  const done = {
    forgotten: `${found.file} must not run code any more`,
    shown: `${found.file} can run:`,
    allowed: `${found.file} may run, until it or one of these files changes:`,
  }[action];
  context.result(
    'config-trust',
    { file: found.file, digest, action, modules, commands },
    lines(
      done,
      ...(action === 'forgotten' ? [] : [...filesAndPackages(modules.map(({ name }) => name)), ...commands.map(shell)]),
      action !== 'forgotten' && modules.length + commands.length === 0 ? '  nothing: it has no code' : undefined,
      ...computed.map((name) => `warning: ${name} loads modules by computed names, which the digest does not cover`),
      action === 'forgotten' ? undefined : `digest: ${digest}`,
    ),
  );
  return undefined;
}

/** The files by name, and the installed packages in one line: there are many, and nobody reads their files. */
function filesAndPackages(names: readonly string[]): readonly string[] {
  const packageOf = (name: string) => /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)\//u.exec(name)?.[1];
  const own = names.filter((name) => packageOf(name) === undefined);
  const packages = [...new Set(names.flatMap((name) => packageOf(name) ?? []))];
  return [
    ...own.map((name) => `  ${name}`),
    ...(packages.length === 0
      ? []
      : [
          `  ${plural(packages.length, 'package')} with ${plural(names.length - own.length, 'file')}: ${packages.join(', ')}`,
        ]),
  ];
}

const shell = (command: string): string => `  the command: ${command}`;
