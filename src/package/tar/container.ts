import { isMigratorError } from '../../errors.ts';
import type { ByteSource } from '../../ports/bytes.ts';
import {
  isContentMember,
  manifestMember,
  maxManifestBytes,
  maxSignatureBytes,
  maxSumsBytes,
  signatureMember,
  sumsMember,
} from '../format.ts';
import { malformed } from '../refusal.ts';
import { isRewritten } from './rewritten.ts';
import { blockBytes, HeaderForm, headerTime, isZero, padding } from './header.ts';

export interface Member {
  readonly name: string;
  /** Position of its first byte in the package. */
  readonly start: number;
  readonly size: number;
}

/** §1: where the members lie. */
export interface Container {
  readonly content: Member;
  readonly manifest: Member;
  readonly sums: Member;
  readonly signature: Member | undefined;
  /** Modification time of every member, in seconds since 1970. */
  readonly time: number;
}

/**
 * Checks the container by its headers alone. It does not read the content, so the time does not depend on its size. A
 * package that a shell rewrote as text is refused for that reason.
 */
export async function readContainer(source: ByteSource): Promise<Container> {
  try {
    return await readMembers(source);
  } catch (error) {
    if (!isMigratorError(error, 'PACKAGE_MALFORMED') || !(await isRewritten(source))) throw error;
    throw malformed('container', "the package was changed on its way, as Windows PowerShell's > and | do with bytes", {
      hint: 'write it with -o <file>, and send it as a file',
      cause: error,
    });
  }
}

async function readMembers(source: ByteSource): Promise<Container> {
  const first = await block(source, 0);
  const time = headerTime(first);
  if (time === undefined) throw noPackage('it does not begin like a tar file');
  const form = new HeaderForm(time);
  const content = await readMember(source, form, 0, isContentMember, 'content.tar', Infinity);
  const manifest = await next(source, form, content, manifestMember, maxManifestBytes);
  const sums = await next(source, form, manifest, sumsMember, maxSumsBytes);
  const rest = await block(source, afterMember(sums));
  const signature = isZero(rest) ? undefined : await next(source, form, sums, signatureMember, maxSignatureBytes);
  await checkEnd(source, afterMember(signature ?? sums));
  return { content, manifest, sums, signature, time };
}

/** The whole of a small member. */
export async function readSmall(source: ByteSource, member: Member): Promise<Uint8Array> {
  return exactly(source, member.start, member.size);
}

function next(source: ByteSource, form: HeaderForm, before: Member, name: string, limit: number): Promise<Member> {
  return readMember(source, form, afterMember(before), (found) => found === name, name, limit);
}

async function readMember(
  source: ByteSource,
  form: HeaderForm,
  position: number,
  isExpected: (name: string) => boolean,
  expected: string,
  limit: number,
): Promise<Member> {
  const header = form.decode(await block(source, position));
  if (header?.type !== '0') {
    throw malformed(
      'container',
      `the header at byte ${position}, where "${expected}" must begin, does not have the form that packages use`,
    );
  }
  const { name, size } = header;
  if (!isExpected(name)) {
    throw malformed('container', `the package has "${name}" where "${expected}" must be`);
  }
  if (size > limit) throw malformed('container', `"${name}" is ${size} bytes long, and at most ${limit} are allowed`);
  const member = { name, start: position + blockBytes, size };
  if (member.start + size + padding(size) > source.size) throw cutShort(source, `inside "${name}"`);
  if (!isZero(await exactly(source, member.start + size, padding(size)))) {
    throw malformed('container', `bytes are hidden in the padding after "${name}"`);
  }
  return member;
}

async function checkEnd(source: ByteSource, position: number): Promise<void> {
  const end = position + 2 * blockBytes;
  if (!isZero(await exactly(source, position, end - position))) {
    throw malformed('container', 'the package has members that the format does not allow');
  }
  if (source.size > end) throw malformed('container', `${source.size - end} bytes follow the end of the package`);
}

function afterMember(member: Member): number {
  return member.start + member.size + padding(member.size);
}

function block(source: ByteSource, position: number): Promise<Uint8Array> {
  return exactly(source, position, blockBytes);
}

async function exactly(source: ByteSource, position: number, length: number): Promise<Uint8Array> {
  if (length === 0) return new Uint8Array(0);
  if (position + length > source.size) throw cutShort(source, 'where a header must begin');
  const bytes = await source.read(position, length);
  if (bytes.length !== length) throw cutShort(source, `where byte ${position + bytes.length} must follow`);
  return bytes;
}

function cutShort(source: ByteSource, where: string): Error {
  return source.size < blockBytes
    ? noPackage(`it has only ${source.size} bytes`)
    : malformed('container', `the package is cut short: it ends after ${source.size} bytes, ${where}`, {
        hint: 'fetch the package again',
      });
}

const noPackage = (why: string): Error =>
  malformed('container', `this is not a migrator package: ${why}`, {
    hint: 'name a package that migrator wrote; "migrator package seal" makes one of any file',
  });
