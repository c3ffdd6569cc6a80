// The public door of the emulators, light to import: a product's code is loaded when it is started.
import { MigratorError } from '../errors.ts';
import { wordHint } from '../nearest.ts';
import { enmsFaults } from './enms/fault-names.ts';
import { microstrategyFaults } from './microstrategy/fault-names.ts';
import { octopusFaults } from './octopus/fault-names.ts';
import type { EmulatorOptions, RunningEmulator } from './shared/emulator.ts';
import { parseFaultText, type FaultSpec } from './shared/faults.ts';
import { snaplogicFaults } from './snaplogic/fault-names.ts';

export type { EmulatorOptions, RunningEmulator, Sample } from './shared/emulator.ts';
export type { FaultControl, FaultSpec } from './shared/faults.ts';

export const emulatedProducts = ['octopus', 'enms', 'microstrategy', 'snaplogic'] as const;
type EmulatedProduct = (typeof emulatedProducts)[number];

interface Emulator {
  /** The names of its `credentials`. */
  readonly account: readonly string[];
  readonly faults: readonly string[];
  readonly start: (options: EmulatorOptions) => Promise<RunningEmulator>;
}

// Add a product here, one lazy line, and its name above.
const emulators = {
  octopus: {
    account: ['apiKey'],
    faults: octopusFaults,
    start: async (options) => (await import('./octopus/start.ts')).startOctopus(options),
  },
  enms: {
    account: ['username', 'password'],
    faults: enmsFaults,
    start: async (options) => (await import('./enms/start.ts')).startEnms(options),
  },
  snaplogic: {
    account: ['username', 'password'],
    faults: snaplogicFaults,
    start: async (options) => (await import('./snaplogic/start.ts')).startSnapLogic(options),
  },
  microstrategy: {
    account: ['username', 'password'],
    faults: microstrategyFaults,
    start: async (options) => (await import('./microstrategy/start.ts')).startMicroStrategy(options),
  },
} satisfies Record<EmulatedProduct, Emulator>;

const isEmulated = (product: string): product is EmulatedProduct => product in emulators;

/**
 * Starts an embedded instance. USAGE for a product there is no emulator of or an edition that it does not have, CONFLICT when a live process serves the
 * directory or the port is taken, LOCAL_IO when the directory cannot be used.
 */
export async function startEmulator(product: string, options: EmulatorOptions): Promise<RunningEmulator> {
  refuseFlavor(product, options);
  return emulatorOf(product).start(options);
}

/** USAGE for an edition of a product that has none. */
export function refuseFlavor(product: string, { flavor }: Pick<EmulatorOptions, 'flavor'>): void {
  if (flavor === undefined || product === 'octopus') return;
  throw new MigratorError('USAGE', `an embedded instance of "${product}" has no flavor`, {
    hint: 'only Octopus Deploy runs on windows, linux or cloud',
  });
}

function emulatorOf(product: string): Emulator {
  if (isEmulated(product)) return emulators[product];
  throw new MigratorError('USAGE', `there is no emulator of "${product}"`, {
    hint: wordHint(product, emulatedProducts),
  });
}

/** What a running instance's `credentials` are called. USAGE for a product there is no emulator of. */
export function accountNames(product: string): readonly string[] {
  return emulatorOf(product).account;
}

/** The named faults of a product. USAGE for a product there is no emulator of. */
export function faultNames(product: string): readonly string[] {
  return emulatorOf(product).faults;
}

/** Reads a fault as the command line takes it. USAGE names what is wrong and the faults there are. */
export function parseFault(text: string): FaultSpec {
  return parseFaultText(
    text,
    Object.values(emulators).flatMap(({ faults }) => [...faults]),
  );
}
