import { join } from 'node:path';
import type { EmulatorOptions } from '../../src/emulators/index.ts';
import { withAccountWorkshop } from './account-workshop.ts';
import type { Workshop } from './workshop.ts';

interface Options {
  readonly lab?: Partial<EmulatorOptions>;
  readonly prod?: Partial<EmulatorOptions>;
  /** Each Library gets its own storage. */
  readonly apart?: boolean;
}

/** A user's machine as in a workshop, with two MicroStrategy Libraries on the network. */
export function withLibraryWorkshop<T>(
  { apart = false, ...more }: Options,
  work: (workshop: Workshop) => Promise<T>,
): Promise<T> {
  return withAccountWorkshop(
    'microstrategy',
    (folder, name) => ({
      storage: join(folder, apart ? `${name}-storage` : 'lab-storage'),
      pace: 5,
      sample: name === 'lab' ? 'source' : 'target',
      ...more[name],
    }),
    work,
  );
}
