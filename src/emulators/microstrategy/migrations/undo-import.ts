import { asText } from '../../shared/json.ts';
import { texts } from '../file-store/availability.ts';
import { readShared } from '../file-store/shared-folder.ts';
import type { Instance } from '../instance.ts';
import type { Jobs } from './jobs.ts';
import { WorkFailure } from './package-content.ts';
import { unpackUndo } from './package-file.ts';
import { changeImport, type ImportRow } from './record.ts';
import { applyUndo } from './undo-content.ts';

function finish(instance: Instance, row: ImportRow): void {
  const { store } = instance;
  const bytes = readShared(instance.storage, asText(row.undoStorage['path']));
  if (bytes === undefined) throw new WorkFailure(texts.unreadable);
  const content = unpackUndo(bytes);
  store.atomically(() => {
    applyUndo(store, content);
    changeImport(store, row.id, { status: 'undo_success', message: '' });
  });
}

/** Restores everything that an import changed, or nothing. */
export function startUndo(instance: Instance, jobs: Jobs, row: ImportRow): void {
  const { store } = instance;
  jobs.start({
    title: `undo of import ${row.id}`,
    fault: 'undo-failed',
    // The record keeps the progress of its import, 100. Only its dates show that the undo goes on.
    progress: () => changeImport(store, row.id, {}),
    finish: () => finish(instance, row),
    fail: (message) => changeImport(store, row.id, { status: 'undo_failed', message }),
  });
}
