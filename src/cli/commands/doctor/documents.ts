import { z } from 'zod';

/** What `doctor` prints under `--json`, without the `document` field. Fields are only ever added. */
export const documents = {
  doctor: {
    outcome: z.enum(['done', 'partial']),
    findings: z.array(
      z.strictObject({
        subject: z.string(),
        state: z.enum(['good', 'warning', 'bad']),
        text: z.string(),
        hint: z.string().optional(),
      }),
    ),
    instances: z.array(
      z.strictObject({
        instance: z.string(),
        product: z.string(),
        version: z.string().optional(),
        account: z.string().optional(),
        state: z.enum(['good', 'warning', 'bad']),
      }),
    ),
    pairs: z.array(
      z.strictObject({
        from: z.string(),
        to: z.string(),
        product: z.string(),
        versions: z.array(z.string()).describe('of the source and of the target'),
        way: z.string().optional().describe('how projects move; absent when nothing does'),
        obstacles: z.array(z.string()).describe('what speaks against the other ways, or against all'),
      }),
    ),
  },
};
