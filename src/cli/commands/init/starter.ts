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
  /** A project of the source that can be moved at once. */
  readonly project?: string | undefined;
}

/**
 * Two embedded instances, so that a user can try everything without a server or an account. They do not hold the same: the
 * first one has projects that the second one lacks.
 */
export const embeddedStarter: StarterAnswers = {
  instances: [
    {
      name: 'lab',
      product: 'octopus',
      url: 'embedded:./.migrator/lab',
      settings: { space: 'Default', sample: 'source' },
    },
    {
      name: 'prod',
      product: 'octopus',
      url: 'embedded:./.migrator/prod',
      settings: { space: 'Default', sample: 'target' },
    },
  ],
  from: 'lab',
  to: 'prod',
  project: 'Web Shop',
};

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

/** The commented YAML that `init` writes as .migratorrc. */
export function starterConfig(answers: StarterAnswers): string {
  const { from, to } = answers;
  return `# Configuration of migrator. Every key: migrator help configuration. Check it with: migrator config check
#
# Secrets are references: env:NAME, file:path, command:..., or prompt. Paths are relative to this file.

instances:
${answers.instances.flatMap(instanceLines).join('\n')}
  # A server looks like this:
  # staging:
  #   product: octopus
  #   url: https://octopus.example.com
  #   apiKey: env:OCTOPUS_STAGING_KEY
  #   space: Default
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
