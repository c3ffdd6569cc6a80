import { describeAdapter } from './adapter.contract.ts';
import { memorySetup } from './memory-setup.ts';

describeAdapter('memory', memorySetup);
