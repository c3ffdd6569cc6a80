import { runDecision } from './decision.ts';

export const runJobReject = runDecision('reject');
