import { createHash } from 'node:crypto';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { createRequire, isBuiltin } from 'node:module';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isAdapterFile } from './adapter-path.ts';

/** A file with code, and the SHA-256 of its bytes. `name` is the same on another machine with the same files. */
export interface CodeFile {
  readonly name: string;
  readonly sha256: string;
}

export interface Code {
  /** By name. */
  readonly files: readonly CodeFile[];
  /** The modules that load others by names which are computed. No digest covers what those are. */
  readonly computed: readonly string[];
}

const literal = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire(?:\.resolve)?\s*\(\s*)(["'`])([^"'`\n$]+)\1/gu;
const call = /\b(?:import|require)\s*\(\s*(?!["'`][^"'`\n$]*["'`]\s*[,)])/u;

/** Where this program is installed: `dist/cli/config` or `src/cli/config` lies below it. */
const ownFolder = fileURLToPath(new URL('../../../', import.meta.url));

/**
 * All code that the named modules load: files by what they import, and packages as a whole, with what they need. The
 * running program itself is left out: it is the one that asks.
 */
export async function codeOf(modules: readonly string[], directory: string): Promise<Code> {
  const walk = new Walk(directory, await realpath(ownFolder));
  for (const name of modules) {
    if (isAdapterFile(name)) await walk.file(resolve(directory, name));
    // Packages are loaded from where migrator is installed.
    else await walk.package(name, ownFolder);
  }
  const files = [...walk.digests].map(([name, sha256]) => ({ name, sha256 }));
  return { files: files.sort((a, b) => (a.name < b.name ? -1 : 1)), computed: [...walk.computed].sort() };
}

class Walk {
  readonly digests = new Map<string, string>();
  readonly computed = new Set<string>();
  readonly #seen: Set<string>;
  readonly #directory: string;

  constructor(directory: string, leftOut: string) {
    this.#directory = directory;
    this.#seen = new Set([leftOut]);
  }

  async file(path: string): Promise<void> {
    const text = await this.#take(path);
    if (text === undefined || !/\.[cm]?js$/u.test(path)) return;
    if (call.test(text)) this.computed.add(this.#nameOf(path));
    for (const [, , specifier = ''] of text.matchAll(literal)) await this.#imported(specifier, path);
  }

  /** A package that does not exist has no code. Its import fails with a message of its own. */
  async package(specifier: string, from: string): Promise<void> {
    const name = specifier
      .split('/')
      .slice(0, specifier.startsWith('@') ? 2 : 1)
      .join('/');
    const folder = await packageFolder(name, from);
    if (folder === undefined || this.#seen.has(folder)) return;
    this.#seen.add(folder);
    for (const path of await filesBelow(folder)) await this.#take(path);
    const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => '{}');
    for (const needed of dependenciesOf(text)) await this.package(needed, folder);
  }

  async #imported(specifier: string, from: string): Promise<void> {
    if (isBuiltin(specifier) || specifier.startsWith('data:')) return;
    const isPath = specifier.startsWith('.') || isAbsolute(specifier) || specifier.startsWith('file:');
    if (!isPath && !specifier.startsWith('#')) return this.package(specifier, dirname(from));
    const path = specifier.startsWith('file:') ? fileURLToPath(specifier) : resolved(specifier, from);
    if (path !== undefined) await this.file(path);
  }

  /** The text of a file that was not read before. */
  async #take(path: string): Promise<string | undefined> {
    if (this.#seen.has(path)) return undefined;
    this.#seen.add(path);
    const bytes = await readFile(path).catch(() => undefined);
    if (bytes === undefined) return undefined;
    this.digests.set(this.#nameOf(path), createHash('sha256').update(bytes).digest('hex'));
    return bytes.toString('utf8');
  }

  #nameOf(path: string): string {
    const parts = path.split(sep);
    const at = parts.lastIndexOf('node_modules');
    return (at < 0 ? relative(this.#directory, path).split(sep) : parts.slice(at)).join('/');
  }
}

/** As `require` finds it, which adds extensions. An import without them fails by itself. */
function resolved(specifier: string, from: string): string | undefined {
  try {
    return createRequire(from).resolve(specifier);
  } catch {
    return undefined;
  }
}

async function packageFolder(name: string, from: string): Promise<string | undefined> {
  for (let folder = from; ; folder = dirname(folder)) {
    const found = await realpath(join(folder, 'node_modules', name)).catch(() => undefined);
    if (found !== undefined) return found;
    if (dirname(folder) === folder) return undefined;
  }
}

/** The files of a package, without the packages inside it. */
async function filesBelow(folder: string): Promise<readonly string[]> {
  const files: string[] = [];
  for (const name of (await readdir(folder).catch(() => [])).sort()) {
    const path = join(folder, name);
    const stats = await stat(path).catch(() => undefined);
    if (stats?.isFile() === true) files.push(path);
    else if (stats?.isDirectory() === true && name !== 'node_modules') files.push(...(await filesBelow(path)));
  }
  return files;
}

function dependenciesOf(text: string): readonly string[] {
  const parsed = JSON.parse(text) as Readonly<Record<string, unknown>>;
  return ['dependencies', 'optionalDependencies', 'peerDependencies'].flatMap((kind) =>
    Object.keys((parsed[kind] as object | undefined) ?? {}),
  );
}
