import type { Journal, Ledgers } from '../../ports/journal.ts';
import type { Event } from '../../ports/reporter.ts';
import { tellingClock } from '../runtime.ts';
import type { IO } from '../terminal/io.ts';

/** Where runs and waves are noted. Each part is opened on first use. */
export interface Notebook {
  journal(): Promise<Journal>;
  ledgers(): Promise<Ledgers>;
}

/** The state folder of this machine. */
export function localNotebook(
  io: IO,
  report: (event: Event) => void,
  onClose: (closer: () => Promise<void>) => void,
): Notebook {
  const openJournal = async (): Promise<Journal> => {
    const { createJournal } = await import('./journal.ts');
    const onWarning = (message: string) => {
      report({ type: 'warning', message });
    };
    const opened = createJournal(io, { onWarning, clock: tellingClock({ report }) });
    onClose(() => opened.close());
    return opened;
  };
  const openLedgers = async (): Promise<Ledgers> => {
    const { createLedgers } = await import('./ledger.ts');
    const opened = createLedgers(io);
    onClose(() => opened.close());
    return opened;
  };
  let journal: Promise<Journal> | undefined;
  let ledgers: Promise<Ledgers> | undefined;
  return {
    journal: () => (journal ??= openJournal()),
    ledgers: () => (ledgers ??= openLedgers()),
  };
}
