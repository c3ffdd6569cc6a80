import type { z } from 'zod';
import { nearest } from '../../nearest.ts';
import { configSchema, knownKeys, type ConfigInput } from './schema.ts';

export interface ConfigProblem {
  /** `instances.lab.url`, `keys.identities[0]`. */
  readonly path: string;
  /** The problem, without the value, which may be a secret. */
  readonly message: string;
  readonly suggestion?: string | undefined;
}

export function showPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((shown, part) => {
    if (typeof part === 'number') return `${shown}[${String(part)}]`;
    const name = String(part);
    if (!/^[\w$-]+$/.test(name)) return `${shown}[${JSON.stringify(name)}]`;
    return shown === '' ? name : `${shown}.${name}`;
  }, '');
}

function kindOf(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  const words: Readonly<Record<string, string>> = {
    string: 'text',
    number: 'a number',
    boolean: 'true or false',
    object: 'a group of keys',
  };
  return words[typeof value] ?? typeof value;
}

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
      return issue.keys.map((key) => ({
        path: showPath([...issue.path, key]),
        message: 'is not a known key',
        suggestion: nearest(key, knownKeys(issue.path)),
      }));
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
    default:
      return [{ path, message: issue.message }];
  }
}

/** `from` and `to` name instances. Without this check, a wrong name would be found only when a command runs. */
function unknownInstances(input: ConfigInput): ConfigProblem[] {
  const names = Object.keys(input.instances ?? {});
  return (['from', 'to'] as const).flatMap((flag) => {
    const name = input.defaults?.[flag];
    if (typeof name !== 'string' || names.includes(name)) return [];
    return [
      {
        path: `defaults.${flag}`,
        message: `is not the name of an instance in this file`,
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

/** The checked configuration, or all problems in it. */
export function checkConfig(
  raw: unknown,
): { readonly input: ConfigInput; readonly problems?: undefined } | { readonly problems: readonly ConfigProblem[] } {
  const root = withoutEmptySections(raw);
  const parsed = configSchema.safeParse(root);
  const problems = parsed.success
    ? unknownInstances(parsed.data)
    : parsed.error.issues.flatMap((issue) => problemsOf(issue, root));
  if (parsed.success && problems.length === 0) return { input: parsed.data };
  return { problems };
}
