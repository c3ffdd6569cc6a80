import type { ProductOptions } from '../ports/options.ts';
import { options as enms } from './enms/options.ts';
import { options as microstrategy } from './microstrategy/options.ts';
import { options as octopus } from './octopus/options.ts';
import { options as snaplogic } from './snaplogic/options.ts';

/** Every product's flags, as data: help and parsing read them without loading an adapter. */
export const productOptions: readonly ProductOptions[] = [octopus, enms, microstrategy, snaplogic];
