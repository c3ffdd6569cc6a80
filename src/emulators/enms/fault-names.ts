/** The failures an eNMS server is known for; docs/emulators.md says what each does. Light: the command line reads it for help. */
export const enmsFaults = [
  'partial-import',
  'partial-relations',
  'import-500-after-delete',
  'slow-import',
  'csrf-missing',
  'session-expires',
  'werkzeug-html-500',
  'missing-metadata',
  'no-gzip-header',
  'query-500',
] as const;
