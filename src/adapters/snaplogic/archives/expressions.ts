import { MigratorError } from '../../../errors.ts';
import type { ArtifactFile } from '../../../ports/artifact.ts';
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
    throw new MigratorError('USAGE', `--expression-file ${name} is no zip that can be read`, { cause });
  }
}
