/**
 * The named faults of a control plane; see docs/emulators.md. A file of its own, because the help of a command reads
 * it.
 */
export const snaplogicFaults = [
  'duplicate-as-failed-status',
  'status-forbidden',
  'status-open',
  'status-foreign-host',
  'sync-empty',
  'sync-document',
  'sync-error',
  'sync-cut',
  'asset-failures',
  'untrusted-as-warning',
  'keep-snaplex',
  'stuck',
  'slow',
  'failed',
  'unknown-status',
  'rate-limited',
  'nested-error',
  'empty-message',
  'html-error',
  'body-code-only',
  'json-export',
] as const;
