// The file of a package: five fixed bytes, a hash of all that follows the hash, the server's release, compressed JSON.
import { createHash } from 'node:crypto';
import { deflateSync, inflateSync } from 'node:zlib';
import { isObject } from '../../shared/json.ts';
import { packedRelease } from '../release.ts';
import { WorkFailure, type PackageContent } from './package-content.ts';
import type { UndoContent } from './undo-content.ts';

const mark = Buffer.from([0x01, 0x80, 0xbe, 0xfe, 0x7f]);
const hashLength = 32;
const largestContent = 512 * 1024 * 1024;

const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();

/** Equal contents give equal bytes. */
export function packFile(content: PackageContent | UndoContent): Buffer {
  const release = Buffer.from(packedRelease(content.release), 'latin1');
  const rest = Buffer.concat([Buffer.from([release.length]), release, deflateSync(JSON.stringify(content))]);
  return Buffer.concat([mark, hashOf(rest), rest]);
}

const damaged = () => new WorkFailure('The package file is damaged or is not a migration package.');

function unpack(bytes: Buffer): unknown {
  const rest = bytes.subarray(mark.length + hashLength);
  const hash = bytes.subarray(mark.length, mark.length + hashLength);
  if (!bytes.subarray(0, mark.length).equals(mark) || rest.length < 2 || !hashOf(rest).equals(hash)) throw damaged();
  try {
    const packed = rest.subarray(1 + (rest[0] ?? 0));
    return JSON.parse(inflateSync(packed, { maxOutputLength: largestContent }).toString('utf8')) as unknown;
  } catch {
    throw damaged();
  }
}

/** Reads a package. Fails with WorkFailure for other bytes. */
export function unpackPackage(bytes: Buffer): PackageContent {
  const content = unpack(bytes);
  if (!isObject(content) || content['kind'] !== 'package') throw damaged();
  return content as unknown as PackageContent;
}

/** Reads an undo package. Fails with WorkFailure for other bytes. */
export function unpackUndo(bytes: Buffer): UndoContent {
  const content = unpack(bytes);
  if (!isObject(content) || content['kind'] !== 'undo') throw damaged();
  return content as unknown as UndoContent;
}
