import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Command } from 'commander';
import { buildCommand, type Run } from '../../../../src/cli/build-command.ts';
import { createContext } from '../../../../src/cli/context.ts';
import { withProductOptions } from '../../../../src/cli/flags/product-flags.ts';
import { productFlags, type ProductFlags } from '../../../../src/cli/flags/product-values.ts';
import { createProgram } from '../../../../src/cli/program.ts';
import { isMigratorError } from '../../../../src/errors.ts';
import type { ProductOptions, Verb } from '../../../../src/ports/options.ts';
import { helpOf } from '../../../support/commands.ts';
import { testIO } from '../../../support/test-io.ts';
import { withTempDir } from '../../../support/with-temp-dir.ts';

const table: readonly ProductOptions[] = [
  {
    product: 'river',
    title: 'River Server',
    options: [
      { name: 'password', value: 'secret', secret: true, description: 'locks it', verbs: ['partial-export', 'import'] },
      { name: 'replace-all', description: 'replaces', verbs: ['import', 'migrate-project'] },
      {
        name: 'success-callback',
        value: 'url',
        secret: true,
        url: true,
        description: 'calls',
        verbs: ['partial-export', 'migrate-project'],
      },
      { name: 'at-once', description: 'waits for nobody', verbs: ['migrate-project'] },
      { name: 'no-duplicate-check', description: 'overwrites', verbs: ['migrate-project'] },
      { name: 'skip-logs', description: 'leaves logs out', verbs: ['partial-export', 'migrate-project'] },
      { name: 'way', value: 'way', choices: ['boat', 'ferry'], description: 'by', verbs: ['partial-export'] },
    ],
  },
  {
    product: 'lake',
    title: 'Lake Cloud',
    options: [
      { name: 'password', value: 'secret', secret: true, description: 'opens it', verbs: ['import'] },
      {
        name: 'asset-type',
        value: 'type',
        many: true,
        choices: ['job', 'file'],
        description: 'only these',
        verbs: ['partial-export'],
      },
      { name: 'objects', value: 'file', file: true, description: 'what', verbs: ['partial-export'] },
      { name: 'accounts', value: 'file', file: true, secret: true, description: 'who', verbs: ['partial-export'] },
      { name: 'blob', value: 'file', many: true, file: true, bytes: true, description: 'raw', verbs: ['import'] },
      { name: 'place', value: 'place', description: 'where', verbs: ['import'] },
      { name: 'mode', value: 'mode', choices: ['quick', 'whole'], description: 'how', verbs: ['partial-export'] },
      { name: 'way', value: 'way', choices: ['cable', 'ferry'], description: 'by', verbs: ['partial-export'] },
    ],
  },
];

async function flags(
  verb: Verb,
  product: string,
  argv: readonly string[],
  { env = {}, rc = '' }: { env?: Record<string, string>; rc?: string } = {},
): Promise<ProductFlags & { err: string }> {
  return withTempDir(async (cwd) => {
    await writeFile(join(cwd, '.migratorrc.yaml'), rc);
    await writeFile(join(cwd, 'secret'), 'from a file', { mode: 0o600 });
    const io = testIO({ cwd, env, home: cwd });
    const context = createContext(io, argv);
    context.commandTree = () => createProgram(context);
    context.productOptions = () => Promise.resolve(table);
    let result: ProductFlags | undefined;
    const run: Run<object> = async ({ command: self }) => {
      result = await productFlags(self, verb, product, context);
      return undefined;
    };
    const entry = {
      name: verb,
      description: 'works',
      flags: () => Promise.resolve((command: Command) => withProductOptions(command, verb, table)),
      run: () => Promise.resolve(run),
    };
    const command = (await buildCommand(entry, context, undefined)).exitOverride();
    command.configureOutput({ writeErr: () => undefined });
    await new Command('migrator').addCommand(command).parseAsync([verb, ...argv], { from: 'user' });
    return { ...result!, err: io.err };
  });
}

const refusal = async (...given: Parameters<typeof flags>): Promise<string> => {
  try {
    await flags(...given);
  } catch (error) {
    if (isMigratorError(error, 'USAGE')) return error.message;
    throw error;
  }
  throw new Error('nothing was refused');
};

