import type { Sample } from '../../shared/emulator.ts';
import type { Instance } from '../instance.ts';
import { addBase } from './base.ts';
import { addSource } from './source.ts';
import { addTarget } from './target.ts';

/** Fills a state that has no space yet. The data is the same each time, ids included. */
export function seed(instance: Instance, sample: Sample): void {
  if (instance.store.all('Spaces').length > 0) return;
  instance.store.atomically(() => {
    addBase(instance, sample !== false);
    if (sample === 'source') addSource(instance);
    if (sample === 'target') addTarget(instance);
  });
}
