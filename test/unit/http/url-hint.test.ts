import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { adapterModules, type Product } from '../../../src/adapters/index.ts';
import { startEmulator } from '../../../src/emulators/index.ts';
import { isMigratorError } from '../../../src/errors.ts';
import { urlHint } from '../../../src/http/url-hint.ts';
import { Secret } from '../../../src/secret.ts';
import { adapterTools, never } from '../../support/adapter-tools.ts';

describe('the hint on a base URL', () => {
  test.each([
    ['https://plane.example/api/1/rest/public/', 'api/1/rest/asset/list/a', '/api/1/rest/public', 'plane.example'],
    ['https://enms.example/lab/dashboard/', 'rest/query/server', '/dashboard', 'enms.example/lab'],
    ['https://octopus.example/app/', 'api/tasks', '/app', 'octopus.example'],
    ['https://octopus.example/octopus/octopus/', '/octopus/x', '/octopus/octopus', 'octopus.example'],
    ['https://enms.example/index.html/', 'rest/x', '/index.html', 'enms.example'],
  ])('%s names what is too much', (base, request, much, rest) => {
    expect(urlHint(new URL(base), request)).toMatch(new RegExp(`leave ${much} out, as in https://${rest}$`));
  });

  test.each([
    'https://proxy.example/octopus/',
    'https://proxy.example/',
    'https://proxy.example/apps/MicroStrategyLibrary/',
  ])('%s may be right', (base) => expect(urlHint(new URL(base), 'api/tasks')).toBeUndefined());
});

test.each<[Product, string, RegExp]>([
  ['octopus', '/api', /leave \/api out/],
  ['octopus', '/app', /leave \/app out/],
  ['octopus', '/api/Spaces-1', /leave \/api\/Spaces-1 out/],
  ['snaplogic', '/api', /leave \/api out/],
  ['snaplogic', '/api/1/rest', /leave \/api\/1\/rest out/],
  ['snaplogic', '/api/1/rest/public', /leave \/api\/1\/rest\/public out/],
  ['snaplogic', '/sl/manager.html', /leave \/sl\/manager.html out/],
  ['enms', '/rest', /leave \/rest out/],
  ['enms', '/dashboard', /leave \/dashboard out/],
  ['enms', '/login', /leave \/login out/],
  ['microstrategy', '..', /a Library ends in its context path: .*MicroStrategyLibrary/],
  ['microstrategy', '../MicroStrategy', /a Library ends in its context path/],
])('the URL of %s with %s is refused with a hint that leads out', async (product, path, hint) => {
  const directory = await mkdtemp(join(tmpdir(), 'migrator-test-'));
  const server = await startEmulator(product, { directory, sample: false, pace: 0 });
  try {
    const module = await adapterModules[product]();
    const { secretSettings } = module;
    const given = Object.entries(server.credentials);
    const adapter = module.create(
      {
        name: 'lab',
        url: path.startsWith('.') ? new URL(path, `${server.url}/x`).href.replace(/\/x$/u, '') : server.url + path,
        settings: Object.fromEntries(given.filter(([name]) => !secretSettings.includes(name))),
        secrets: Object.fromEntries(
          given.filter(([name]) => secretSettings.includes(name)).map(([name, text]) => [name, new Secret(text)]),
        ),
      },
      adapterTools(),
    );
    const error: unknown = await adapter.probe(never).catch((thrown: unknown) => thrown);
    if (!isMigratorError(error)) throw error;
    expect(error.hint).toMatch(hint);
    expect(error.message).not.toMatch(/next_url=.*next_url/);
  } finally {
    await server.close();
    await rm(directory, { recursive: true, force: true });
  }
});