describe('a flag of two products with words of their own', () => {
  test('takes the words of the product', async () => {
    expect((await flags('partial-export', 'lake', ['--way', 'cable'])).options).toEqual({ way: 'cable' });
    expect((await flags('partial-export', 'river', ['--way', 'boat'])).options).toEqual({ way: 'boat' });
  });

  test('refuses those of the other one, and a default of the rc file is for the other one', async () => {
    expect(await refusal('partial-export', 'lake', ['--way', 'boat'])).toBe('--way cannot be "boat" for this instance');
    const rc = 'defaults: { way: boat }';
    expect((await flags('partial-export', 'lake', [], { rc })).options).toEqual({});
    expect((await flags('partial-export', 'river', [], { rc })).options).toEqual({ way: 'boat' });
  });

  test('offers all words', () => {
    const { options } = withProductOptions(new Command('x'), 'partial-export', table);
    expect(options.find(({ long }) => long === '--way')?.argChoices).toEqual(['boat', 'ferry', 'cable']);
  });
});

describe('help', () => {
  test('shows each flag once, with the first product that has it, and with what it means for each', () => {
    const text = helpOf(withProductOptions(new Command('import'), 'import', table));
    expect(text).toMatch(
      /River Server options:\n +--password <secret> +locks it; Lake Cloud: opens it\n +--replace-all/,
    );
    expect(text.match(/--password/g)).toHaveLength(1);
    expect(text).not.toContain('--skip-logs');
    expect(helpOf(withProductOptions(new Command('x'), 'partial-export', table))).toMatch(
      /Lake Cloud options:[^]*--asset-type/,
    );
  });
});

describe('product flags', () => {
  test('switches, lists and choices become options by their camel-case names', async () => {
    const given = await flags('partial-export', 'lake', [
      '--asset-type',
      'job',
      '--asset-type',
      'file',
      '--mode',
      'quick',
    ]);
    expect(given.options).toEqual({ assetType: ['job', 'file'], mode: 'quick' });
    expect(given.secrets).toEqual({});
  });

  test('the text of a file becomes an option, or a secret if the option is one', async () => {
    const given = await flags('partial-export', 'lake', ['--objects', 'secret', '--accounts', 'secret']);
    expect(given.options).toEqual({ objects: 'from a file' });
    expect(given.secrets['accounts']?.reveal()).toBe('from a file');
  });

  test('the bytes of each of several files become an option, with the name of the file', async () => {
    const given = await flags('import', 'lake', ['--blob', 'secret', '--blob', './secret']);
    const bytes = `secret/${Buffer.from('from a file').toString('base64')}`;
    expect(given.options).toEqual({ blob: [bytes, bytes] });
    expect(await refusal('import', 'lake', ['--blob', './absent'])).toBe('--blob: "./absent" cannot be read');
  });

  test('a file that cannot be read is USAGE, and the error names the file and the flag', async () => {
    expect(await refusal('partial-export', 'lake', ['--objects', './absent.csv'])).toBe(
      '--objects: "./absent.csv" cannot be read',
    );
    expect(await refusal('partial-export', 'lake', ['--objects', '.'])).toMatch(/^--objects: "\." cannot be read/);
  });

  test('an option that migrator carries out by itself is accepted for every product', async () => {
    const given = await flags('partial-export', 'lake', ['--success-callback', 'https://x.example']);
    expect(given.options).toEqual({});
    expect(given.byMigrator['successCallback']?.reveal()).toBe('https://x.example');
    const own = await flags('partial-export', 'river', ['--success-callback', 'https://x.example']);
    expect(own.secrets['successCallback']?.reveal()).toBe('https://x.example');
    expect(own.options).toEqual({});
    expect(own.byMigrator).toEqual({});
  });

  test('migrator makes the callback of a move, which has several jobs and one result', async () => {
    const given = await flags('migrate-project', 'river', ['--success-callback', 'https://x.example']);
    expect(given).toMatchObject({ options: {}, secrets: {} });
    expect(given.byMigrator['successCallback']?.reveal()).toBe('https://x.example');
  });

  test('a callback may be a reference, and one that is no URL is refused without its text', async () => {
    const hook = 'https://hooks.example/T0AbCdEf0123456789?token=abc';
    const given = await flags('partial-export', 'river', ['--success-callback', 'env:HOOK'], { env: { HOOK: hook } });
    expect(given.secrets['successCallback']?.reveal()).toBe(hook);
    expect(
      await refusal('partial-export', 'river', ['--success-callback', 'env:HOOK'], { env: { HOOK: 'ftp://hidden' } }),
    ).toBe('--success-callback must be an http or https URL');
  });

  test('a list that was not given is absent', async () => {
    expect((await flags('partial-export', 'lake', [])).options).toEqual({});
  });

  test('choices of lists are checked', async () => {
    await expect(flags('partial-export', 'lake', ['--asset-type', 'dream'])).rejects.toThrow(/Allowed choices/);
  });

  test.each([
    ['river', ['--mode', 'quick'], {}, '--mode is for Lake Cloud, and this instance is river'],
    ['lake', ['--skip-logs'], {}, '--skip-logs is for River Server, and this instance is lake'],
    ['lake', [], { MIGRATOR_SKIP_LOGS: '1' }, '--skip-logs is for River Server, and this instance is lake'],
  ])(
    'a flag of another product is USAGE, and the error names that product: %s %j %j',
    async (product, argv, env, message) => {
      expect(await refusal('partial-export', product, argv, { env: env })).toBe(message);
    },
  );

  test('defaults of the rc file are ignored by products that do not know them', async () => {
    const rc = 'defaults: { skipLogs: true, mode: quick }';
    expect((await flags('partial-export', 'lake', [], { rc })).options).toEqual({ mode: 'quick' });
    expect((await flags('partial-export', 'river', [], { rc })).options).toEqual({ skipLogs: true });
  });

  test('a flag of two products follows the rules of the product in use', async () => {
    const env = { PHRASE: 'sesame' };
    for (const product of ['river', 'lake']) {
      const { secrets, options } = await flags('import', product, ['--password', 'env:PHRASE'], { env });
      expect(secrets['password']?.reveal()).toBe('sesame');
      expect(options).toEqual({});
    }
  });

  test('a plain secret causes a warning on the command line and in the rc file, but not in the environment', async () => {
    expect((await flags('import', 'river', ['--password', 'plain'])).err).toContain('on the command line');
    expect((await flags('import', 'river', [], { rc: 'defaults: { password: plain }' })).err).toContain(
      'in the rc file',
    );
    const fromVariable = await flags('import', 'river', [], { env: { MIGRATOR_PASSWORD: 'plain' } });
    expect(fromVariable.secrets['password']?.reveal()).toBe('plain');
    expect(fromVariable.err).not.toContain('plain');
    expect(fromVariable.err).toContain('is a common word or number');
    const fromFile = await flags('import', 'river', [], { rc: 'defaults: { password: "file:secret" }' });
    expect(fromFile.secrets['password']?.reveal()).toBe('from a file');
  });
});

