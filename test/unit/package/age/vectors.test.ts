import { createHash } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import * as vectors from 'cctv-age';
import { isMigratorError } from '../../../../src/errors.ts';
import { Secret } from '../../../../src/secret.ts';
import { decodeArmor } from '../../../../src/package/age/armor.ts';
import { decryptAge } from '../../../../src/package/age/decrypt.ts';
import { encryptAge } from '../../../../src/package/age/encrypt.ts';
import { parseIdentity } from '../../../../src/package/age/x25519.ts';
import { seededRandom } from '../../../support/memory-bytes.ts';
import { collect, once } from '../../../support/packages.ts';

interface Vector {
  readonly name: string;
  readonly facts: ReadonlyMap<string, readonly string[]>;
  readonly file: Uint8Array;
}

function parse(name: string, bytes: Uint8Array): Vector {
  const buffer = Buffer.from(bytes);
  const end = buffer.indexOf('\n\n');
  const facts = new Map<string, string[]>();
  for (const line of buffer.toString('latin1', 0, end).split('\n')) {
    const key = line.slice(0, line.indexOf(': '));
    const value = line.slice(key.length + 2);
    facts.set(key, [...(facts.get(key) ?? []), value]);
  }
  const body = buffer.subarray(end + 2);
  return { name, facts, file: facts.has('compressed') ? inflateSync(body) : body };
}

/** What a failure is called in the vectors, from the check that refused and its sentence. */
function nameOf(error: unknown): string {
  if (!isMigratorError(error)) throw error;
  const check = error.details['check'];
  if (error.message.includes('ASCII armor')) return 'armor failure';
  if (error.message.includes('authentication code')) return 'HMAC failure';
  if (check === 'age header') return 'header failure';
  if (error.message.includes('work factor')) return 'header failure';
  if (check === 'chunk') return 'payload failure';
  if (error.code === 'PACKAGE_LOCKED') return 'no match';
  throw error;
}

async function run({ facts, file }: Vector): Promise<{ readonly outcome: string; readonly payload: string }> {
  const hash = createHash('sha256');
  const [passphrase] = facts.get('passphrase') ?? [];
  const keys = {
    identities: (facts.get('identity') ?? []).flatMap((text) => parseIdentity(text) ?? []),
    passphrase: () => Promise.resolve(passphrase === undefined ? undefined : new Secret(passphrase)),
  };
  try {
    const bytes = facts.has('armored') ? decodeArmor(file) : file;
    for await (const piece of decryptAge(once(bytes), keys)) hash.update(piece);
    return { outcome: 'success', payload: hash.digest('hex') };
  } catch (error) {
    return { outcome: nameOf(error), payload: hash.digest('hex') };
  }
}

const postQuantum = 'hybrid post-quantum recipients are not supported';
/** Every vector that is left out, with the reason. */
const unsupported: Record<string, string> = {
  armor_hybrid: postQuantum,
  hybrid: postQuantum,
  hybrid_and_x25519: postQuantum,
  hybrid_bad_tag: postQuantum,
  hybrid_currupted_enc_mlkem: postQuantum,
  hybrid_currupted_enc_x25519: postQuantum,
  hybrid_extra_argument: postQuantum,
  hybrid_grease: postQuantum,
  hybrid_identity: postQuantum,
  hybrid_long_file_key: postQuantum,
  hybrid_long_share: postQuantum,
  hybrid_low_order: postQuantum,
  hybrid_multiple_recipients: postQuantum,
  hybrid_no_match: postQuantum,
  hybrid_not_canonical_body: postQuantum,
  hybrid_not_canonical_enc: postQuantum,
  hybrid_short_share: postQuantum,
  hybrid_uppercase: postQuantum,
  hybrid_x25519_arg: postQuantum,
};
const all = Object.entries(vectors).map(([name, bytes]) => parse(name, bytes));
const supported = all.filter(({ name }) => unsupported[name] === undefined);

describe('the CCTV age vectors', () => {
  test('are all run, but for those that this file names', () => {
    expect(supported).toHaveLength(all.length - Object.keys(unsupported).length);
    expect(supported.length).toBeGreaterThan(120);
  });

  test.each(supported.map((vector) => [vector.name, vector] as const))('%s', async (_, vector) => {
    const { outcome, payload } = await run(vector);
    expect(outcome).toBe(vector.facts.get('expect')?.[0]);
    const expected = vector.facts.get('payload')?.[0];
    if (expected !== undefined) expect(payload).toBe(expected);
  });

  const leftOut = all.filter(({ name }) => unsupported[name] !== undefined);
  const nothing = createHash('sha256').digest('hex');
  test.each(leftOut.map((vector) => [vector.name, unsupported[vector.name]!, vector] as const))(
    '%s is not supported (%s): it is refused, and nothing comes out',
    async (_, __, vector) => {
      const { outcome, payload } = await run(vector);
      expect(outcome).not.toBe('success');
      expect(payload).toBe(nothing);
    },
  );
});

test('a passphrase costs at most what migrator spends, before any memory is taken', async () => {
  const sealed = await collect(
    encryptAge(once(Buffer.from('x')), { passphrase: new Secret('p') }, seededRandom('cost')),
  );
  const dear = Buffer.from(Buffer.from(sealed).toString('latin1').replace(' 18\n', ' 19\n'), 'latin1');
  const keys = { identities: [], passphrase: () => Promise.resolve(new Secret('p')) };
  await expect(() => collect(decryptAge(once(dear), keys))).toThrowCode('PACKAGE_LOCKED');
  expect(Buffer.from(await collect(decryptAge(once(sealed), keys))).toString()).toBe('x');
});
