import { z } from 'zod';

/** What `key` prints under `--json`, without the `document` field. Fields are only ever added. */
export const documents = {
  'key-generate': {
    signing: z
      .strictObject({ file: z.string(), keyId: z.string(), publicKey: z.string(), protected: z.boolean() })
      .optional(),
    identity: z.strictObject({ file: z.string(), recipient: z.string() }).optional(),
  },
  'key-show': {
    folder: z.string(),
    signing: z.strictObject({ keyId: z.string(), publicKey: z.string() }).nullable(),
    recipients: z.array(z.string()),
    trusted: z.array(
      z.strictObject({
        keyId: z.string(),
        publicKey: z.string(),
        name: z.string().nullable(),
        trustedBy: z.string().describe('the file or flag that gives the trust'),
      }),
    ),
  },
  'key-trust': { keyId: z.string(), name: z.string(), file: z.string() },
};
