import { scrypt } from 'node:crypto';
import { MigratorError } from '../../errors.ts';
import type { Random } from '../../ports/runtime.ts';
import type { Secret } from '../../secret.ts';
import { locked } from '../refusal.ts';
import { sodium } from '../sodium.ts';
import { keyAlgorithm, keyNumberBytes, parseKeyId } from './public-key.ts';
import { SigningKey } from './signing-key.ts';

/**
 * minisign's secret key file: a comment line, and one line of base64 with these fields and bytes: algorithm 2, kdf 2,
 * checksum algorithm 2, salt 32, opslimit 8, memlimit 8, and then key number 8, secret 64, checksum 32. The last 104
 * bytes are XORed with scrypt's output when the kdf is "Sc". Numbers are little-endian.
 */
const kdfScrypt = 'Sc';
const kdfNone = '\0\0';
const checksumAlgorithm = 'B2';
const saltBytes = 32;
const secretBytes = 64;
const checksumBytes = 32;
const headBytes = 2 + 2 + 2 + saltBytes + 8 + 8;
const bodyBytes = keyNumberBytes + secretBytes + checksumBytes;
/** The most memory that a key file may ask for: 2 GiB, twice minisign's default. */
const maxMemory = 2 ** 31;

/** libsodium derives scrypt's parameters from these limits. */
export interface KeyFileCost {
  readonly opsLimit: number;
  /** Bytes. */
  readonly memLimit: number;
}

/**
 * N = 2^18, r = 8, p = 1: 256 MiB and about a second, the same as age takes for a passphrase. The 1 GiB of minisign
 * does not fit into many build containers. minisign opens files with any cost.
 */
const keyFileCost: KeyFileCost = { opsLimit: 2 ** 23, memLimit: 2 ** 28 };

/** Protects the key with the passphrase. Without one, the mode of the file is the only protection. */
export async function printSecretKey(
  key: SigningKey,
  passphrase: Secret | undefined,
  random: Random,
  cost: KeyFileCost = keyFileCost,
): Promise<string> {
  const number = parseKeyId(key.keyId);
  const secret = key.revealSecret();
  const plain = Buffer.concat([number, secret, checksum(number, secret)]);
  const head = Buffer.alloc(headBytes);
  head.write(`${keyAlgorithm}${passphrase === undefined ? kdfNone : kdfScrypt}${checksumAlgorithm}`, 'latin1');
  let body: Uint8Array = plain;
  if (passphrase !== undefined) {
    const salt = random.bytes(saltBytes);
    head.set(salt, 6);
    head.writeBigUInt64LE(BigInt(cost.opsLimit), 6 + saltBytes);
    head.writeBigUInt64LE(BigInt(cost.memLimit), 6 + saltBytes + 8);
    body = xor(plain, await stretch(passphrase, salt, cost));
  }
  const comment = key.comment ?? `minisign secret key ${key.keyId}`;
  return `untrusted comment: ${comment}\n${Buffer.concat([head, body]).toString('base64')}\n`;
}

/**
 * Asks for a passphrase only when the file is protected. CONFIG_INVALID for another file, PACKAGE_LOCKED for a wrong
 * one.
 */
