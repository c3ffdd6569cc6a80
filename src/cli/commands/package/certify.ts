import { Command, Option } from 'commander';
import { act } from '../../command-action.ts';
import type { Context } from '../../context.ts';
import { examples } from '../../flags/examples.ts';
import { ListOption } from '../../flags/list-flag.ts';

export interface PackageCertifyOptions {
  readonly at: readonly string[];
  readonly status: 'uncertified' | 'requested' | 'certified' | 'rejected';
  readonly sync?: boolean;
}

export function certifyCommand(context: Context): Command {
  const command = new Command('certify')
    .description('vouch for a package on its server, ask for that, or take it back')
    .argument('<package>', '<id>@<version>, or the id alone where packages have no version')
    .addOption(
      new ListOption(
        '--at <instance>',
        'the instance; the decision is made at the first, and repeated at each other that holds it (repeatable)',
      ),
    )
    .addOption(
      new Option('--status <status>', 'what the package shall be')
        .choices(['requested', 'certified', 'rejected', 'uncertified'])
        .default('certified'),
    )
    .addOption(
      new Option('--sync', 'let each instance take over what another one decided, by their own means').conflicts(
        'status',
      ),
    );
  examples(command, [
    'migrator package certify 35958BEB7C56491C9A43F7661501E177 --at dev --status requested',
    'migrator package certify 35958BEB7C56491C9A43F7661501E177 --at dev --at prod',
  ]);
  return act<PackageCertifyOptions>(command, context, async (options, _context, args) => {
    const { runPackageCertify } = await import('../../verbs/package-change.ts');
    return runPackageCertify(args[0] ?? '', options, context);
  });
}
