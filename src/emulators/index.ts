// The public door of the emulators, light to import: a product's code is loaded when it is started.
import { isMigratorError, MigratorError } from '../errors.ts';
import { wordHint } from '../nearest.ts';
import { enmsFaults } from './enms/fault-names.ts';
import { microstrategyFaults } from './microstrategy/fault-names.ts';
import { checkRelease } from './microstrategy/release.ts';
import { checkEdition, defaultEdition } from './octopus/edition.ts';
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
  /** USAGE for a version that it cannot be. Absent where it can report any. */
  readonly checkVersion?: (version: string) => unknown;
  readonly start: (options: EmulatorOptions) => Promise<RunningEmulator>;
}

// Add a product here, one lazy line, and its name above.
const emulators = {
  octopus: {
    account: ['apiKey'],
    faults: octopusFaults,
    checkVersion: (version) => {
      checkEdition({ ...defaultEdition, version });
    },
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
    checkVersion: checkRelease,
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

/**
 * What is wrong with a version or an edition for an embedded instance of a product, as a sentence. Undefined when nothing is,
 * and for a product without an emulator. It starts nothing.
 */
export function editionFault(
  product: string,
  { version, flavor }: { readonly version?: string; readonly flavor?: string },
): string | undefined {
  if (!isEmulated(product)) return undefined;
  try {
    refuseFlavor(product, { flavor: flavor as EmulatorOptions['flavor'] });
    if (version !== undefined) emulatorOf(product).checkVersion?.(version);
    return undefined;
  } catch (error) {
    if (!isMigratorError(error, 'USAGE')) throw error;
    return `${error.message}${error.hint === undefined ? '' : `; ${error.hint}`}`;
  }
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