export async function parseSecretKey(
  text: string,
  passphrase: () => Promise<Secret | undefined>,
  name = 'the signing key',
): Promise<SigningKey> {
  const unreadable = (why: string) => unreadableKey(name, why);
  const lines = text.trimEnd().split(/\r?\n/);
  const [comment = '', line = ''] = lines;
  const blob = Buffer.from(line, 'base64');
  const kdf = blob.toString('latin1', 2, 4);
  const isKnown =
    lines.length === 2 &&
    comment.startsWith('untrusted comment: ') &&
    blob.toString('base64') === line &&
    blob.length === headBytes + bodyBytes &&
    blob.toString('latin1', 0, 2) === keyAlgorithm &&
    blob.toString('latin1', 4, 6) === checksumAlgorithm;
  if (!isKnown || (kdf !== kdfScrypt && kdf !== kdfNone)) throw unreadable('it is not a minisign secret key file');
  const stored = blob.subarray(headBytes);
  const plain = kdf === kdfNone ? stored : xor(stored, await stretchFor(blob, passphrase, name));
  const number = plain.subarray(0, keyNumberBytes);
  const secret = plain.subarray(keyNumberBytes, keyNumberBytes + secretBytes);
  const stated = plain.subarray(keyNumberBytes + secretBytes);
  // "minisign -W" leaves the checksum of an unprotected key empty.
  const isBlank = kdf === kdfNone && stated.every((byte) => byte === 0);
  if (!isBlank && !checksum(number, secret).equals(stated)) {
    if (kdf === kdfNone) throw unreadable('its checksum does not match');
    throw locked('key', `the passphrase does not open ${name}`, { hint: 'try again with the right one' });
  }
  if (!isWholePair(secret)) throw unreadable('its two halves do not belong together');
  return new SigningKey(Uint8Array.from(number), Uint8Array.from(secret), comment.slice('untrusted comment: '.length));
}

async function stretchFor(
  blob: Buffer,
  passphrase: () => Promise<Secret | undefined>,
  name: string,
): Promise<Uint8Array> {
  const cost = {
    opsLimit: Number(blob.readBigUInt64LE(6 + saltBytes)),
    memLimit: Number(blob.readBigUInt64LE(6 + saltBytes + 8)),
  };
  checkCost(cost, name);
  const answer = await passphrase();
  if (answer === undefined) {
    throw locked('key', `${name} is protected by a passphrase, and none was given`, {
      hint: 'give the passphrase',
    });
  }
  return stretch(answer, blob.subarray(6, 6 + saltBytes), cost);
}

function stretch(passphrase: Secret, salt: Uint8Array, cost: KeyFileCost): Promise<Uint8Array> {
  const { N, r, p } = scryptParameters(cost);
  return new Promise((resolve, reject) => {
    scrypt(passphrase.reveal(), salt, bodyBytes, { N, r, p, maxmem: 128 * r * (N + p) + 2 ** 20 }, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

/** Like crypto_pwhash_scryptsalsa208sha256 of libsodium. */
export function scryptParameters(cost: KeyFileCost): { readonly N: number; readonly r: number; readonly p: number } {
  const r = 8;
  const ops = Math.max(cost.opsLimit, 32768);
  const isShortOfTime = ops < cost.memLimit / 32;
  const maxN = isShortOfTime ? ops / (r * 4) : cost.memLimit / (r * 128);
  let log = 1;
  while (log < 63 && 2 ** log <= maxN / 2) log += 1;
  const N = 2 ** log;
  const p = isShortOfTime ? 1 : Math.floor(Math.min(Math.floor(ops / 4 / N), 0x3fffffff) / r);
  return { N, r, p };
}

function checkCost(cost: KeyFileCost, name: string): void {
  const { N, r, p } = scryptParameters(cost);
  if (128 * N * r > maxMemory || p < 1 || p > 64) {
    throw unreadableKey(name, 'it asks for more memory or time to open it than is allowed');
  }
}

/** Signing with a wrong public half would reveal the secret. */
function isWholePair(secret: Uint8Array): boolean {
  return Buffer.from(sodium.crypto_sign_seed_keypair(secret.subarray(0, 32)).privateKey).equals(secret);
}

function checksum(number: Uint8Array, secret: Uint8Array): Buffer {
  return Buffer.from(
    sodium.crypto_generichash(checksumBytes, Buffer.concat([Buffer.from(keyAlgorithm), number, secret]), null),
  );
}

function xor(left: Uint8Array, right: Uint8Array): Buffer {
  return Buffer.from(left.map((byte, index) => byte ^ (right[index] ?? 0)));
}

function unreadableKey(name: string, why: string): MigratorError {
  return new MigratorError('CONFIG_INVALID', `${name} is not readable: ${why}`, {
    hint: 'give a file made by "migrator key generate" or "minisign -G"',
  });
}
