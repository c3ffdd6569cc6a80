/** The failures an Octopus server is known for; docs/emulators.md says what each does. Light: the command line reads it for help. */
export const octopusFaults = [
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