describe('--set', () => {
  test('sets options of adapters that declare no flags; the value may contain "="', async () => {
    const { options } = await flags('partial-export', 'acme', [
      '--set',
      'depth=2',
      '--set',
      'query=a=b',
      '--set',
      'empty=',
    ]);
    expect(options).toEqual({ depth: '2', query: 'a=b', empty: '' });
  });

  test.each(['depth', '=2', ''])('"%s" is not a valid setting', async (setting) => {
    expect(await refusal('partial-export', 'acme', ['--set', setting])).toContain('name=value');
  });

  test('a name that is set twice is refused', async () => {
    const twice = ['--set', 'depth=2', '--set', 'depth=3'];
    expect(await refusal('partial-export', 'acme', twice)).toContain('--set gives depth more than once');
  });

  test('is refused for a product with flags of its own, but ignored there when it comes from the rc file', async () => {
    expect(await refusal('partial-export', 'river', ['--set', 'a=b'])).toContain(
      'adapters that declare no flags, but river has',
    );
    expect((await flags('partial-export', 'river', [], { rc: 'defaults: { set: [a=b] }' })).options).toEqual({});
  });
});

describe('a switch whose name begins with no', () => {
  test('is off until it is given, and does not switch anything else off', async () => {
    expect(await flags('migrate-project', 'river', [])).toMatchObject({ options: {} });
    const given = await flags('migrate-project', 'river', ['--no-duplicate-check']);
    expect(given).toMatchObject({ options: { noDuplicateCheck: true } });
  });

  test('has its whole name in the environment and in the rc file', async () => {
    const env = { MIGRATOR_NO_DUPLICATE_CHECK: '1' };
    expect((await flags('migrate-project', 'river', [], { env })).options).toEqual({ noDuplicateCheck: true });
    const rc = 'defaults: { noDuplicateCheck: true }';
    expect((await flags('migrate-project', 'river', [], { rc })).options).toEqual({ noDuplicateCheck: true });
  });
});
