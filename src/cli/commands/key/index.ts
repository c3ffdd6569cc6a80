import { Command, Option } from 'commander';
import { act } from '../../command-action.ts';
import type { Context } from '../../context.ts';
import { examples } from '../../flags/examples.ts';

export interface KeyGenerateOptions {
  readonly kind: 'both' | 'signing' | 'identity';
  readonly output?: string;
  readonly passphrase?: string;
}

export interface KeyTrustOptions {
  readonly name?: string;
}

export function keyCommand(context: Context): Command {
  return new Command('key')
    .addCommand(generateCommand(context))
    .addCommand(showCommand(context))
    .addCommand(trustCommand(context));
}

function generateCommand(context: Context): Command {
  const command = new Command('generate')
    .description('make a signing key and an encryption identity; never overwrites one')
    .addOption(new Option('--kind <kind>', 'which').choices(['both', 'signing', 'identity']).default('both'))
    .addOption(
      new Option('-o, --output <folder>', "where to (default: the user's key folder, where migrator finds them)"),
    )
    .addOption(
      new Option(
        '--passphrase <secret>',
        'protect the signing key with this: env:NAME, file:path, command:… or prompt',
      ),
    );
  examples(command, ['migrator key generate', 'migrator key generate --passphrase prompt']);
  return act<KeyGenerateOptions>(command, context, async (options) => {
    const { runKeyGenerate } = await import('../../verbs/key.ts');
    return runKeyGenerate(options, context);
  });
}

function showCommand(context: Context): Command {
  const command = new Command('show').description(
    'show the public keys: what others need to trust and to encrypt to you, and whom you trust',
  );
  examples(command, ['migrator key show']);
  return act(command, context, async () => {
    const { runKeyShow } = await import('../../verbs/key.ts');
    return runKeyShow(context);
  });
}

function trustCommand(context: Context): Command {
  const command = new Command('trust')
    .description('trust packages that this key signs')
    .argument('<key>', 'a minisign public key (RW…) or a file that holds one')
    .addOption(new Option('--name <name>', 'a name for it (default: the key id)'));
  examples(command, ['migrator key trust ./colleague.pub --name colleague']);
  return act<KeyTrustOptions>(command, context, async (options, _context, args) => {
    const { runKeyTrust } = await import('../../verbs/key.ts');
    return runKeyTrust(args[0] ?? '', options, context);
  });
}
