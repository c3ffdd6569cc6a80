/** The library's public door: the same work as the command line's, without its terminal. */
export * from './emulators/index.ts';
export * from './errors.ts';
export * from './package/index.ts';
export type * from './ports/adapter.ts';
export type * from './ports/artifact.ts';
export type * from './ports/bytes.ts';
export type * from './ports/http.ts';
export type * from './ports/job.ts';
export type * from './ports/journal.ts';
export type * from './ports/options.ts';
export * from './ports/reporter.ts';
export type * from './ports/runtime.ts';
export * from './secret.ts';
export { importPackage } from './core/operations/import-package.ts';
export { migrateProject } from './core/operations/migrate-project.ts';
export { packageDownload } from './core/operations/package-download.ts';
export { packageUpload } from './core/operations/package-upload.ts';
export { partialExport } from './core/operations/partial-export.ts';
