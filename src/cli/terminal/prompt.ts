import { MigratorError } from '../../errors.ts';
import { Secret } from '../../secret.ts';
import type { IO } from './io.ts';
import { readLine } from './line-input.ts';
import { plainText } from '../../plain-text.ts';
import { wrapped } from './wrap.ts';

export interface PromptOptions {
  readonly signal?: AbortSignal | undefined;
}

function needTerminal(io: IO, what: string, hint: string): void {
  if (!io.stdinIsTTY || !io.stderrIsTTY)
    throw new MigratorError('USAGE', `${what}, but there is no terminal`, { hint });
}

/** Asks for a secret without echo. The question goes to stderr. USAGE without a terminal, CANCELLED on Ctrl-C. */
export async function promptSecret(io: IO, question: string, options: PromptOptions = {}): Promise<Secret> {
  needTerminal(
    io,
    `${plainText(question)} must be typed in`,
    'use a reference instead: env:NAME, file:path or command:…',
  );
  // The echo is turned off before the question is shown, so that a quick answer is not shown.
  const answer = readLine(io, { hidden: true, signal: options.signal });
  io.stderr.write(`${plainText(question)}: `);
  try {
    return new Secret(await answer);
  } finally {
    io.stderr.write('\n');
  }
}

/** A question in lines that fit the terminal. The answer is typed behind the last one. */
const onLines = ({ columns }: IO, question: string): string => `${wrapped(question, columns - 1).join('\n')} `;

/** Asks for consent before something is destroyed. Any answer except y or yes means no. */
export async function confirm(io: IO, question: string, options: PromptOptions = {}): Promise<boolean> {
  io.stderr.write(onLines(io, `${plainText(question)} [y/N] `));
  const answer = await readLine(io, { hidden: false, signal: options.signal });
  return /^y(es)?$/i.test(answer.trim());
}

/** Asks for a line. An empty answer means the proposed one. */
export async function ask(io: IO, question: string, proposed: string, options: PromptOptions = {}): Promise<string> {
  needTerminal(io, `"${plainText(question)}" needs an answer`, 'add --yes to use the proposed answers');
  io.stderr.write(onLines(io, proposed === '' ? `${plainText(question)}: ` : `${plainText(question)} [${proposed}]: `));
  const answer = (await readLine(io, { hidden: false, signal: options.signal })).trim();
  return answer === '' ? proposed : answer;
}
