import { isKnownFormat } from './format.ts';
import type { Manifest } from './manifest/manifest.ts';
import { newerFormat, untrusted } from './refusal.ts';

/** The comment that the signature covers (§4.2): it binds the signature to this id, version and time. */
export function printTrustedComment({ format, id, version, createdAt }: Manifest): string {
  return `format=${format} id=${id} version=${version} created=${createdAt}`;
}

/** Finds a package of another format before its manifest is read. */
export function checkCommentFormat(comment: string): void {
  const format = /^format=(\S+)/.exec(comment)?.[1];
  if (format !== undefined && !isKnownFormat(format)) throw newerFormat(format);
}

export function checkTrustedComment(comment: string, manifest: Manifest): void {
  if (comment === printTrustedComment(manifest)) return;
  throw untrusted(
    'manifest',
    `the signature is for "${comment}", but the manifest is for "${printTrustedComment(manifest)}"`,
  );
}
