import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { knownUrl } from '../../adapters/index.ts';
import { MigratorError } from '../../errors.ts';
import type { IO } from '../terminal/io.ts';
import type { Config, InstanceConfig, KeysConfig } from './config.ts';
import { parseDuration } from './duration.ts';
import { lineOf } from './line-of.ts';
import type { ConfigProblem } from './problem.ts';
import type { ProblemsOfCode } from './problems.ts';
import type { ConfigInput } from './schema.ts';
import { findConfig } from './search.ts';
import { checkAllowed } from './allowed.ts';

const builtInTimeout = 60_000;
const builtInRetries = 5;
const scripts = /\.[cm]?js$/u;

function sentence({ path, message, apart, suggestion, line }: ConfigProblem): string {
  const subject = path === '' ? 'the configuration' : path;
  const place = line === undefined ? '' : `line ${String(line)}: `;
  return `${place}${subject}${apart === true ? ':' : ''} ${message}${suggestion === undefined ? '' : `; did you mean "${suggestion}"?`}`;
}

/** CONFIG_INVALID with all that is wrong in one file. One fault keeps its own hint. */
export function configFault(file: string, problems: readonly ConfigProblem[]): MigratorError {
  const [only] = problems.length === 1 ? problems : [];
  const hint =
    only?.hint ??
    '`migrator help configuration` lists every key; `migrator config schema` prints the schema for editors';
  const sentences = problems.map(sentence);
  const message =
    sentences.length === 1
      ? `"${file}": ${String(sentences[0])}`
      : `"${file}" has ${String(sentences.length)} problems:\n${sentences.map((line) => `  - ${line}`).join('\n')}`;
  return new MigratorError('CONFIG_INVALID', message, {
    hint,
    details: { file, problems },
  });
}

/** The problems with the lines where a text file has them. */
export async function placed(file: string, problems: readonly ConfigProblem[]): Promise<readonly ConfigProblem[]> {
  if (scripts.test(file) || !(await stat(file)).isFile()) return problems;
  const text = await readFile(file, 'utf8');
  return problems.map((problem) => ({ ...problem, line: lineOf(problem.path, text) }));
}

/** The names come from the file, so the object has no prototype: "constructor" must not be a known instance. */
function instancesOf(input: ConfigInput): Readonly<Record<string, InstanceConfig>> {
  const instances = Object.create(null) as Record<string, InstanceConfig>;
  for (const [name, { product, url, ...settings }] of Object.entries(input.instances ?? {})) {
    instances[name] = { name, product, url: knownUrl(product, url) ?? url, settings };
  }
  return instances;
}

/** The schema has checked that these are texts. Names of groups come from the file, as those of instances do. */
function recipientsOf(
  recipients: NonNullable<NonNullable<ConfigInput['keys']>['recipients']>,
): KeysConfig['recipients'] {
  if (Array.isArray(recipients)) return recipients as readonly string[];
  return Object.assign(Object.create(null) as object, recipients) as Readonly<Record<string, readonly string[]>>;
}

function durationOf(value: string | number): number | undefined {
  return typeof value === 'number' ? value : parseDuration(value);
}

function build(
  input: ConfigInput,
  place: Pick<Config, 'file' | 'mode' | 'directory' | 'warnings' | 'allowCode'>,
): Config {
  const { keys, http } = input;
  const builtIn = (['timeout', 'retries'] as const).filter((key) => http?.[key] === undefined);
  return {
    ...place,
    instances: instancesOf(input),
    defaults: Object.assign(Object.create(null) as object, input.defaults),
    keys: {
      signing: keys?.signing,
      identities: keys?.identities ?? [],
      recipients: recipientsOf(keys?.recipients ?? []),
      trust: keys?.trust ?? [],
      passphrase: keys?.passphrase,
      identityPassphrase: keys?.identityPassphrase,
    },
    http: {
      timeout: durationOf(http?.timeout ?? builtInTimeout) ?? builtInTimeout,
      retries: http?.retries ?? builtInRetries,
      patience: http?.patience === undefined ? undefined : durationOf(http.patience),
      proxy: http?.proxy,
      ca: http?.ca,
      cert: http?.cert,
      key: http?.key,
      keyPassphrase: http?.keyPassphrase,
    },
    adapters: input.adapters ?? [],
    builtIn: builtIn.map((key) => `http.${key}`),
  };
}

/**
 * Finds, reads and checks the rc file. Without an rc file, the values are the built-in ones and there are no instances.
 * CONFIG_INVALID names the file and all problems: line and column of a syntax error, or the path of each wrong key with
 * the nearest valid key.
 */
export async function loadConfig(
  io: IO,
  explicitFile: string | undefined,
  problemsOfCode: ProblemsOfCode = () => Promise.resolve([]),
): Promise<Config> {
  const found = await findConfig(io, explicitFile);
  if (found === undefined) {
    const allowCode = () => Promise.resolve();
    return build({}, { file: undefined, mode: undefined, directory: io.cwd, warnings: [], allowCode });
  }
  const { allProblems, checkConfig } = await import('./problems.ts');
  const checked = checkConfig(found.content ?? {});
  // A file that is code has run by now, so it was allowed.
  let allowed: Promise<void> | undefined = scripts.test(found.file) ? Promise.resolve() : undefined;
  const allowCode = (what: string) => (allowed ??= checkAllowed(found, what, io));
  const { file, warnings } = found;
  if (checked.problems !== undefined) {
    const problems = await allProblems(found.content, { directory: dirname(file), allowCode }, problemsOfCode);
    throw configFault(file, await placed(file, problems));
  }
  const mode = io.platform === 'win32' ? undefined : (await stat(file)).mode & 0o777;
  return build(checked.input, { file, mode, directory: dirname(file), warnings, allowCode });
}
