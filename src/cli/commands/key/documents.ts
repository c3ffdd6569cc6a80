import { z } from 'zod';

const signing = z.strictObject({
  keyId: z.string(),
  publicKey: z.string(),
  protected: z.boolean(),
  file: z.string(),
});
const identity = z.strictObject({ recipients: z.array(z.string()), protected: z.boolean(), file: z.string() });

/** What `key` prints under `--json`, without the `document` field. Fields are only ever added. */
export const documents = {
  'key-generate': {
    signing: z
      .strictObject({
        file: z.string(),
        keyId: z.string(),
        publicKey: z.string(),
        protected: z.boolean(),
        kept: z.boolean().describe('true: a run that was killed had written it'),
      })
      .optional(),
    identity: z
      .strictObject({
        file: z.string(),
        recipient: z.string().describe('empty when only the passphrase of a kept identity could tell it'),
        protected: z.boolean(),
        kept: z.boolean(),
      })
      .optional(),
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
  'key-list': {
    folder: z.string(),
    signing: z.array(
      z.strictObject({
        keyId: z.string().describe('empty when only the passphrase could tell it'),
        publicKey: z.string().optional(),
        file: z.string(),
        current: z.boolean().describe('true: it signs; false: a rotation replaced it'),
        protected: z.boolean(),
        trusted: z.boolean(),
      }),
    ),
    identities: z.array(identity.extend({ current: z.boolean() })),
    trusted: z.array(
      z.strictObject({
        name: z.string().nullable(),
        keyId: z.string(),
        publicKey: z.string(),
        trustedBy: z.string().describe('the file that gives the trust, or keys.trust and the rc file'),
      }),
    ),
    groups: z
      .array(z.strictObject({ name: z.string(), recipients: z.array(z.string()), fault: z.string().optional() }))
      .describe('the groups of recipients in the rc file'),
  },
  'key-untrust': {
    removed: z.array(z.strictObject({ name: z.string(), keyId: z.string(), path: z.string() })),
    stillTrustedBy: z.array(z.string()),
  },
  'key-rotate': {
    finished: z.boolean().describe('true: a rotation that a killed run had left was finished, and no other was made'),
    signing: z.strictObject({ old: signing, new: signing }).optional(),
    identity: z.strictObject({ old: identity, new: identity }).optional(),
    groups: z.array(z.string()).describe('the groups of the rc file that still have the old recipient'),
  },
  'key-trust': { keyId: z.string(), name: z.string(), file: z.string() },
};
