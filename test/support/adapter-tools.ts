export { adapterTools } from '../../src/testing/tools.ts';

export const never = new AbortController().signal;
