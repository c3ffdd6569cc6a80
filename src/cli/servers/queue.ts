import type { QueueConnection } from '../../queue/connect.ts';
import type { Context } from '../context.ts';
import { systemClock, tellingClock } from '../runtime.ts';
import { Secret } from '../../secret.ts';
import { secretFrom } from '../secrets/read-secret.ts';
import { isReference } from '../secrets/references.ts';
import { authoritiesOf } from './http.ts';

interface Asked {
  readonly queue?: string | undefined;
  readonly volatileQueue?: boolean | undefined;
}

/** Connects to the queue of `--queue`, if it is given. From then on runs and waves are noted there. */
export async function useQueue(
  { queue, volatileQueue }: Asked,
  context: Context,
): Promise<QueueConnection | undefined> {
  return queue === undefined ? undefined : openQueue({ queue, volatileQueue }, context);
}

/** The same for a command that needs a queue. */
export async function openQueue(
  { queue, volatileQueue = false }: Asked & { readonly queue: string },
  context: Context,
): Promise<QueueConnection> {
  const url = await urlOf(queue, context);
  const { connectQueue } = await import('../../queue/connect.ts');
  const { queueJournal } = await import('../../queue/journal.ts');
  const { queueLedgers } = await import('../../queue/ledgers.ts');
  const reporter = await context.reporter();
  const connection = await connectQueue(url, {
    volatile: volatileQueue,
    ca: url.startsWith('rediss:') ? await authoritiesOf(context) : undefined,
    onTrouble: (message) => {
      reporter.report({ type: 'warning', message });
    },
    signal: context.signal,
  });
  context.onClose(() => connection.close());
  const self = { pid: context.io.pid, host: context.io.host };
  const clock = tellingClock(reporter);
  const journal = queueJournal(connection.redis, self, { clock, now: () => systemClock.now() });
  const ledgers = queueLedgers(connection.redis, self, { clock });
  context.onClose(() => journal.close());
  context.onClose(() => ledgers.close());
  context.notebook = { journal: () => Promise.resolve(journal), ledgers: () => Promise.resolve(ledgers) };
  return connection;
}

/** A URL with a password is a secret, and so is what a reference leads to. */
async function urlOf(text: string, context: Context): Promise<string> {
  const hasPassword = URL.canParse(text) && new URL(text).password !== '';
  if (!isReference(text) && !hasPassword) return text;
  const { origin } = context.flagSource('queue');
  const directory = origin === 'rc file' ? (await context.config()).directory : context.io.cwd;
  const secret = await secretFrom(text, { context, directory, purpose: 'URL of the queue', origin });
  const { password } = URL.canParse(secret.reveal()) ? new URL(secret.reveal()) : { password: '' };
  if (password !== '') context.redactor.add(new Secret(decodeURIComponent(password)));
  return secret.reveal();
}
