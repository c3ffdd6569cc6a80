import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { adapterModules, productOptions, type Product } from '../../src/adapters/index.ts';
import { emulatedProducts } from '../../src/emulators/index.ts';
import type { Adapter } from '../../src/ports/adapter.ts';
import { Secret } from '../../src/secret.ts';
import { adapterTools } from '../../src/testing/index.ts';

const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');

const accounts: Readonly<Record<Product, { settings: object; secrets: readonly string[] }>> = {
  octopus: { settings: {}, secrets: ['apiKey'] },
  enms: { settings: { username: 'admin' }, secrets: ['password'] },
  microstrategy: { settings: { username: 'ci' }, secrets: ['password'] },
  snaplogic: { settings: { username: 'ci', org: 'Acme' }, secrets: ['password'] },
};

/** The adapter of a product in each of its ways. No socket is opened. */
async function adaptersOf(product: Product): Promise<readonly Adapter[]> {
  const { settings, secrets } = accounts[product];
  const module = await adapterModules[product]();
  const adapter = module.create(
    {
      name: 'x',
      url: 'https://x.example/MicroStrategyLibrary',
      settings: settings as Readonly<Record<string, unknown>>,
      secrets: Object.fromEntries(secrets.map((name) => [name, new Secret('none')])),
    },
    adapterTools(),
  );
  const { ways } = adapter;
  return ways === undefined ? [adapter] : ['migration-api', 'export-import'].map((via) => ways.of(via));
}

const rows = readme.split('\n').flatMap((line) => {
  if (!line.startsWith('|')) return [];
  return [
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  ];
});
const [head = [], , ...body] = rows;

/** What the table says about a product, by the first word in a row. */
function cells(title: string): Readonly<Record<string, string>> {
  const column = head.indexOf(title);
  expect(column).toBeGreaterThan(0);
  return Object.fromEntries(body.map((row) => [/`([^`]+)`/u.exec(row[0]!)![1]!, row[column]!]));
}

describe('the table of products and verbs in the README', () => {
  test.each(productOptions.map(({ product, title }) => [title, product as Product] as const))(
    'says of %s what its adapter can do, and no more',
    async (title, product) => {
      const said = cells(title);
      const adapters = await adaptersOf(product);
      const has = (look: (adapter: Adapter) => unknown) => adapters.some((adapter) => Boolean(look(adapter)));
      const yes = (is: boolean) => (is ? 'yes' : '');

      const whole = adapters.every(({ exports, imports }) => exports !== undefined && imports !== undefined);
      expect(said['partial-export'] !== '').toBe(whole);
      const planners = adapters.map(({ imports }) => (imports?.dryRuns === 'server' ? 'the server' : 'migrator'));
      const planner = said['import']!.replace('migrator for Export/Import', 'migrator').split('; ');
      expect(planner).toEqual([...new Set(planners)]);
      const routes = [
        ...(has(({ moves }) => moves) ? ['move'] : []),
        ...(has(({ exports }) => exports?.pushes) ? ['push'] : []),
        ...(whole ? ['relay'] : []),
      ];
      const [told = '', note = ''] = said['migrate-project']!.split('; ');
      expect(told.split(', ')).toEqual(routes);
      expect(note.startsWith('the servers validate')).toBe(has(({ moves }) => moves?.dryRuns === 'server'));
      expect(said['compare']).toBe(yes(adapters.every(({ snapshots }) => snapshots !== undefined)));
      expect(said['package list'] === 'keeps no packages').toBe(!has(({ feed }) => feed));
      expect(said['package edit']).toBe(
        yes(has(({ feed }) => feed !== undefined && 'edit' in feed && 'certify' in feed)),
      );
      expect(said['job show']!.split('; ')[0]).toBe('yes');
      expect(said['job cancel']).toBe(yes(has(({ jobs }) => 'cancel' in jobs)));
      expect(said['job approve']).toBe(yes(has(({ jobs }) => 'approve' in jobs && 'reject' in jobs)));
      expect(said['job undo']!.split('; ')[0]).toBe(has(({ jobs }) => 'undo' in jobs) ? 'yes' : 'from a backup');
      expect(said['emulate']).toBe(yes((emulatedProducts as readonly string[]).includes(product)));
    },
  );

  test('has a column for each product, and no row that is not looked at', () => {
    expect(head.slice(1)).toEqual(productOptions.map(({ title }) => title));
    expect(Object.keys(cells('eNMS'))).toEqual([
      'partial-export',
      'import',
      'migrate-project',
      'compare',
      'package list',
      'package edit',
      'job show',
      'job cancel',
      'job approve',
      'job undo',
      'emulate',
    ]);
  });
});

describe('the README', () => {
  test('is at most a hundred lines long, and says that there is no telemetry', () => {
    expect(readme.split('\n').length).toBeLessThanOrEqual(100);
    expect(readme).toContain('## No telemetry');
  });

  test('has one command that runs the demo and one that passes the tests, which the build machine runs too', async () => {
    const blocks = [...readme.matchAll(/```sh\n([^]*?)```/gu)].map(([, lines]) => lines!.trim());
    expect(blocks).toEqual(expect.arrayContaining(['npm ci && npm run demo', 'npm ci && npm test']));
    expect(await readFile(new URL('../../.ci/run', import.meta.url), 'utf8')).toContain('{ npm ci && npm test; }');
  });

  test('npx is told to run migrator-cli', () => {
    const others = [...readme.matchAll(/npx (\S+)/gu)].filter(([, name]) => !name!.startsWith('migrator-cli'));
    // The warning.
    expect(others.map(([text]) => text)).toEqual(['npx migrator`']);
  });
});
