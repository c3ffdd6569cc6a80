import { runDecision } from './decision.ts';

export const runJobApprove = runDecision('approve');
