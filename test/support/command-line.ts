import { Readable } from 'node:stream';
import { main } from '../../src/cli/main.ts';
import { testIO } from './test-io.ts';
import { afterAll, beforeAll } from '@jest/globals';
import { type Workshop, type WorkshopOptions, withWorkshop } from './workshop.ts';

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface LineOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: Uint8Array;
  /** The name of this machine. With it a run can resume what a killed process on this machine has left. */
  readonly host?: string;
}

/** Runs a command line in this process, through the function that the binary calls. */
export async function commandLine(
  args: readonly string[],
  { cwd, env = {}, input, host }: LineOptions,
): Promise<Ended> {
  const io = testIO({
    cwd,
    env,
    home: env['HOME'] ?? cwd,
    ...(host === undefined ? {} : { host }),
    ...(input === undefined ? {} : { stdin: Readable.from([Buffer.from(input)]) }),
  });
  const code = await main(args, io);
  return { code, stdout: io.out, stderr: io.err };
}

/** A workshop for all tests of a file, and a way to run lines in it. */
export function sharedWorkshop(options: WorkshopOptions = {}) {
  let workshop: Workshop | undefined;
  let leave: (() => void) | undefined;
  let over: Promise<void> | undefined;
  beforeAll(async () => {
    await new Promise<void>((entered, failed) => {
      over = withWorkshop(options, async (opened) => {
        workshop = opened;
        entered();
        await new Promise<void>((done) => (leave = done));
      });
      over.catch(failed);
    });
  });
  afterAll(async () => {
    leave?.();
    await over;
  });
  const here = (): Workshop => {
    if (workshop === undefined) throw new Error('the workshop is not open');
    return workshop;
  };
  return {
    here,
    run: (args: readonly string[], more: Partial<LineOptions> = {}): Promise<Ended> => {
      const { folder, env } = here();
      return commandLine(args, { cwd: folder, env, ...more });
    },
  };
}

/** Splits a line as a shell does, with what help texts and documents need of the syntax. */
export function words(line: string): string[] {
  return [...line.matchAll(/(?:"([^"]*)"|'([^']*)'|([^\s"'])+)+/gu)].map(([word]) => word.replace(/["']/gu, ''));
}
