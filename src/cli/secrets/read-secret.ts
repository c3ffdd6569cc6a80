import { isMigratorError } from '../../errors.ts';
import type { Reporter } from '../../ports/reporter.ts';
import type { Secret } from '../../secret.ts';
import type { IO } from '../terminal/io.ts';
import { tellingWait } from '../runtime.ts';
import { isCommon } from './redactor.ts';

/** The part of the context that is needed to resolve a secret. */
interface SecretContext {
  readonly io: IO;
  readonly signal: AbortSignal;
  readonly redactor: { add(secret: Secret): void };
  reporter(): Promise<Reporter>;
  /** Pauses the progress display while the user is asked. The returned function ends the pause. */
  pauseReporter(): () => void;
  config(): Promise<{ readonly directory: string; readonly allowCode: (what: string) => Promise<void> }>;
}

interface FlagContext extends SecretContext {
  flagSource(flag: string): { readonly origin: SecretSource['origin'] };
}

export interface SecretSource {
  readonly context: SecretContext;
  /** Relative paths of `file:` references start here. */
  readonly directory: string;
  /** Shown in prompts and errors: `apiKey of instance "lab"`. */
  readonly purpose: string;
  readonly origin: 'rc file' | 'command line' | 'environment';
  /** Fails for a secret that is not taken. It is called before anything else is done with the secret or said of it. */
  readonly check?: (secret: Secret) => void;
}

/** Resolves a secret reference and registers the secret with the redactor before it can be printed. */
export async function secretFrom(
  reference: string,
  { context, directory, purpose, origin, check }: SecretSource,
): Promise<Secret> {
  const { resolveSecret } = await import('./references.ts');
  if (origin === 'rc file' && reference.startsWith('command:'))
    await (await context.config()).allowCode(`the command for the ${purpose}`);
  const reporter = await context.reporter();
  const resume = context.pauseReporter();
  // The display is paused, because the command may ask on the terminal.
  const told: Reporter = {
    report: (event) => {
      if (event.type !== 'wait' || event.over === true) return;
      resume();
      reporter.report({ type: 'notice', message: `waiting for ${event.what}` });
      context.pauseReporter();
    },
  };
  try {
    const asked = { io: context.io, baseDirectory: directory, purpose, interactive: true, signal: context.signal };
    const resolving = resolveSecret(reference, {
      ...asked,
      onPlain: () => {
        if (origin === 'environment') return;
        const where =
          origin === 'command line'
            ? 'in plain text on the command line, where every user of this machine can read it'
            : 'in plain text in the rc file';
        reporter.report({
          type: 'warning',
          message: `the ${purpose} is ${where}`,
          hint: 'use a reference: env:NAME, file:path, command:… or prompt',
        });
      },
      onWarning: (message) => reporter.report({ type: 'warning', message }),
    });
    // What is typed at a prompt needs no word about the wait.
    const secret = await (reference === 'prompt' ? resolving : tellingWait(`the ${purpose}`, resolving, told));
    check?.(secret);
    context.redactor.add(secret);
    if (reference.startsWith('command:')) {
      secret.renewedBy(async () => {
        try {
          const again = await resolveSecret(reference, asked);
          context.redactor.add(again);
          return again.reveal();
        } catch (error) {
          if (!isMigratorError(error) || context.signal.aborted) throw error;
          reporter.report({ type: 'warning', message: `the ${purpose} cannot be fetched again: ${error.message}` });
          return secret.reveal();
        }
      });
    }
    if (isCommon(secret)) {
      reporter.report({
        type: 'warning',
        message: `the ${purpose} is a common word or number, so *** replaces it also where it is not the secret`,
        hint: 'choose a longer one, of several kinds of characters',
      });
    }
    return secret;
  } finally {
    resume();
  }
}

/**
 * The secret that a flag refers to. A path in the rc file is relative to that file, any other path to the working
 * directory.
 */
export async function secretFlag(
  reference: string,
  flag: string,
  purpose: string,
  context: FlagContext,
  check?: SecretSource['check'],
): Promise<Secret> {
  const { origin } = context.flagSource(flag);
  const directory = origin === 'rc file' ? (await context.config()).directory : context.io.cwd;
  return secretFrom(reference, { context, directory, purpose, origin, ...(check === undefined ? {} : { check }) });
}
