import { readFile, readdir, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Finished } from './binary.ts';
import type { Workshop } from './workshop.ts';

const preload = fileURLToPath(new URL('crash.mjs', import.meta.url));

function watched(env: Workshop['env'], more: Readonly<Record<string, string>>) {
  return { ...env, NODE_OPTIONS: `--import ${preload}`, ...more };
}

/** Runs a command line whose process dies at this step; `stepsOf` names the steps. */
export function crashAt(step: string, { binary, env }: Workshop, args: readonly string[]): Promise<Finished> {
  return binary(args, { env: watched(env, { CRASH_AT: step }) });
}

/** The steps of a command line that runs to its end: requests, answers, and files that get or lose their name. */
export async function stepsOf({ binary, env, path }: Workshop, args: readonly string[]) {
  const trace = path('trace.txt');
  const finished = await binary(args, { env: watched(env, { CRASH_TRACE: trace }) });
  const steps = (await readFile(trace, 'utf8')).trim().split('\n');
  await rm(trace);
  return { finished, steps };
}

/** Incomplete and staged files below the user's folder, without those of the servers. */
export async function leftovers({ folder }: Workshop): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true });
  return names.filter((name) => !/^(lab|prod)\b/.test(name) && /\.partial\b|staging.+\.tar$/.test(name)).sort();
}
