import type { Journal, Ledgers } from '../../ports/journal.ts';
import type { QueueConnection } from '../../queue/connect.ts';
import type { Context } from '../context.ts';
import { systemClock, tellingClock } from '../runtime.ts';
import { Secret } from '../../secret.ts';
import { secretFrom } from '../secrets/read-secret.ts';
import { isReference } from '../secrets/references.ts';
import { authoritiesOf } from './http.ts';

interface Opened {
  readonly connection: QueueConnection;
  readonly journal: Journal;
  readonly ledgers: Ledgers;
}

/** Runs and waves are noted in the queue that `--queue` names. It is connected to when the first one needs it. */
export function noteInQueue(
  asked: { readonly queue: string; readonly volatileQueue?: boolean | undefined },
  context: Context,
): void {
  let opening: Promise<Opened> | undefined;
  const opened = () => (opening ??= open(asked, context));
  context.queue = async () => (await opened()).connection;
  context.notebook = {
    journal: async () => (await opened()).journal,
    ledgers: async () => (await opened()).ledgers,
  };
}

async function open(
  { queue, volatileQueue = false }: { readonly queue: string; readonly volatileQueue?: boolean | undefined },
  context: Context,
): Promise<Opened> {
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
  return { connection, journal, ledgers };
}

/** A URL with a password is a secret, and so is what a reference leads to. */
async function urlOf(text: string, context: Context): Promise<string> {
  const hasPassword = URL.canParse(text) && new URL(text).password !== '';
  if (!isReference(text) && !hasPassword) return text;
  const { origin } = context.flagSource('queue');
  const directory = origin === 'rc file' ? (await context.config()).directory : context.io.cwd;
  const secret = await secretFrom(text, { context, directory, purpose: 'the URL of the queue', origin });
  const { password } = URL.canParse(secret.reveal()) ? new URL(secret.reveal()) : { password: '' };
  if (password !== '') context.redactor.add(new Secret(decodeURIComponent(password)));
  return secret.reveal();
}
