import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MigratorError } from '../../errors.ts';
import { jsonFault, repeatedKey } from '../../json-text.ts';

/** Called with a file that is code, before it runs. It throws when the file must not run. */
export type BeforeCode = (file: string) => Promise<void>;

export type Loader = (file: string, content: string) => Promise<unknown>;

function invalid(file: string, what: string, cause?: unknown): MigratorError {
  return new MigratorError('CONFIG_INVALID', `"${file}" ${what}`, { details: { file }, cause });
}

/** No message quotes the file, because the file may hold a secret. */
function loadJson(file: string, content: string): Promise<unknown> {
  // Every Node.js project has a package.json. One without a "migrator" key is not checked for syntax errors.
  if (basename(file) === 'package.json' && !content.includes('"migrator"')) return Promise.resolve({});
  const text = content.replace(/^\uFEFF/, '');
  const fault = jsonFault(text);
  if (fault !== undefined) {
    const place = `line ${String(fault.line)}, column ${String(fault.column)}`;
    throw invalid(file, `is not valid JSON at ${place}: expected ${fault.expected}`);
  }
  const twice = repeatedKey(text);
  if (twice !== undefined) throw invalid(file, `has the key ${twice} more than once in one object`);
  return Promise.resolve(JSON.parse(text) as unknown);
}

interface YamlFault {
  readonly reason: string;
  readonly mark: { readonly line: number; readonly column: number };
}

function isYamlFault(error: unknown): error is YamlFault {
  return typeof error === 'object' && error !== null && 'reason' in error && 'mark' in error;
}

/** `unidentified alias`, without the name that follows. */
function withoutQuotes(reason: string): string {
  return reason.replace(/\s*["'<!`(:].*$/su, '');
}

function loadYaml(parse: (file: string, content: string) => unknown): Loader {
  return (file, content) => {
    try {
      // A file that has only comments is an empty configuration.
      return Promise.resolve(parse(file, content) ?? {});
    } catch (error) {
      if (!isYamlFault(error)) throw invalid(file, 'is not valid YAML', error);
      const place = `line ${String(error.mark.line + 1)}, column ${String(error.mark.column + 1)}`;
      // The parser's message quotes the file, and so do some reasons. The cause is not kept.
      throw invalid(file, `is not valid YAML at ${place}: ${withoutQuotes(error.reason)}`);
    }
  };
}

function placeOf(error: unknown): string {
  const { stack = '' } = error as Error;
  const line = /^(?:\s+at )?((?:file:)?\/\S+?):(\d+)(?::\d+)?$/mu.exec(stack);
  return line === null ? '' : ` at line ${line[2] ?? ''} of ${line[1] ?? ''}`;
}

async function loadModule(file: string, beforeCode: BeforeCode): Promise<unknown> {
  await beforeCode(file);
  let loaded: { readonly default?: unknown };
  try {
    loaded = (await import(pathToFileURL(file).href)) as typeof loaded;
  } catch (error) {
    // The error of a text without quotes quotes it, so only the place is told.
    const name = error instanceof Error ? error.name : '';
    if (name === 'SyntaxError') throw invalid(file, `could not be run: it is not valid JavaScript${placeOf(error)}`);
    if (name === 'ReferenceError') throw invalid(file, `could not be run: a name is not defined${placeOf(error)}`);
    throw invalid(file, `could not be run: ${error instanceof Error ? error.message : String(error)}`, error);
  }
  if (loaded.default === undefined) throw invalid(file, 'has no default export');
  return loaded.default;
}

function refuseTypeScript(file: string): Promise<unknown> {
  throw new MigratorError('CONFIG_INVALID', `"${file}" is TypeScript, which migrator does not read`, {
    hint: 'write it as .mjs, .json or .yaml',
    details: { file },
  });
}

/**
 * Refuses `$import`: cosmiconfig would merge the imported files, and silently ignore this file if one of them is
 * missing.
 */
const alone =
  (loader: Loader): Loader =>
  async (file, content) => {
    const loaded = await loader(file, content);
    if (typeof loaded === 'object' && loaded !== null && '$import' in loaded) {
      throw invalid(file, 'uses $import, which is not supported; write a .mjs file that imports the other file');
    }
    return loaded;
  };

/** The loaders by extension. TypeScript is refused, so that its compiler is never loaded. */
export function loaders(
  parseYaml: (file: string, content: string) => unknown,
  beforeCode: BeforeCode,
): Readonly<Record<string, Loader>> {
  const code = alone((file) => loadModule(file, beforeCode));
  const yaml = alone(loadYaml(parseYaml));
  return {
    noExt: yaml,
    '.yaml': yaml,
    '.yml': yaml,
    '.json': alone(loadJson),
    '.js': code,
    '.mjs': code,
    '.cjs': code,
    '.ts': refuseTypeScript,
  };
}
