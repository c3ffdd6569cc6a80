import { formatName } from './format.ts';
import type { Manifest } from './manifest/manifest.ts';
import { newerFormat, untrusted } from './refusal.ts';

/** What the signature says of itself (§4.2): it stands for this id, version and time, and for no other. */
export function printTrustedComment({ format, id, version, createdAt }: Manifest): string {
  return `format=${format} id=${id} version=${version} created=${createdAt}`;
}

/** Before the manifest is read: a comment of another format means a package of another format. */
export function checkCommentFormat(comment: string): void {
  const format = /^format=(\S+)/.exec(comment)?.[1];
  if (format !== undefined && format !== formatName) throw newerFormat(format, formatName);
}

export function checkTrustedComment(comment: string, manifest: Manifest): void {
  if (comment === printTrustedComment(manifest)) return;
  throw untrusted(
    'manifest',
    `the signature is for "${comment}", and the manifest for "${printTrustedComment(manifest)}"`,
  );
}
