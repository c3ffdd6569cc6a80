import { optionalPackages } from '../optional-packages.ts';

/** The libraries of the queue, which an installation may lack. CONFIG_INVALID names those that are missing. */
export const queuePackages = () =>
  optionalPackages('the queue', { bullmq: () => import('bullmq'), ioredis: () => import('ioredis') });
