import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { systemRandom } from '../../../../../src/cli/runtime.ts';
import { generateIdentity } from '../../../../../src/package/index.ts';
import { commandLine } from '../../../../support/command-line.ts';
import { sealed } from '../../../../support/packages.ts';
import { withTempDir } from '../../../../support/with-temp-dir.ts';

type Change = Parameters<typeof sealed>[0];

const names = Array.from({ length: 12 }, (_, index) => `Project number ${index}`);
const scope = { projects: names.map((name) => ({ name })), options: {}, via: 'migration-api' };
const others = [generateIdentity(systemRandom).recipient, generateIdentity(systemRandom).recipient];

/** What a user without keys and with a broken rc file sees. */
async function inspected(
  change: Change,
  ...flags: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  const bytes = await sealed(change);
  return withTempDir(async (cwd) => {
    await writeFile(join(cwd, 'p.tar'), bytes);
    await writeFile(join(cwd, '.migratorrc.yaml'), 'instances: [no, file]\n');
    return commandLine(['package', 'inspect', 'p.tar', ...flags], {
      cwd,
      env: { MIGRATOR_CONFIG_DIR: join(cwd, 'config') },
    });
  });
}

describe('package inspect, for a person who received the package', () => {
  test('tells projects, way, source, recipients and signer, without a key and without a good rc file', async () => {
    const { code, stdout, stderr } = await inspected({ scope, encryption: { recipients: others } });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const text of ['Project number 11', 'via:        migration-api', ...others.map(String)])
      expect(stdout).toContain(text);
    expect(stdout).toMatch(/^encrypted: +for 2 recipients, as its manifest says:$/mu);
    expect(stdout.replace(/\s+/gu, ' ')).toContain(
      'as many locks; a lock does not say whose it is, only its key shows that',
    );
    expect(stdout).toMatch(/^signed: +by [0-9A-F]{16} \(not verified yet\)$/mu);
    expect(stdout).toMatch(/^carries: +no secrets/mu);
  });

  test('names each check that remains, with the command that makes it', async () => {
    const { stdout } = await inspected({ scope });
    expect(stdout).toContain('    migrator package verify p.tar --trust <key>\n');
    expect(stdout).toContain('    migrator package verify p.tar --content --trust <key> --identity <file>\n');
    const unsigned = await inspected({ signer: undefined });
    expect(unsigned.stdout).toContain('nobody has signed it');
    expect(unsigned.stdout).toContain('migrator package verify p.tar --allow-unsigned');
  });

  test.each([
    ['for recipients', { scope, encryption: { recipients: others } }],
    ['private', { scope, privateManifest: true }],
    ['neither signed nor encrypted', { scope, signer: undefined, encryption: undefined }],
  ])('fits 80 columns: a package that is %s', async (_, change) => {
    const { stdout } = await inspected(change);
    expect(stdout.split('\n').filter((line) => line.length > 80 && !line.includes('long/long'))).toEqual([]);
  });

  test('says of a private manifest where the names are', async () => {
    const { stdout } = await inspected({ scope, privateManifest: true });
    expect(stdout).toMatch(/^projects: +in the encrypted content/mu);
    expect(stdout).not.toContain('Project number');
  });

  test('the JSON has the same facts', async () => {
    const { stdout } = await inspected({ scope, encryption: { recipients: others } }, '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      projects: names,
      via: 'migration-api',
      locks: ['X25519', 'X25519'],
      carriesSecrets: false,
      yours: [],
      unchecked: expect.arrayContaining([
        {
          what: expect.any(String),
          command: 'migrator package verify p.tar --content --trust <key> --identity <file>',
        },
      ]),
    });
  });

  test('a manifest that names fewer recipients than there are locks is told', async () => {
    const bytes = Buffer.from(await sealed({ encryption: { recipients: others } }));
    const { describeInspection } = await import('../../../../../src/cli/commands/package/inspection.ts');
    const { inspect } = await import('../../../../../src/package/inspect.ts');
    const { MemorySource } = await import('../../../../support/memory-bytes.ts');
    const found = await inspect(new MemorySource(bytes));
    const facts = {
      signerName: undefined,
      projects: [],
      via: undefined,
      carriesSecrets: false,
      yours: [],
      unchecked: [],
    };
    const told = (locks: readonly string[]) =>
      describeInspection('p.tar', { ...found, locks }, facts).replace(/\s+/gu, ' ');
    expect(told(['X25519', 'X25519', 'X25519'])).toContain('has 3 locks (X25519): others can open it too');
    expect(told(['X25519'])).toContain('has 1 lock (X25519): not all of them can open it');
  });
});
