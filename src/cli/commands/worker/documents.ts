import { z } from 'zod';

/** What `worker` prints under `--json` when it ends, without the `document` field. Fields are only ever added. */
export const documents = {
  worker: {
    queue: z.string().describe('host and port'),
    serves: z.array(z.string()).describe('the instances whose items it took'),
    items: z.number().int().describe('how many items, or parts of items, came to an end here'),
  },
};
