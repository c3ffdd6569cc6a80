export interface StarterInstance {
  readonly name: string;
  readonly product: string;
  readonly url: string;
  /** The adapter's own settings; secrets as references. */
  readonly settings: Readonly<Record<string, string>>;
}

export interface StarterAnswers {
  readonly instances: readonly StarterInstance[];
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Two embedded instances, so that everything can be tried without a server or an account. */
export const embeddedStarter: StarterAnswers = {
  instances: [
    { name: 'lab', product: 'octopus', url: 'embedded:./.migrator/lab', settings: { space: 'Default' } },
    { name: 'prod', product: 'octopus', url: 'embedded:./.migrator/prod', settings: { space: 'Default' } },
  ],
  from: 'lab',
  to: 'prod',
};

/** A JSON string is a YAML double-quoted scalar. */
const scalar = (text: string): string =>
  /^[A-Za-z][A-Za-z0-9_-]*$/.test(text) ? wordOrQuoted(text) : JSON.stringify(text);

/** Words that YAML readers of either version take for something other than text. */
const wordOrQuoted = (word: string): string =>
  /^(true|false|yes|no|on|off|null|y|n)$/i.test(word) ? JSON.stringify(word) : word;

function instanceLines({ name, product, url, settings }: StarterInstance): string[] {
  const fields = Object.entries({ product, url: url, ...settings });
  return [`  ${scalar(name)}:`, ...fields.map(([key, value]) => `    ${scalar(key)}: ${scalar(value)}`)];
}

/** The commented YAML that `init` writes as .migratorrc. */
export function starterConfig(answers: StarterAnswers): string {
  const { from, to } = answers;
  return `# Configuration of migrator. Every key: docs/configuration.md. Check it with: migrator config check
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

# Values for flags, by their camel-case names: --package-id is packageId.
defaults:
${from === undefined ? '  # from: lab' : `  from: ${scalar(from)}`}
${to === undefined ? '  # to: prod' : `  to: ${scalar(to)}`}

# Keys of packages. Without these, the keys that \`migrator key generate\` keeps in your configuration folder are used.
# keys:
#   signing: ./keys/migrator.key
#   passphrase: env:MIGRATOR_KEY_PASSPHRASE
#   identities: [./keys/identity.txt]
#   recipients: [age1...]
#   trust: [./keys/colleague.pub]

# How servers are reached.
# http:
#   timeout: 60s
#   retries: 5
#   proxy: http://proxy.example.com:3128
#   ca: ./company-ca.pem
`;
}
