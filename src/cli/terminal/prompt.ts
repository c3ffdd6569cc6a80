import { MigratorError } from '../../errors.ts';
import { Secret } from '../../secret.ts';
import type { IO } from './io.ts';
import { readLine } from './line-input.ts';
import { plainText } from './plain-text.ts';

export interface PromptOptions {
  readonly signal?: AbortSignal | undefined;
}

function needTerminal(io: IO, what: string, hint: string): void {
  if (!io.stdinIsTTY || !io.stderrIsTTY)
    throw new MigratorError('USAGE', `${what}, and there is no terminal to ask at`, { hint });
}

/** Asks for a secret without echo. Questions go to stderr. USAGE without a terminal, CANCELLED on Ctrl-C. */
export async function promptSecret(io: IO, question: string, options: PromptOptions = {}): Promise<Secret> {
  needTerminal(
    io,
    `${plainText(question)} has to be typed in`,
    'give it as a reference instead: env:NAME, file:path or command:…',
  );
  // The echo is off before the question is seen: who answers at once is not overheard.
  const answer = readLine(io, { hidden: true, signal: options.signal });
  io.stderr.write(`${plainText(question)}: `);
  try {
    return new Secret(await answer);
  } finally {
    io.stderr.write('\n');
  }
}

/** Asks for consent to something destructive; anything but y or yes is no. `yes` answers without asking. */
export async function confirm(
  io: IO,
  question: string,
  options: PromptOptions & { readonly yes: boolean },
): Promise<boolean> {
  if (options.yes) return true;
  needTerminal(io, `"${plainText(question)}" needs an answer`, 'add --yes to consent beforehand');
  io.stderr.write(`${plainText(question)} [y/N] `);
  const answer = await readLine(io, { hidden: false, signal: options.signal });
  return /^y(es)?$/i.test(answer.trim());
}

/** Asks for a line; an empty answer is the proposed one. */
export async function ask(io: IO, question: string, proposed: string, options: PromptOptions = {}): Promise<string> {
  needTerminal(io, `"${plainText(question)}" needs an answer`, 'add --yes to take the proposed answers');
  io.stderr.write(proposed === '' ? `${plainText(question)}: ` : `${plainText(question)} [${proposed}]: `);
  const answer = (await readLine(io, { hidden: false, signal: options.signal })).trim();
  return answer === '' ? proposed : answer;
}
