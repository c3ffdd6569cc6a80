import { describe, expect, test } from '@jest/globals';
import { isMigratorError } from '../../../src/errors.ts';
import { decryptAge } from '../../../src/package/age/decrypt.ts';
import { encryptAge } from '../../../src/package/age/encrypt.ts';
import { defaultLimits, generateSigningKey, open, verify } from '../../../src/package/index.ts';
import { forged, partsOf, sha256, tarOf, part, aFile } from '../../support/forgery.ts';
import { MemorySource, seededRandom } from '../../support/memory-bytes.ts';
import {
  carried,
  collect,
  entriesOf,
  identity,
  keys,
  never,
  once,
  opened,
  plain,
  sealed,
  signer,
  trust,
  type Opening,
} from '../../support/packages.ts';
import { randomOf, type Random } from '../../support/random.ts';
import { all } from '../../support/sample.ts';

/** All bits in `npm run prove`. Else one bit of every seventh byte, not always the same bit. */
function bitsOf(length: number, every = all): number[] {
  const bits = Array.from({ length: length * 8 }, (_, bit) => bit);
  return every ? bits : bits.filter((bit) => (bit >> 3) % 7 === 0 && (bit & 7) === ((bit >> 3) + (bit >> 12)) % 8);
}

type Verdict = 'refused' | 'accepted';

async function verdict(bytes: Uint8Array, { trust: policy = trust, keys: own = keys }: Opening): Promise<Verdict> {
  try {
    const source = new MemorySource(bytes);
    const verified = await verify(source, policy, never);
    for await (const entry of open(source, verified, own, defaultLimits, never)) await collect(entry.content);
    return 'accepted';
  } catch (error) {
    if (isMigratorError(error, 'PACKAGE_MALFORMED', 'PACKAGE_UNTRUSTED')) return 'refused';
    throw error;
  }
}

/** The positions, out of those given, at which a flipped bit goes unnoticed. */
async function unnoticed(bits: readonly number[], good: Uint8Array, judge: (bad: Uint8Array) => Promise<Verdict>) {
  const missed: number[] = [];
  const bytes = Uint8Array.from(good);
  for (const bit of bits) {
    const at = bit >> 3;
    bytes[at]! ^= 1 << (bit & 7);
    if ((await judge(bytes)) === 'accepted') missed.push(bit);
    bytes[at]! ^= 1 << (bit & 7);
  }
  return missed;
}

const few = () => entriesOf([{ path: 'files/größe.txt', bytes: Buffer.from('a few words') }, aFile]);

interface Case {
  readonly kind: string;
  readonly make: () => Promise<Uint8Array>;
  readonly opening: Opening;
  readonly every: boolean;
}

describe.each<Case>([
  { kind: 'signed and encrypted', make: () => sealed({ entries: few() }), opening: {}, every: all },
  {
    kind: 'signed and encrypted, and carries secrets',
    make: () => sealed({ entries: few(), secrets: carried }),
    opening: {},
    every: all,
  },
  {
    kind: 'signed only',
    make: () => sealed({ entries: few(), encryption: undefined, compression: 'none' }),
    opening: {},
    every: all,
  },
  {
    kind: 'neither signed nor encrypted',
    make: () => sealed({ entries: few(), encryption: undefined, signer: undefined }),
    opening: { trust: { trusted: [], allowUnsigned: true } },
    every: all,
  },
])('a small package that is $kind', ({ make, opening, every }) => {
  test(`is refused when ${every ? 'any bit' : 'a bit of every seventh byte'} is flipped`, async () => {
    const good = await make();
    expect(await verdict(good, opening)).toBe('accepted');
    const bits = bitsOf(good.length, every);
    expect(bits).toHaveLength(every ? good.length * 8 : Math.ceil(good.length / 7));
    expect(await unnoticed(bits, good, (bad) => verdict(bad, opening))).toEqual([]);
  });

  test(`is refused when it is cut, at ${every ? 'any' : 'every seventh'} length`, async () => {
    const good = await make();
    const accepted: number[] = [];
    for (let length = 0; length < good.length; length += every ? 1 : 7) {
      if ((await verdict(good.subarray(0, length), opening)) === 'accepted') accepted.push(length);
    }
    expect(accepted).toEqual([]);
  });
});

