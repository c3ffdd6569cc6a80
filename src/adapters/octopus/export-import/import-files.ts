import { isMigratorError } from '../../../errors.ts';
import type { PackageFeed } from '../../../ports/feed.ts';
import { isForbidden } from '../../shared/answers.ts';
import { offersExportImport, type ExportImport } from './export-import.ts';
import { isExportName } from './artifact.ts';

/**
 * The built-in feed, which also lists the zips that were uploaded for an import. The server has no call that downloads or
 * deletes them, so they are no packages: they have no version, and only the list shows them.
 */
export function withImportFiles<Feed extends PackageFeed>(feed: Feed, { server, client }: ExportImport): Feed {
  return {
    ...feed,
    besides:
      'a row without a version is a zip that was uploaded for an import: the server has no call that downloads or deletes it',
    list: async function* (filter, signal) {
      yield* feed.list(filter, signal);
      if (filter !== undefined || !(await offersExportImport(server, signal))) return;
      try {
        for (const { Id, FileName } of await client.importFiles(await server.space(signal), signal))
          yield { id: Id, version: '', fileName: FileName, size: undefined };
      } catch (error) {
        // Only a Space Manager may see them.
        if (!isForbidden(error) && !isMigratorError(error, 'NOT_FOUND')) throw error;
      }
    },
    parseFileName: (fileName) =>
      isExportName(fileName) ? { id: fileName.replace(/\.zip$/i, ''), version: '0.0.0' } : feed.parseFileName(fileName),
  };
}
