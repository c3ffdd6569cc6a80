import { editionFault } from '../../emulators/index.ts';
import { nearest } from '../../nearest.ts';
import { parseDuration } from './duration.ts';
import { kindOf, type ConfigProblem } from './problem.ts';

/** Settings that only embedded instances have: of their emulator, and not of the adapter. */
export const embeddedSettings = ['sample', 'version', 'flavor', 'pace', 'storage'] as const;
type EmbeddedSetting = (typeof embeddedSettings)[number];

export const samples = ['source', 'target'] as const;
export const flavors = ['windows', 'linux', 'cloud'] as const;

type Fault = Omit<ConfigProblem, 'path'>;

export function isOfEmulator(key: string): key is EmbeddedSetting {
  return (embeddedSettings as readonly string[]).includes(key);
}

/** What is wrong with a setting of an embedded instance of a product. Undefined when nothing is. */
export function embeddedFault(product: string, key: EmbeddedSetting, value: unknown): Fault | undefined {
  switch (key) {
    case 'sample':
      return value === false ? undefined : choiceFault(value, samples, 'source, target or false');
    case 'flavor':
      return choiceFault(value, flavors, 'windows, linux or cloud') ?? edition(product, { flavor: String(value) });
    case 'version':
      return textFault(value) ?? edition(product, { version: String(value) });
    case 'pace':
      return durationOf(value) === undefined ? { message: 'must be a duration, such as 200ms' } : undefined;
    case 'storage':
      return textFault(value);
  }
}

/** A pace in milliseconds. */
export function durationOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : typeof value === 'string' ? parseDuration(value) : undefined;
}

function choiceFault(value: unknown, choices: readonly string[], words: string): Fault | undefined {
  if (typeof value === 'string' && choices.includes(value)) return undefined;
  return { message: `must be ${words}`, suggestion: typeof value === 'string' ? nearest(value, choices) : undefined };
}

function textFault(value: unknown): Fault | undefined {
  if (typeof value === 'string') return value.trim() === '' ? { message: 'must not be empty' } : undefined;
  return { message: `must be text, not ${kindOf(value)} (put it in quotes)` };
}

function edition(product: string, wanted: { readonly version?: string; readonly flavor?: string }): Fault | undefined {
  const message = editionFault(product, wanted);
  return message === undefined ? undefined : { message, apart: true };
}
