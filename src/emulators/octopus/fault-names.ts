// The named faults of an Octopus server; see docs/emulators.md. A file of its own, because the help of a command reads it.
export const serverFaults = [
  'startup-503',
  'stuck-queue',
  'success-with-errors',
  'push-fails',
  'no-migrator',
  'truncated-package',
  'task-times-out',
  'maintenance-stays-on',
  'package-vanishes',
  'unhealthy',
] as const;

/** Of Projects Export/Import. */
export const importExportFaults = [
  'artifact-late',
  'two-artifacts',
  'certificate-lost',
  'duplicate-project-groups',
  'changed-channel',
  'unmapped-ids',
  'tenant-references-lost',
  'duplicate-tenant-variables',
  'upgrade-fails',
  'upload-cut',
  'upload-unanswered',
  'wrong-space-refused',
  'virtual-directory',
] as const;

export const octopusFaults = [...serverFaults, ...importExportFaults] as const;
