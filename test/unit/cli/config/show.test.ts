import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { embeddedStarter, starterConfig } from '../../../../src/cli/commands/init/starter.ts';
import type { Config } from '../../../../src/cli/config/config.ts';
import { describeConfig } from '../../../../src/cli/config/describe.ts';
import { loadConfig } from '../../../../src/cli/config/load.ts';
import { configJsonSchema } from '../../../../src/cli/config/schema.ts';
import { configWarnings, isLoopback } from '../../../../src/cli/config/warnings.ts';
import { testIO } from '../../../support/test-io.ts';
import { withTempDir } from '../../../support/with-temp-dir.ts';

async function configOf(content: string, mode = 0o600): Promise<Config> {
  return withTempDir(async (folder) => {
    await writeFile(join(folder, '.migratorrc'), content, { mode });
    return loadConfig(testIO({ cwd: folder }), undefined);
  });
}

const secretSettings = (product: string): readonly string[] =>
  product === 'octopus' ? ['apiKey'] : product === 'plain' ? ['pin'] : [];

const content = `
instances:
  lab: { product: octopus, url: "https://lab.example", apiKey: hunter2-plain }
  far: { product: plain, url: "https://far.example", pin: 4711, nested: { authToken: hunter2-deep } }
  prod: { product: octopus, url: "https://prod.example", apiKey: "env:PROD_KEY" }
  other: { product: acme, url: "http://acme.example", password: hunter2-unknown, size: 3 }
defaults: { from: lab, password: hunter2-default }
keys: { passphrase: hunter2-pass, trust: [RWQabc] }
http: { keyPassphrase: "file:./pass", retries: 2 }
adapters: [./acme.mjs]
`;

describe('describeConfig', () => {
  test('shows every value with its origin and no secret', async () => {
    const config = await configOf(content);
    const lines = describeConfig(config, {
      secretSettings,
      env: {
        MIGRATOR_TO: 'prod',
        MIGRATOR_PASSWORD: 'hunter2-env',
        MIGRATOR_API_KEY: 'env:X',
        PATH: '/bin',
        MIGRATOR_NOTHING: '',
      },
    });
    expect(JSON.stringify(lines)).not.toContain('hunter2');
    expect(JSON.stringify(lines)).not.toContain('4711');
    const values = Object.fromEntries(lines.map(({ path, value }) => [path, value]));
    expect(values).toEqual({
      'instances.lab.product': 'octopus',
      'instances.lab.url': 'https://lab.example',
      'instances.lab.apiKey': '***',
      'instances.far.product': 'plain',
      'instances.far.url': 'https://far.example',
      'instances.far.pin': '***',
      'instances.far.nested.authToken': '***',
      'instances.prod.product': 'octopus',
      'instances.prod.url': 'https://prod.example',
      'instances.prod.apiKey': 'env:PROD_KEY',
      'instances.other.product': 'acme',
      'instances.other.url': 'http://acme.example',
      'instances.other.password': '***',
      'instances.other.size': 3,
      'defaults.from': 'lab',
      'defaults.password': '***',
      'keys.passphrase': '***',
      'keys.trust[0]': 'RWQabc',
      'http.timeout': 60_000,
      'http.retries': 2,
      'http.keyPassphrase': 'file:./pass',
      'adapters[0]': './acme.mjs',
      MIGRATOR_TO: 'prod',
      MIGRATOR_PASSWORD: '***',
      MIGRATOR_API_KEY: 'env:X',
    });
    const origins = new Map(lines.map(({ path, origin }) => [path, origin]));
    expect(origins.get('http.timeout')).toBe('built-in');
    expect(origins.get('http.retries')).toBe(config.file);
    expect(origins.get('MIGRATOR_TO')).toBe('environment MIGRATOR_TO');
  });
});

describe('configWarnings', () => {
  test('warns of secrets in plain text, readable files and http', async () => {
    const warnings = configWarnings(await configOf(content, 0o644), secretSettings);
    const text = warnings.join('\n');
    for (const path of [
      'instances.lab.apiKey',
      'instances.far.pin',
      'instances.other.password',
      'defaults.password',
      'keys.passphrase',
    ]) {
      expect(text).toContain(`${path} is a secret in plain text`);
    }
    expect(text).not.toContain('http.keyPassphrase');
    expect(text).not.toContain('instances.prod.apiKey');
    if (process.platform !== 'win32') expect(text).toContain('can be read by other users');
    expect(text).toContain('instances.other.url is http');
    expect(text).not.toContain('hunter2');
  });

  test('gives no warning for a good file', async () => {
    const clean = 'instances: { lab: { product: octopus, url: "http://127.0.0.1:8065", apiKey: "env:K" } }';
    expect(configWarnings(await configOf(clean, 0o644), secretSettings)).toEqual([]);
  });

  test.each([
    ['http://localhost:1', true],
    ['http://a.localhost', true],
    ['http://127.9.9.9/x', true],
    ['http://[::1]:80', true],
    ['http://localhost.example', false],
    ['http://128.0.0.1', false],
  ])('isLoopback(%s) is %s', (url, expected) => expect(isLoopback(url)).toBe(expected));
});

describe('starterConfig', () => {
  test('is valid and contains the answers', async () => {
    const config = await configOf(starterConfig(embeddedStarter('octopus')));
    expect(Object.keys(config.instances)).toEqual(['lab', 'prod']);
    expect({ ...config.defaults }).toEqual({ from: 'lab', to: 'prod' });
    expect(configWarnings(config, secretSettings)).toEqual([]);
  });

  test('keeps answers with special characters as text', async () => {
    const settings = { username: 'yes', loginMode: 'ldap', project: 'a: "b" # c', environmentName: '012' };
    const config = await configOf(
      starterConfig({ instances: [{ name: 'no', product: 'microstrategy', url: 'https://h.example', settings }] }),
    );
    expect(config.instances['no']?.settings).toEqual(settings);
    expect({ ...config.defaults }).toEqual({});
  });
});

test('the JSON Schema describes every key', () => {
  const schema = configJsonSchema() as {
    properties: Record<string, { description?: string; properties?: Record<string, { description?: string }> }>;
  };
  expect(Object.keys(schema.properties)).toEqual(['$schema', 'instances', 'defaults', 'keys', 'http', 'adapters']);
  for (const property of Object.values(schema.properties)) {
    expect(property.description).toBeTruthy();
    for (const inner of Object.values(property.properties ?? {})) expect(inner.description).toBeTruthy();
  }
});
