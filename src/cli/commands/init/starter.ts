import { type Product, productOptions } from '../../../adapters/index.ts';
import { sampleProjects } from '../../flags/examples.ts';

export interface StarterInstance {
  readonly name: string;
  readonly product: string;
  readonly url: string;
  /** The settings of the adapter. Secrets are references. */
  readonly settings: Readonly<Record<string, string>>;
}

export interface StarterAnswers {
  readonly instances: readonly StarterInstance[];
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** What follows `migrate-project` to move something at once. */
  readonly move?: readonly string[] | undefined;
}

interface Sample {
  /** Settings of the source and of the target. */
  readonly settings: readonly [Settings, Settings];
  /** Both are parts of one server, in the folder of this name. */
  readonly shared?: string;
  readonly move: readonly string[];
}

type Settings = StarterInstance['settings'];

const storage = './.migrator/storage';

/** What the sample data of each product can move at once: the source has it, and the target lacks it or an older state of it. */
const samples: Readonly<Record<Product, Sample>> = {
  octopus: {
    settings: [
      { space: 'Default', sample: 'source' },
      { space: 'Default', sample: 'target' },
    ],
    move: [sampleProjects.octopus],
  },
  enms: {
    settings: [{ sample: 'source' }, { sample: 'target' }],
    // The services that networks share are on the target already.
    move: [sampleProjects.enms, '--overwrite-existing'],
  },
  microstrategy: {
    settings: [
      { sample: 'source', storage },
      { sample: 'target', storage },
    ],
    // Objects move into a project that the target has.
    move: [sampleProjects.microstrategy, '--default-action', 'use_newer'],
  },
  snaplogic: {
    settings: [
      { org: 'Acme-Dev', sample: 'source' },
      { org: 'Acme-Test', sample: 'source' },
    ],
    shared: 'us',
    move: [sampleProjects.snaplogic],
  },
};

/** An embedded instance of a product with sample data. */
export function sampleInstance(name: string, product: Product, role: 'source' | 'target'): StarterInstance {
  const { settings, shared } = samples[product];
  const url = `embedded:./.migrator/${shared ?? name}`;
  return { name, product, url, settings: settings[role === 'source' ? 0 : 1] };
}

export const sampleMove = (product: Product): readonly string[] => samples[product].move;

/**
 * Two embedded instances, so that a user can try everything without a server or an account. They do not hold the same: the
 * first one has projects that the second one lacks.
 */
export const embeddedStarter = (product: Product): StarterAnswers => ({
  instances: [sampleInstance('lab', product, 'source'), sampleInstance('prod', product, 'target')],
  from: 'lab',
  to: 'prod',
  move: sampleMove(product),
});

/** Every JSON string is also a valid YAML double-quoted scalar. */
const scalar = (text: string): string =>
  /^[A-Za-z][A-Za-z0-9_-]*$/.test(text) ? wordOrQuoted(text) : JSON.stringify(text);

/** Quotes words that YAML 1.1 or 1.2 does not read as text. */
const wordOrQuoted = (word: string): string =>
  /^(true|false|yes|no|on|off|null|y|n)$/i.test(word) ? JSON.stringify(word) : word;

function instanceLines({ name, product, url, settings }: StarterInstance): string[] {
  const fields = Object.entries({ product, url: url, ...settings });
  return [`  ${scalar(name)}:`, ...fields.map(([key, value]) => `    ${scalar(key)}: ${scalar(value)}`)];
}

/** A server of that product, as a comment. */
function serverLines(product: string): readonly string[] {
  const { account = [], settings = [] } = productOptions.find((entry) => entry.product === product) ?? {};
  const secret = (name: string) => settings.some((one) => one.name === name && one.secret === true);
  const asked = settings.filter(({ question }) => question !== undefined).map(({ name }) => name);
  const fields = {
    product,
    url: `https://${product}.example.com`,
    ...Object.fromEntries(
      account.map((name) => [name, secret(name) ? `env:${variableOf('staging', name)}` : 'migrator']),
    ),
    ...Object.fromEntries(asked.map((name) => [name, examples[name] ?? '...'])),
  };
  return ['  # staging:', ...Object.entries(fields).map(([key, value]) => `  #   ${key}: ${value}`)];
}

/** Of the settings that `init` asks for. */
const examples: Readonly<Record<string, string>> = { space: 'Default', org: 'Acme', project: 'Sales' };

/** The variable that holds a secret of an instance, unless the user names another one. */
export function variableOf(name: string, setting: string): string {
  const words = `${name}_${setting.replace(/[A-Z]/gu, (letter) => `_${letter}`)}`.toUpperCase();
  // A variable cannot begin with a digit.
  return words.replace(/[^A-Z0-9]+/gu, '_').replace(/^(?=\d)/u, '_');
}

/** The commented YAML that `init` writes as .migratorrc. */
export function starterConfig(answers: StarterAnswers): string {
  const { from, to } = answers;
  return `# Configuration of migrator. Every key: migrator help configuration. Check it with: migrator config check
#
# Secrets are references: env:NAME, file:path, command:..., or prompt. Paths are relative to this file.

instances:
${answers.instances.flatMap(instanceLines).join('\n')}
  # A server looks like this:
${serverLines(answers.instances[0]?.product ?? 'octopus').join('\n')}
  # A store keeps sealed packages: a folder, or a bucket (s3://bucket/prefix). See: migrator help stores
  # vault:
  #   product: folder
  #   url: file:///srv/packages

# Values for flags, by their camel-case names: --package-id is packageId.
defaults:
${from === undefined ? '  # from: lab' : `  from: ${scalar(from)}`}
${to === undefined ? '  # to: prod' : `  to: ${scalar(to)}`}

# Keys of packages. Default: the keys that \`migrator key generate\` writes to your configuration folder.
# keys:
#   signing: ./keys/migrator.key
#   passphrase: env:MIGRATOR_KEY_PASSPHRASE
#   identities: [./keys/identity.txt]
#   recipients: [age1...]
#   trust: [./keys/colleague.pub]

# Connections to servers.
# http:
#   timeout: 60s
#   retries: 5
#   proxy: http://proxy.example.com:3128
#   ca: ./company-ca.pem
`;
}
