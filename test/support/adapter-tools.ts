export { adapterTools } from '../../src/testing/adapter-tools.ts';

export const never = new AbortController().signal;
