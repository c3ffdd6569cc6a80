import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MigratorError } from '../../errors.ts';
import { jsonFault } from './json-fault.ts';

export type Loader = (file: string, content: string) => Promise<unknown>;

function invalid(file: string, what: string, cause?: unknown): MigratorError {
  return new MigratorError('CONFIG_INVALID', `"${file}" ${what}`, { details: { file }, cause });
}

/** No message quotes the file: it may hold a secret. */
function loadJson(file: string, content: string): Promise<unknown> {
  // Every project of this language has a package.json; one that does not speak of migrator may be broken for all we care.
  if (basename(file) === 'package.json' && !content.includes('"migrator"')) return Promise.resolve({});
  const text = content.replace(/^\uFEFF/, '');
  const fault = jsonFault(text);
  if (fault !== undefined) {
    const place = `line ${String(fault.line)}, column ${String(fault.column)}`;
    throw invalid(file, `is not valid JSON at ${place}: expected ${fault.expected}`);
  }
  return Promise.resolve(JSON.parse(text) as unknown);
}

interface YamlFault {
  readonly reason: string;
  readonly mark: { readonly line: number; readonly column: number };
}

function isYamlFault(error: unknown): error is YamlFault {
  return typeof error === 'object' && error !== null && 'reason' in error && 'mark' in error;
}

function loadYaml(parse: (file: string, content: string) => unknown): Loader {
  return (file, content) => {
    try {
      // A file of comments only is a configuration that says nothing.
      return Promise.resolve(parse(file, content) ?? {});
    } catch (error) {
      if (!isYamlFault(error)) throw invalid(file, 'is not valid YAML', error);
      const place = `line ${String(error.mark.line + 1)}, column ${String(error.mark.column + 1)}`;
      // The parser's message goes on with an excerpt of the file, so only its reason is used, and no cause is kept.
      throw invalid(file, `is not valid YAML at ${place}: ${error.reason}`);
    }
  };
}

async function loadModule(file: string): Promise<unknown> {
  let loaded: { readonly default?: unknown };
  try {
    loaded = (await import(pathToFileURL(file).href)) as typeof loaded;
  } catch (error) {
    throw invalid(file, `could not be run: ${error instanceof Error ? error.message : String(error)}`, error);
  }
  if (loaded.default === undefined) throw invalid(file, 'has no default export');
  return loaded.default;
}

function refuseTypeScript(file: string): Promise<unknown> {
  throw new MigratorError('CONFIG_INVALID', `"${file}" is TypeScript, which is not read`, {
    hint: 'write it as .mjs, .json or .yaml',
    details: { file },
  });
}

/** The finder would merge the files that `$import` names, and skip this one without a word when one of them is missing. */
const alone =
  (loader: Loader): Loader =>
  async (file, content) => {
    const loaded = await loader(file, content);
    if (typeof loaded === 'object' && loaded !== null && '$import' in loaded) {
      throw invalid(file, 'uses $import, which is not supported; write a .mjs file that imports the other');
    }
    return loaded;
  };

/** By extension. TypeScript is refused, so that the compiler is never loaded. */
export function loaders(parseYaml: (file: string, content: string) => unknown): Readonly<Record<string, Loader>> {
  const yaml = alone(loadYaml(parseYaml));
  return {
    noExt: yaml,
    '.yaml': yaml,
    '.yml': yaml,
    '.json': alone(loadJson),
    '.js': alone(loadModule),
    '.mjs': alone(loadModule),
    '.cjs': alone(loadModule),
    '.ts': refuseTypeScript,
  };
}
