import { describe, expect, test } from '@jest/globals';
import type { Instance } from '../../../../src/core/instance.ts';
import { carriedBy, secretsOfExport, secretsOfImport } from '../../../../src/core/steps/run-secrets.ts';
import type { Secrets } from '../../../../src/ports/options.ts';
import { Secret } from '../../../../src/secret.ts';
import { river } from '../../../support/moving-adapter.ts';

const unasked = () => Promise.reject(new Error('nobody asked for it'));

/** An instance whose exports and imports need these secrets. */
function needing(...requiredSecrets: readonly string[]): Instance {
  const { adapter } = river();
  const exports = { pushes: false, requiredSecrets, prepare: unasked, start: unasked, find: unasked, fetch: unasked };
  const imports = {
    takes: 'files',
    dryRuns: 'plan',
    requiredSecrets,
    prepare: unasked,
    start: unasked,
    find: unasked,
  } as const;
  return { name: 'lab', adapter: { ...adapter, exports, imports } };
}

const secrets = (values: Readonly<Record<string, string>>): Secrets =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, new Secret(value)]));
const shown = (some: Secrets) => Object.fromEntries(Object.entries(some).map(([name, one]) => [name, one.reveal()]));

/** Makes secrets, and remembers for which names. */
function maker() {
  const asked: string[] = [];
  const own = (names: readonly string[]) => {
    asked.push(...names);
    return Promise.resolve(secrets(Object.fromEntries(names.map((name) => [name, `own ${name}`]))));
  };
  return { asked, own };
}

const carrying = (values: Readonly<Record<string, string>> = {}) => ({ name: 'a.tar', carried: secrets(values) });

describe('the secrets of an export', () => {
  test('are those of the user, and own ones in the place of the others, which its package carries', async () => {
    const { all, carried } = await secretsOfExport(needing('password', 'pin'), secrets({ pin: '1' }), maker().own);
    expect(shown(all)).toEqual({ pin: '1', password: 'own password' });
    expect(shown(carried)).toEqual({ password: 'own password' });
  });

  test('are not made when nothing is missing', async () => {
    const { asked, own } = maker();
    const { carried } = await secretsOfExport(needing('password'), secrets({ password: 'given' }), own, 'it is plain');
    expect({ asked, carried }).toEqual({ asked: [], carried: {} });
    expect(await secretsOfExport(needing(), {}, own, 'it is plain')).toEqual({ all: {}, carried: {} });
  });

  test('must be given where nothing could carry them, and the error says why', async () => {
    const { asked, own } = maker();
    const refused = secretsOfExport(needing('password', 'accessKey'), {}, own, 'a plain file carries none');
    await expect(refused).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(/needs --password, --access-key for this: a plain file carries none$/u),
    });
    expect(asked).toEqual([]);
  });
});

describe('the secrets of an import', () => {
  test('come from the package, also when this machine could make others', async () => {
    const { asked, own } = maker();
    const found = await secretsOfImport(needing('password'), { secrets: {}, own }, carrying({ password: 'carried' }));
    expect(shown(found)).toEqual({ password: 'carried' });
    expect(asked).toEqual([]);
  });

  test('are made when the package carries none and the run made those of its export', async () => {
    const found = await secretsOfImport(needing('password'), { secrets: {}, own: maker().own }, carrying());
    expect(shown(found)).toEqual({ password: 'own password' });
  });

  test('must be given when the package carries none', async () => {
    await expect(() => secretsOfImport(needing('password'), { secrets: {} }, carrying())).toThrowCode('USAGE');
    const given = { secrets: secrets({ password: 'given' }) };
    expect(shown(await secretsOfImport(needing('password'), given, carrying()))).toEqual({ password: 'given' });
  });

  test('may be given again, but not another one, and the error shows neither', async () => {
    const package_ = carrying({ password: 'carried' });
    const same = { secrets: secrets({ password: 'carried', other: 'x' }) };
    expect(shown(await secretsOfImport(needing('password'), same, package_))).toEqual({
      password: 'carried',
      other: 'x',
    });
    const refused = secretsOfImport(needing('password'), { secrets: secrets({ password: 'mine' }) }, package_);
    await expect(refused).rejects.toMatchObject({
      code: 'PACKAGE_LOCKED',
      message: expect.not.stringMatching(/mine|: carried/u),
    });
  });

  test.each(['successCallback', 'constructor', 'passwords'])(
    'are refused when the package carries %s, which the import does not need: it could do what the user never asked for',
    async (name) => {
      const strange = carrying({ password: 'carried', [name]: 'https://evil.example' });
      await expect(() => secretsOfImport(needing('password'), { secrets: {} }, strange)).toThrowCode('UNSUPPORTED');
    },
  );
});

test('a run knows the own secrets of each of its exports by the job', () => {
  const facts = { 'backup.job': 'b-1', 'backup.carries': ['password'], 'relay.job': 'r-1' };
  expect(carriedBy({ facts }, 'b-1')).toEqual(['password']);
  expect(carriedBy({ facts }, 'r-1')).toEqual([]);
  expect(carriedBy({ facts }, 'x-1')).toEqual([]);
});
