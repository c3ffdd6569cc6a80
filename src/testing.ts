export type * from './ports/adapter.ts';
