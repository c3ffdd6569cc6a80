import { createHash } from 'node:crypto';
import { MigratorError } from '../../../errors.ts';
import type { ArtifactFile } from '../../../ports/artifact.ts';
import { requireName } from '../wire/paths.ts';
import { memberNames, packed } from './zip.ts';

/** Files that an import adds to the root of the project, besides those of the package. */
export interface Expressions {
  /** The zip that is sent. */
  readonly bytes: Buffer;
  /** The names that the files get, each once. Folders of the zip are left out of the names. */
  readonly names: readonly string[];
  /** Names that several files of the zip get. The import keeps one of these files and does not say which. */
  readonly clashing: readonly string[];
}

/** The bytes, in base64, of the option files that this process has read, by their SHA-256. */
export type OptionFiles = Map<string, string>;

/** `name/base64` texts as `name/sha256:<hex>`, which may be journaled. The bytes stay in `held`. */
export function digested(texts: readonly string[], held: OptionFiles): readonly string[] {
  return texts.map((text) => {
    const { name, bytes } = fileOf(text);
    const digest = createHash('sha256').update(bytes).digest('hex');
    held.set(digest, bytes.toString('base64'));
    return `${name}/sha256:${digest}`;
  });
}

/** The `name/base64` texts again. CONFLICT when this process has not read one of the files. */
export function undigested(texts: readonly string[], held: OptionFiles): readonly string[] {
  return texts.map((text) => {
    const [, name, digest] = /^(.*)\/sha256:([0-9a-f]{64})$/su.exec(text) ?? [];
    // Runs that an earlier release began have the bytes themselves.
    if (digest === undefined) return text;
    const known = held.get(digest);
    if (known !== undefined) return `${name ?? ''}/${known}`;
    throw new MigratorError('CONFLICT', `the import was prepared with another --expression-file ${name ?? ''}`, {
      hint: 'run the command again with the same file, or start a new run with --fresh',
    });
  });
}

/**
 * Reads `name/base64` texts. One zip is sent as it is; files are packed into a zip. Undefined for no texts. USAGE when
 * a zip is not alone or cannot be read, or when two files have one name.
 */
export async function readExpressions(texts: readonly string[], signal: AbortSignal): Promise<Expressions | undefined> {
  const files = texts.map(fileOf);
  const [first, ...others] = files;
  if (first === undefined) return undefined;
  const zip = files.find(({ bytes }) => bytes.subarray(0, 2).toString('latin1') === 'PK');
  if (zip !== undefined && others.length > 0) {
    throw new MigratorError('USAGE', `--expression-file ${zip.name} is a zip, and others are given beside it`, {
      hint: 'give one zip, or the files themselves',
    });
  }
  const paths = zip === undefined ? files.map(({ name }) => name) : await pathsIn(zip, signal);
  const names = paths.map((path) => path.split('/').at(-1) ?? path);
  for (const name of names) requireName(name, '--expression-file');
  const clashing = [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
  if (zip === undefined && clashing.length > 0) {
    throw new MigratorError('USAGE', `--expression-file: two files are called ${clashing.join(', ')}`, {
      hint: 'an import puts them side by side into the root of the project',
    });
  }
  return { bytes: zip?.bytes ?? (await packed(files)), names: [...new Set(names)], clashing };
}

interface NamedBytes {
  readonly name: string;
  readonly bytes: Buffer;
}

function fileOf(text: string): NamedBytes {
  const slash = text.indexOf('/');
  return { name: text.slice(0, slash), bytes: Buffer.from(text.slice(slash + 1), 'base64') };
}

async function pathsIn({ name, bytes }: NamedBytes, signal: AbortSignal): Promise<readonly string[]> {
  const file: ArtifactFile = {
    path: name,
    size: bytes.length,
    mediaType: 'application/zip',
    open: async function* () {
      yield await Promise.resolve(bytes);
    },
  };
  try {
    return (await memberNames(file, signal)).filter((path) => !path.endsWith('/'));
  } catch (cause) {
    throw new MigratorError('USAGE', `--expression-file ${name} is not a zip that can be read`, { cause });
  }
}