/** A change of more than a bit, of the kinds that a bad disk, a bad transfer or an attacker makes. */
const changes: readonly ((bytes: Buffer, random: Random) => Buffer)[] = [
  function overwritten(bytes, random) {
    const bad = Buffer.from(bytes);
    const [start, length] = [random.below(bytes.length), 1 + random.below(64)];
    for (let at = start; at < Math.min(start + length, bad.length); at += 1) bad[at] = random.below(256);
    return bad;
  },
  function withoutSome(bytes, random) {
    const start = random.below(bytes.length);
    const length = random.pick([1, 16, 512, 1 + random.below(2048)]);
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(start + length)]);
  },
  function withMore(bytes, random) {
    const [at, length] = [random.below(bytes.length + 1), random.pick([1, 16, 512, 1 + random.below(600)])];
    const more = random.chance(0.5) ? Buffer.alloc(length) : Buffer.from(bytes.subarray(0, length));
    return Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at)]);
  },
  function inAnotherOrder(bytes, random) {
    const blocks = bytes.length / 512;
    const [one, other] = [random.below(blocks) * 512, random.below(blocks) * 512];
    const bad = Buffer.from(bytes);
    bytes.copy(bad, one, other, other + 512);
    bytes.copy(bad, other, one, one + 512);
    return bad;
  },
  function repeated(bytes, random) {
    const start = random.below(bytes.length / 512) * 512;
    const end = start + (1 + random.below(6)) * 512;
    return Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)]);
  },
  function asText(bytes, random) {
    // As a transfer in text mode does it, from some place on.
    const at = random.below(bytes.length);
    const text = bytes.subarray(at).toString('latin1').replaceAll('\n', '\r\n');
    return Buffer.concat([bytes.subarray(0, at), Buffer.from(text, 'latin1')]);
  },
];

describe('a package that is changed in one or several places', () => {
  // 100,000 in `npm run prove`.
  const count = all ? 100_000 : 400;

  test(`is refused ${String(count)} times`, async () => {
    const random = randomOf(11);
    const goods = [
      { bytes: Buffer.from(await sealed({ entries: few() })), opening: {} },
      { bytes: Buffer.from(await sealed({ entries: few(), encryption: undefined, compression: 'none' })), opening: {} },
      { bytes: Buffer.from(await sealed({ entries: few(), secrets: carried })), opening: {} },
    ];
    const accepted: string[] = [];
    let changed = 0;
    for (let round = 0; changed < count; round += 1) {
      const { bytes, opening } = goods[round % goods.length]!;
      let bad: Buffer = bytes;
      const names: string[] = [];
      for (let times = 1 + random.below(3); times > 0; times -= 1) {
        const change = random.pick(changes);
        names.push(change.name);
        bad = change(bad, random);
      }
      // Some changes change nothing, such as two equal blocks that change places.
      if (bad.equals(bytes)) continue;
      changed += 1;
      if ((await verdict(bad, opening)) === 'accepted') accepted.push(`${String(round)}: ${names.join(', ')}`);
    }
    expect(accepted).toEqual([]);
  });
});

