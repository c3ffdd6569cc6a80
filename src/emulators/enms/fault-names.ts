/**
 * The named faults of an eNMS server; see docs/emulators.md. A file of its own, because the help of a command reads it.
 */
export const enmsFaults = [
  'partial-import',
  'partial-relations',
  'import-500-after-delete',
  'watcher-races',
  'slow-import',
  'csrf-missing',
  'session-expires',
  'werkzeug-html-500',
  'missing-metadata',
  'no-gzip-header',
  'query-500',
] as const;
