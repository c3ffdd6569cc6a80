import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { main } from '../../src/cli/main.ts';
import type { FaultSpec, RunningEmulator } from '../../src/emulators/index.ts';
import { leftovers } from '../support/crash.ts';
import { counted } from '../support/octopus-api.ts';
import { testIO } from '../support/test-io.ts';
import { all, sample } from '../support/sample.ts';
import { withWorkshop, type Workshop } from '../support/workshop.ts';

// There are hundreds of command lines. They run in this process, through the function that the binary calls.

type Effect = Omit<Extract<FaultSpec, { readonly type: 'route' }>, 'type' | 'method' | 'path' | 'times'>;

const effects: Readonly<Record<string, Effect>> = {
  'a 429': { status: 429, retryAfter: 0 },
  'a 503': { status: 503 },
  'a reset': { reset: 'before' },
  'an answer that is lost': { reset: 'after' },
  'a body that stands still': { drip: 1, every: 1500 },
  'a page of HTML': { html: true, status: 200 },
  'an HTML error': { html: true, status: 502 },
  'a body that is cut off': { cut: 7 },
};

interface Request {
  readonly server: 'lab' | 'prod';
  readonly method: string;
  /** With `*` in place of ids and versions. */
  readonly path: string;
}

interface Case extends Request {
  readonly effect: string;
}

interface Ended {
  readonly code: number;
  readonly err: string;
  readonly seconds: number;
}

async function line(args: readonly string[], { folder, env }: Workshop): Promise<Ended> {
  const io = testIO({ cwd: folder, env, home: folder });
  const began = Date.now();
  const code = await main(args, io);
  return { code, err: io.err, seconds: (Date.now() - began) / 1000 };
}

function distinct(workshop: Workshop): readonly Request[] {
  const seen = new Map<string, Request>();
  for (const server of ['lab', 'prod'] as const) {
    for (const { method, path } of workshop[server].faults.requests()) {
      const pattern = path
        .replace(/\?.*$/, '')
        .replace(/ServerTasks-\d+/, 'ServerTasks-*')
        .replace(/packages-[^/]+/, 'packages-*');
      seen.set(`${server} ${method} ${pattern}`, { server, method, path: pattern });
    }
  }
  return [...seen.values()];
}

interface Verb {
  /** Makes what the command line needs, and returns the command line. `name` is unique. */
  readonly prepare: (name: string, workshop: Workshop) => Promise<readonly string[]>;
  readonly exports: number;
  readonly imports: number;
  readonly others?: RegExp;
}

const password = ['--password', 'env:MOVE_PASSWORD'];
const exporting = (name: string) =>
  ['partial-export', '--from', 'lab', '--project', 'Web Shop', ...password, '-o', `${name}.tar`] as const;

const verbs: Readonly<Record<string, Verb>> = {
  'partial-export': { prepare: (name) => Promise.resolve(exporting(name)), exports: 1, imports: 0 },
  import: {
    prepare: async (name, workshop) => {
      expect(await line(exporting(name), workshop)).toMatchObject({ code: 0 });
      return ['import', `${name}.tar`, '--to', 'prod', ...password];
    },
    exports: 0,
    imports: 1,
  },
  'migrate-project': {
    // Each case has its own version. Otherwise a case would resume the run of another one.
    prepare: (name) => {
      const version = ['--package-version', `1.0.0-${name}`];
      const between = ['--from', 'lab', '--to', 'prod', '--route', 'push'];
      return Promise.resolve(['migrate-project', 'Web Shop', ...between, ...password, ...version]);
    },
    exports: 1,
    imports: 1,
    // The source server makes this request. When it fails, the server's job fails.
    others: /packages\/raw$/,
  },
};

/** The exit codes of a run against a broken server: done, refused, unreachable or nonsense, job failed, still running. */
const honest = [0, 4, 5, 8, 9];

async function examine(one: Case, name: string, verb: Verb, workshop: Workshop): Promise<string[]> {
  const complaints: string[] = [];
  const say = (text: string) => complaints.push(`${one.server} ${one.method} ${one.path}, ${one.effect}: ${text}`);
  const args = await verb.prepare(name, workshop);
  const { faults }: RunningEmulator = workshop[one.server];
  const { result, exports, imports } = await counted(workshop, async () => {
    faults.add({ type: 'route', method: one.method, path: one.path, ...effects[one.effect], times: 1 });
    const first = await line(args, workshop);
    if (faults.active().length > 0) say('was not met');
    faults.clear();
    if (!honest.includes(first.code)) say(`ended with ${String(first.code)}: ${first.err}`);
    if (first.code !== 0 && !/^migrator: error: (?!unexpected)/m.test(first.err)) say(`said no reason: ${first.err}`);
    if (/^\s+at .*:\d+/m.test(first.err)) say(`showed a stack: ${first.err}`);
    if (first.seconds > 45) say(`took ${String(first.seconds)} s`);
    const left = await leftovers(workshop);
    if (left.length > 0) say(`left ${left.join()}`);
    const written = (await readdir(workshop.folder)).includes(`${name}.tar`);
    if (one.server === 'lab' && args[0] === 'partial-export' && first.code !== 0 && written) say('left a file');
    return first.code === 0 ? first : await line(args, workshop);
  });
  if (result.code !== 0) say(`the second run ended with ${String(result.code)}: ${result.err}`);
  if (exports !== verb.exports || imports !== verb.imports) {
    say(`began ${String(exports)} exports and ${String(imports)} imports`);
  }
  return complaints;
}

/**
 * Each request gets one effect, in turn. The POST requests of an export or import get all effects. With
 * MIGRATOR_TEST_ALL all requests get all effects.
 */
function cases(requests: readonly Request[], verb: Verb): readonly Case[] {
  const names = Object.keys(effects);
  return requests
    .filter(({ path }) => verb.others?.test(path) !== true)
    .flatMap((request, index) => {
      const whole = all || (verb.others === undefined && request.method === 'POST');
      const chosen = whole ? names : names.filter((_, at) => at === index % names.length);
      return chosen.map((effect) => ({ ...request, effect }));
    });
}

const rc = 'http: { timeout: 1s, retries: 2 }';
const lanes = 3;

describe('one fault at each call', () => {
  test.each(Object.entries(verbs))(
    '%s with a fault succeeds or says why not, and the same command then succeeds',
    async (name, verb) => {
      let queue: Case[] = [];
      await withWorkshop({ rc }, async (workshop) => {
        const args = await verb.prepare('recorded', workshop);
        for (const server of [workshop.lab, workshop.prod]) server.faults.forgetRequests();
        expect(await line(args, workshop)).toMatchObject({ code: 0 });
        queue = [...cases(distinct(workshop), verb)];
      });
      expect(queue.length).toBeGreaterThan(15);
      queue = [...sample(queue, 4)];
      const total = queue.length;
      const complaints: string[] = [];
      const lane = () =>
        withWorkshop({ rc }, async (workshop) => {
          for (let one = queue.shift(); one !== undefined; one = queue.shift()) {
            complaints.push(...(await examine(one, `${name}-${String(total - queue.length)}`, verb, workshop)));
          }
          expect(await readdir(join(workshop.folder, 'state', 'runs'))).not.toContainEqual(
            expect.stringMatching(/damaged/),
          );
        });
      await Promise.all(Array.from({ length: lanes }, lane));
      expect(complaints).toEqual([]);
    },
    all ? 7_200_000 : 600_000,
  );
});
