import type { Secret } from '../../secret.ts';
import type { Context } from '../context.ts';

export interface SecretSource {
  readonly context: Context;
  /** `file:` references resolve against it. */
  readonly directory: string;
  /** Shown in prompts and errors: `apiKey of instance "lab"`. */
  readonly purpose: string;
  readonly origin: 'rc file' | 'command line' | 'environment';
}

/** Resolves a secret reference and tells the redactor before anybody can print it. */
export async function secretFrom(
  reference: string,
  { context, directory, purpose, origin }: SecretSource,
): Promise<Secret> {
  const { resolveSecret } = await import('./references.ts');
  const reporter = await context.reporter();
  const resume = context.pauseReporter();
  try {
    const secret = await resolveSecret(reference, {
      io: context.io,
      baseDirectory: directory,
      purpose,
      interactive: true,
      signal: context.signal,
      onPlain: () => {
        if (origin === 'environment') return;
        const where =
          origin === 'command line'
            ? 'on the command line, where every user of this machine can read it'
            : 'in plain text in the rc file';
        reporter.report({
          type: 'warning',
          message: `the ${purpose} stands ${where}`,
          hint: 'use a reference: env:NAME, file:path, command:… or prompt',
        });
      },
      onWarning: (message) => reporter.report({ type: 'warning', message }),
    });
    context.redactor.add(secret);
    return secret;
  } finally {
    resume();
  }
}

/** The secret that a flag refers to. A path in the rc file is relative to that file, any other to the working directory. */
export async function secretFlag(reference: string, flag: string, purpose: string, context: Context): Promise<Secret> {
  const { origin } = context.flagSource(flag);
  const directory = origin === 'rc file' ? (await context.config()).directory : context.io.cwd;
  return secretFrom(reference, { context, directory, purpose, origin });
}
