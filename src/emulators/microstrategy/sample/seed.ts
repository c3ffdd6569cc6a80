import type { Sample } from '../../shared/emulator.ts';
import type { Store } from '../../shared/store.ts';
import { administratorId } from '../identifiers.ts';
import { configuration, findObject } from '../metadata/object.ts';
import { addBuiltIn, addSampleConfiguration } from './configuration.ts';
import { addProject, addSampleProjects, tutorial } from './projects.ts';

/** Fills a state that has no administrator yet. The data is the same each time, ids included. */
export function seed(store: Store, sample: Sample): void {
  if (findObject(store, configuration, administratorId) !== undefined) return;
  store.atomically(() => {
    addBuiltIn(store);
    if (sample === false) {
      addProject(store, 'MicroStrategy Tutorial', tutorial);
      return;
    }
    addSampleConfiguration(store, sample);
    addSampleProjects(store, sample);
  });
}
