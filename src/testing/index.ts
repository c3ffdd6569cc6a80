// For authors of adapters, published as migrator-cli/testing. Test runners are theirs to choose, so none is imported.
export type * from '../ports/adapter.ts';
export type * from '../ports/exporter.ts';
export type * from '../ports/feed.ts';
export type * from '../ports/importer.ts';
export type * from '../ports/snapshot.ts';
export type { Options, OptionValue, Secrets } from '../ports/options.ts';
export { memoryModule } from './memory/index.ts';
export { MemoryInstance, type MemoryInstanceInit } from './memory/instance.ts';
export { adapterContract } from './contract.ts';
export { adapterTools } from './adapter-tools.ts';
export type { ContractBench, ContractCase, ContractSetup, Facet } from './workbench.ts';