describe('when the signature is right, because the signer was deceived', () => {
  const plainText = Buffer.concat([tarOf([part(aFile.path, aFile.bytes)])]);
  const lock = () => collect(encryptAge(once(plainText), { recipients: [identity.recipient] }, seededRandom('age')));

  async function decrypts(bytes: Uint8Array): Promise<Verdict> {
    try {
      const out = await collect(decryptAge(once(bytes), keys));
      return out.length > 0 ? 'accepted' : 'refused';
    } catch (error) {
      if (isMigratorError(error, 'PACKAGE_MALFORMED', 'PACKAGE_LOCKED')) return 'refused';
      throw error;
    }
  }

  test('an encrypted content is refused when a bit of its header or chunks is flipped', async () => {
    const good = await lock();
    expect(await decrypts(good)).toBe('accepted');
    const bits = Array.from({ length: good.length * 8 }, (_, bit) => bit);
    const chosen = all ? bits : bits.filter((bit) => (bit < 300 * 8 ? bit % 19 === 0 : bit % 161 === 0));
    expect(await unnoticed(chosen, good, decrypts)).toEqual([]);
  });

  test('an encrypted content is refused when it is cut or when anything follows it', async () => {
    const good = await lock();
    for (let length = 0; length < good.length; length += all ? 1 : 9) {
      expect(await decrypts(good.subarray(0, length))).toBe('refused');
    }
    expect(await decrypts(Buffer.concat([good, Buffer.alloc(1)]))).toBe('refused');
    expect(await decrypts(Buffer.concat([good, good]))).toBe('refused');
  });

  test('a payload is refused when it is cut or when any bit of it is flipped', async () => {
    for (let length = 0; length < plainText.length; length += all ? 1 : 9) {
      expect(await verdict(forged({ payload: plainText.subarray(0, length) }), {})).toBe('refused');
    }
    // Each of these makes a package of its own.
    const flipped = bitsOf(plainText.length).filter((_, place) => all || place % 2 === 0);
    expect(await unnoticed(flipped, plainText, (payload) => verdict(forged({ payload }), {}))).toEqual([]);
  });
});

describe('two genuine packages', () => {
  const first = () => sealed({ entries: few() });

  test('any exchange of members between two packages of one signer is refused', async () => {
    const [a, b] = [partsOf(await first()), partsOf(await sealed({ entries: few(), version: '1.2.4' }, 'later'))];
    for (let mask = 1; mask < 15; mask += 1) {
      const mixed = a.map((member, index) => ((mask >> index) & 1 ? b[index]! : member));
      expect(await verdict(tarOf(mixed), {})).toBe('refused');
    }
    expect(await verdict(tarOf(b), {})).toBe('accepted');
  });

  test('the content of another package is refused even when the sums are made to fit', async () => {
    const [a, b] = [partsOf(await first()), partsOf(await sealed({ entries: few(), version: '1.2.4' }, 'later'))];
    const sums = Buffer.from(`${sha256(b[0]!.bytes)}  ${b[0]!.name}\n${sha256(a[1]!.bytes)}  manifest.json\n`);
    const swapped = tarOf([b[0]!, a[1]!, part('SHA256SUMS', sums), a[3]!]);
    await expect(() => opened(swapped)).toThrowCode('PACKAGE_UNTRUSTED');
  });

  test('a package that somebody else signed again is refused, and never called trusted', async () => {
    const stranger = generateSigningKey(seededRandom('stranger'));
    const [content, manifest, sums] = partsOf(await first());
    const comment = 'format=migrator-package/1 id=acme-web version=1.2.3 created=2026-11-21T01:02:03Z';
    const theirs = tarOf([
      content!,
      manifest!,
      sums!,
      part('SHA256SUMS.minisig', stranger.sign(Buffer.from(sums!.bytes), comment)),
    ]);
    await expect(() => opened(theirs)).toThrowCode('PACKAGE_UNTRUSTED');
    const lenient = { trusted: [signer.publicKey], allowUnsigned: false, allowUnknownSigner: true };
    const { signer: found } = await verify(new MemorySource(theirs), lenient, never);
    expect(found).toEqual({ keyId: stranger.keyId, trusted: false });
    expect(plain(await opened(theirs, { trust: lenient }))).toHaveLength(2);
  });

  test('nothing is read from a file that holds more than one package', async () => {
    const whole = await first();
    const end = Buffer.alloc(1024);
    for (const bytes of [
      Buffer.concat([whole, whole]),
      Buffer.concat([whole.subarray(0, -1024), whole]),
      Buffer.concat([whole, end]),
      Buffer.concat([whole, Buffer.from('PK\u0003\u0004')]),
      Buffer.concat([end, whole]),
    ]) {
      await expect(() => opened(bytes)).toThrowCode('PACKAGE_MALFORMED');
    }
  });
});
