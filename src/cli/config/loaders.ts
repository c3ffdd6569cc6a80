import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MigratorError } from '../../errors.ts';
import { jsonFault, repeatedKey } from '../../json-text.ts';
import { plainCopy } from './plain.ts';
import { showPath } from './show-path.ts';

/** Called with a file that is code, before it runs. It throws when the file must not run. */
export type BeforeCode = (file: string) => Promise<void>;

export type Loader = (file: string, content: string) => Promise<unknown>;

function invalid(file: string, what: string, hint: string, cause?: unknown): MigratorError {
  return new MigratorError('CONFIG_INVALID', `"${file}" ${what}`, { hint, details: { file }, cause });
}

const lineAt = (text: string, index: number): string => `line ${String(text.slice(0, index).split('\n').length)}`;

const encoding = 'save it as UTF-8';

/** The text of a file as cosmiconfig read it: bytes that are no UTF-8 have become the replacement character. */
function textOf(file: string, content: string): string {
  const text = content.replace(/^\uFEFF/, '');
  const zero = text.indexOf('\0');
  const foreign = text.indexOf('\uFFFD');
  if (zero >= 0 && foreign === 0) throw invalid(file, 'is written in UTF-16', encoding);
  if (zero >= 0) throw invalid(file, `holds a NUL byte at ${lineAt(text, zero)}, so it is not text`, encoding);
  if (foreign >= 0) throw invalid(file, `holds bytes at ${lineAt(text, foreign)} that are not UTF-8`, encoding);
  return text;
}

