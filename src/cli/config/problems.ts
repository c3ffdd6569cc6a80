import type { z } from 'zod';
import { nearest } from '../../nearest.ts';
import type { Config } from './config.ts';
import { kindOf, type ConfigProblem } from './problem.ts';
import { showPath } from './show-path.ts';
import { referenceProblems, settingProblems } from './settings.ts';
import { asMeant } from './spelling.ts';
import { configSchema, knownKeys, type ConfigInput } from './schema.ts';

const expectedWords: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of keys',
  record: 'a group of keys',
};

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[part] : undefined,
    root,
  );
}

type Issue = z.core.$ZodIssue;

function problemsOf(issue: Issue, root: unknown): ConfigProblem[] {
  const path = showPath(issue.path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => {
        const keys = knownKeys(issue.path);
        const suggestion = nearest(key, keys);
        const there = suggestion === undefined && keys.length > 0 ? `; there are ${keys.join(', ')}` : '';
        return { path: showPath([...issue.path, key]), message: `is not a known key${there}`, suggestion };
      });
    case 'invalid_key':
      return [{ path, message: issue.issues[0]?.message ?? 'is not a valid name' }];
    case 'invalid_type': {
      const value = valueAt(root, issue.path);
      const wanted = expectedWords[issue.expected] ?? issue.expected;
      if (value !== undefined) return [{ path, message: `must be ${wanted}, not ${kindOf(value)}` }];
      const parent = valueAt(root, issue.path.slice(0, -1));
      const written = nearest(String(issue.path.at(-1)), Object.keys(parent ?? {}));
      return [{ path, message: written === undefined ? 'is missing' : `is missing (there is "${written}")` }];
    }
    case 'too_small':
      return [
        { path, message: issue.origin === 'string' ? issue.message : `must be at least ${String(issue.minimum)}` },
      ];
    case 'too_big':
      return [{ path, message: `must be at most ${String(issue.maximum)}` }];
    case 'invalid_union': {
      const value = valueAt(root, issue.path);
      // YAML reads 2026-01-01 as a date.
      return [{ path, message: `${issue.message}${value instanceof Date ? `, not ${kindOf(value)}` : ''}` }];
    }
    default:
      return [{ path, message: issue.message }];
  }
}

/** `from`, `to` and `at` name instances. Without this check, a wrong name would be found only when a command runs. */
function unknownInstances(root: unknown): ConfigProblem[] {
  const names = Object.keys(valueAt(root, ['instances']) ?? {});
  return (['from', 'to', 'at'] as const).flatMap((flag) => {
    const name = valueAt(root, ['defaults', flag]);
    if (typeof name !== 'string' || names.includes(name)) return [];
    const there = names.length === 0 ? 'which has none' : `which has: ${names.join(', ')}`;
    return [
      {
        path: `defaults.${flag}`,
        message: `is not the name of an instance in this file, ${there}`,
        suggestion: nearest(name, names),
      },
    ];
  });
}

/** An empty section, such as `instances:` with only comments below, counts as absent. */
function withoutEmptySections(root: unknown): unknown {
  if (typeof root !== 'object' || root === null || Array.isArray(root)) return root;
  return Object.fromEntries(Object.entries(root).filter(([, value]) => value !== null && value !== undefined));
}

function examined(raw: unknown) {
  const meant = asMeant(raw);
  const root = withoutEmptySections(meant.root);
  const parsed = configSchema.safeParse(root);
  const found = [
    ...(parsed.success ? [] : parsed.error.issues.flatMap((issue) => problemsOf(issue, root))),
    ...settingProblems(root),
    ...referenceProblems(root),
    ...unknownInstances(root),
  ];
  const inFile = (problem: ConfigProblem): ConfigProblem => ({ ...problem, path: meant.written(problem.path) });
  return { parsed, root, misspelt: meant.problems, found, inFile };
}

/** The checked configuration, or what is wrong in it. */
export function checkConfig(
  raw: unknown,
): { readonly input: ConfigInput; readonly problems?: undefined } | { readonly problems: readonly ConfigProblem[] } {
  const { parsed, misspelt, found, inFile } = examined(raw);
  const problems = [...misspelt, ...found.map(inFile)];
  return parsed.success && problems.length === 0 ? { input: parsed.data } : { problems };
}

/** What only code tells: all commands about `defaults`, and the adapters about their instances. */
export type ProblemsOfCode = (given: {
  readonly root: unknown;
  /** The paths of what is wrong already. */
  readonly faulty: readonly string[];
  readonly file: CodePlace;
}) => Promise<readonly ConfigProblem[]>;

/** Where the code of an rc file lies, and whether it may run. */
export type CodePlace = Pick<Config, 'directory' | 'allowCode'>;

/** All that is wrong in a configuration. Asking the code takes time. */
export async function allProblems(
  raw: unknown,
  file: CodePlace,
  problemsOfCode: ProblemsOfCode,
): Promise<readonly ConfigProblem[]> {
  const { root, misspelt, found, inFile } = examined(raw);
  const faulty = [...found, ...misspelt].map(({ path }) => path);
  const ofCode = await problemsOfCode({ root, faulty, file });
  // What is known of the flag says more than the schema.
  const others = found.filter(({ path }) => !ofCode.some((one) => one.path === path));
  return [...misspelt, ...[...others, ...ofCode].map(inFile)];
}
