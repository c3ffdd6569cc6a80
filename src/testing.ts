// For authors of adapters, published as migrator-cli/testing. Test runners are theirs to choose, so none is imported.
export type * from './ports/adapter.ts';
export { memoryModule } from './adapters/memory/index.ts';
export { MemoryInstance, type MemoryInstanceInit } from './adapters/memory/instance.ts';
export { adapterContract } from './testing/contract.ts';
export { adapterTools } from './testing/tools.ts';
export type { ContractBench, ContractCase, ContractSetup, Facet } from './testing/bench.ts';