/** No message quotes the file, because the file may hold a secret. */
function loadJson(file: string, content: string): Promise<unknown> {
  // Every Node.js project has a package.json. One without a "migrator" key is not checked for syntax errors.
  if (basename(file) === 'package.json' && !content.includes('"migrator"')) return Promise.resolve({});
  const text = textOf(file, content);
  const fault = jsonFault(text);
  if (fault !== undefined) {
    const place = `line ${String(fault.line)}, column ${String(fault.column)}`;
    const rest = text.split('\n')[fault.line - 1]?.slice(fault.column - 1) ?? '';
    throw invalid(
      file,
      `is not valid JSON at ${place}: expected ${fault.expected}`,
      /^(\/[/*]|#)/u.test(rest) ? 'JSON has no comments; YAML has, in a file .migratorrc.yaml' : 'correct it there',
    );
  }
  const twice = repeatedKey(text);
  if (twice !== undefined) throw invalid(file, `has the key ${twice} more than once in one object`, 'keep one of them');
  return Promise.resolve(JSON.parse(text) as unknown);
}

interface YamlFault {
  readonly reason: string;
  /** Without it, the fault is of the file as a whole. */
  readonly mark: { readonly line: number; readonly column: number };
}

function isYamlFault(error: unknown): error is YamlFault {
  return (
    typeof error === 'object' && error !== null && 'reason' in error && 'mark' in error && error.mark !== undefined
  );
}

const isSeveral = (error: unknown): boolean => error instanceof Error && error.message.includes('single document');

/** `unidentified alias`, without the name that follows. */
function withoutQuotes(reason: string): string {
  return reason.replace(/\s*["'<!`(:].*$/su, '');
}

/** Where a second YAML document begins: its line, and the sign (`---` or `...`) that ends the first one. */
function secondDocument(text: string): { readonly line: number; readonly sign: string } {
  const lines = text.split(/\r?\n/u);
  const content = lines.findIndex((line) => line.trim() !== '' && !/^(#|%|---(\s|$)|\.\.\.(\s|$))/u.test(line));
  const end = lines.findIndex((line, index) => index > content && /^(---|\.\.\.)(\s|$)/u.test(line));
  const sign = lines[end]?.slice(0, 3) ?? '---';
  if (sign === '---')
    return { line: (end < 0 ? lines.findLastIndex((line) => /^---(\s|$)/u.test(line)) : end) + 1, sign };
  const next = lines.findIndex((line, index) => index > end && line.trim() !== '' && !/^(#|\.\.\.(\s|$))/u.test(line));
  return { line: Math.max(next, end) + 1, sign };
}

function yamlHint(reason: string): string {
  if (/\btab\b/u.test(reason)) return 'indent with spaces';
  if (reason.includes('duplicated')) return 'keep one of the two keys';
  return 'correct it there; a text with special characters needs quotes';
}

function loadYaml(parse: (file: string, content: string) => unknown): Loader {
  return (file, content) => {
    const text = textOf(file, content);
    try {
      // A file that has only comments is an empty configuration.
      return Promise.resolve(parse(file, text) ?? {});
    } catch (error) {
      if (!isSeveral(error) && !isYamlFault(error))
        throw invalid(file, 'is not valid YAML: it is nested too deeply', 'write it with fewer levels');
      // Several documents are a fault without a place.
      if (!isYamlFault(error)) {
        const { line, sign } = secondDocument(text);
        const place = `a second one begins at line ${String(line)}`;
        throw invalid(
          file,
          `holds more than one YAML document: ${place}`,
          `keep one document, without "${sign}" after it`,
        );
      }
      const place = `line ${String(error.mark.line + 1)}, column ${String(error.mark.column + 1)}`;
      // The parser's message quotes the file, and so do some reasons. The cause is not kept.
      const reason = withoutQuotes(error.reason);
      throw invalid(file, `is not valid YAML at ${place}: ${reason}`, yamlHint(reason));
    }
  };
}

function placeOf(error: unknown): string {
  const { stack = '' } = error as Error;
  const line = /^(?:\s+at )?((?:file:)?\/\S+?):(\d+)(?::\d+)?$/mu.exec(stack);
  return line === null ? '' : ` at line ${line[2] ?? ''} of ${line[1] ?? ''}`;
}

const longestRun = 30_000;
const runHint = 'correct the file; it must export one object with the keys of docs/configuration.md';

/** What a module exports, when it has run to its end. A promise is waited for. */
async function defaultOf(file: string): Promise<unknown> {
  const loaded = (await import(pathToFileURL(file).href)) as { readonly default?: unknown };
  return await loaded.default;
}

async function loadModule(file: string, beforeCode: BeforeCode): Promise<unknown> {
  await beforeCode(file);
  let timer: NodeJS.Timeout | undefined;
  // The timer also keeps the process alive: a promise alone, which nothing settles, would end it without a word.
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(invalid(file, `has not run to its end after ${String(longestRun / 1000)} s`, runHint));
    }, longestRun);
  });
  let value: unknown;
  try {
    value = await Promise.race([defaultOf(file), late]);
  } catch (error) {
    if (error instanceof MigratorError) throw error;
    // The error of a text without quotes quotes it, so only the place is told.
    const name = error instanceof Error ? error.name : '';
    if (name === 'SyntaxError')
      throw invalid(file, `could not be run: it is not valid JavaScript${placeOf(error)}`, runHint);
    if (name === 'ReferenceError')
      throw invalid(file, `could not be run: a name is not defined${placeOf(error)}`, runHint);
    const { message: reason = 'it threw something that is not an error' } = (error ?? {}) as Partial<Error>;
    throw invalid(file, `could not be run: ${reason}`, runHint, error);
  } finally {
    clearTimeout(timer);
  }
  if (value === undefined) throw invalid(file, 'has no default export', runHint);
  if (value === null) throw invalid(file, 'exports null instead of a configuration', runHint);
  if (typeof value === 'function')
    throw invalid(file, 'exports a function instead of a configuration', 'export the object that the function makes');
  return value;
}

function refuseTypeScript(file: string): Promise<unknown> {
  throw new MigratorError('CONFIG_INVALID', `"${file}" is TypeScript, which migrator does not read`, {
    hint: 'write it as .mjs, .json or .yaml',
    details: { file },
  });
}

/**
 * Makes plain data of what a file holds. Refuses `$import`: cosmiconfig would merge the imported files, and silently ignore
 * this file if one of them is missing.
 */
const alone =
  (loader: Loader): Loader =>
  async (file, content) => {
    const { copy, fault } = plainCopy(await loader(file, content));
    if (fault !== undefined) {
      const subject = fault.path.length === 0 ? '' : `holds ${showPath(fault.path)}, which `;
      throw invalid(file, `${subject}${fault.message}`, 'write the values themselves, without aliases or code');
    }
    if (typeof copy === 'object' && copy !== null && '$import' in copy) {
      throw invalid(file, 'uses $import, which is not supported', 'write a .mjs file that imports the other file');
    }
    return copy;
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
