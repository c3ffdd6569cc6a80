export const wayNames = ['migration-api', 'export-import'] as const;
export type WayName = (typeof wayNames)[number];

/** The words of `--via` and of the setting of an instance. */
export const viaWords = ['auto', 'export-import', 'migration-api'] as const;
