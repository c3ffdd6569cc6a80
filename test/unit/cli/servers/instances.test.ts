import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { allow, whatRuns } from '../../../../src/cli/config/allowed.ts';
import { findConfig } from '../../../../src/cli/config/search.ts';
import { createContext } from '../../../../src/cli/context.ts';
import { createProgram } from '../../../../src/cli/program.ts';
import { instancesOf } from '../../../../src/cli/servers/instances.ts';
import { Secret } from '../../../../src/secret.ts';
import { testIO } from '../../../support/test-io.ts';
import { withTempDir } from '../../../support/with-temp-dir.ts';

/** What an adapter of the rc file makes of `depth=2` and a password, when its module has these other exports. */
const asked = (exports: string) =>
  withTempDir(async (cwd) => {
    const module = `export const contract = 1, product = 'acme', secretSettings = [];
      export const create = () => { throw new Error('opened'); };\n${exports}`;
    await writeFile(join(cwd, 'acme.mjs'), module);
    const rc = 'adapters: [./acme.mjs]\ninstances: { a: { product: acme, url: "https://a.example" } }\n';
    await writeFile(join(cwd, '.migratorrc.yaml'), rc);
    const io = testIO({ cwd, env: {}, home: cwd });
    const found = (await findConfig(io, undefined))!;
    await allow(found, (await whatRuns(found)).digest, io);
    const context = createContext(io, []);
    context.commandTree = () => createProgram(context);
    const instances = await instancesOf(context);
    const secrets = { password: new Secret('sesame') };
    return instances.request('a', { verb: 'migrate-project', projects: ['P'], options: { depth: '2' }, secrets });
  });

test('an adapter without a request gives all options to both halves of a move', async () => {
  expect(await asked('')).toEqual({ exportOptions: { depth: '2' }, importOptions: { depth: '2' } });
});

test('an adapter with a request says what the options mean; it sees names of secrets, and no instance is opened', async () => {
  const request = `export const request = ({ options, secrets, projects }) =>
    ({ exportOptions: {}, overwrites: options.depth === '2', sameInstance: secrets[0] === 'password' && projects[0] === 'P' });`;
  expect(await asked(request)).toEqual({
    exportOptions: {},
    importOptions: { depth: '2' },
    overwrites: true,
    sameInstance: true,
  });
});
