import { nameFault, versionPattern } from '../package/manifest/rules.ts';
import type { PackageRef } from '../ports/artifact.ts';

/** What the key of a package tells. */
export interface Named extends PackageRef {
  /** The SHA-256 of its bytes, in lower-case hex. */
  readonly sha256: string;
  /** `tar` for a sealed package. */
  readonly extension: string;
}

const form = /^([^/]+)\/([^/]+)\/([0-9a-f]{64})\.([a-z0-9]{1,10})$/u;

/**
 * `<id>/<version>/<SHA-256>.<extension>`: a key holds the digest of its bytes, so other bytes have another key, and no
 * upload replaces a package that is there.
 */
export function keyOf({ id, version, sha256, extension }: Named): string {
  return `${folderOf({ id, version })}${sha256}.${extension}`;
}

export function folderOf({ id, version }: PackageRef): string {
  return `${id}/${version}/`;
}

/** Undefined for a key that no upload of ours has made. */
export function parseKey(key: string): Named | undefined {
  const [, id, version, sha256, extension] = form.exec(key) ?? [];
  if (id === undefined || version === undefined || sha256 === undefined || extension === undefined) return undefined;
  return nameFault({ id, version }) === undefined ? { id, version, sha256, extension } : undefined;
}

/** The extension of a file name, as far as a key takes it. */
export function extensionOf(path: string): string {
  return /\.([A-Za-z0-9]{1,10})$/u.exec(path)?.[1]?.toLowerCase() ?? 'bin';
}

/** `Acme.Move.1.0.0.zip` is the version 1.0.0 of Acme.Move. The id is as short as it can be. */
export function parseFileName(fileName: string): PackageRef | undefined {
  const stem = /^(.+)\.[A-Za-z0-9]{1,10}$/u.exec(fileName)?.[1] ?? '';
  for (let dot = stem.indexOf('.'); dot > 0; dot = stem.indexOf('.', dot + 1)) {
    const ref = { id: stem.slice(0, dot), version: stem.slice(dot + 1) };
    if (versionPattern.test(ref.version) && nameFault(ref) === undefined) return ref;
  }
  return undefined;
}
