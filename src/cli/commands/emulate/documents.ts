import { z } from 'zod';

/** What `emulate` prints under `--json`, without the `document` field. Fields are only ever added. */
export const documents = {
  emulate: { product: z.string(), url: z.string(), credentials: z.record(z.string(), z.string()), data: z.string() },
  'fault-list': { faults: z.array(z.string()) },
};
