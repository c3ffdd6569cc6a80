import type { Visit } from './visit.ts';

/** Lists come as one value with commas or as a parameter that is repeated. */
export const listOf = (visit: Visit, name: string): readonly string[] =>
  visit
    .queryAll(name)
    .flatMap((text) => text.split(','))
    .map((text) => text.trim())
    .filter((text) => text !== '');
