import { Readable } from 'node:stream';
import { main } from '../../src/cli/main.ts';
import { testIO } from './test-io.ts';

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface LineOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string | Uint8Array;
  /** The name of this machine. With it a run can resume what a killed process on this machine has left. */
  readonly host?: string;
  /** The width of the terminal. Default: 80. */
  readonly columns?: number;
}

/** Runs a command line in this process, through the function that the binary calls. */
export async function commandLine(
  args: readonly string[],
  { cwd, env = {}, input, host, columns = 80 }: LineOptions,
): Promise<Ended> {
  const io = testIO({
    cwd,
    env,
    columns,
    home: env['HOME'] ?? cwd,
    ...(host === undefined ? {} : { host }),
    ...(input === undefined ? {} : { stdin: Readable.from([Buffer.from(input)]) }),
  });
  const code = await main(args, io);
  return { code, stdout: io.out, stderr: io.err };
}

/** Splits a line as a shell does, with what help texts and documents need of the syntax. */
export function words(line: string): string[] {
  return [...line.matchAll(/(?:"([^"]*)"|'([^']*)'|([^\s"'])+)+/gu)].map(([word]) => word.replace(/["']/gu, ''));
}
