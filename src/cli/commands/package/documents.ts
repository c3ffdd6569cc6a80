import { z } from 'zod';
import { manifestSchema } from '../../../package/index.ts';
import { handle, jobStatus, outcome, packageRef, readers, sealed, storedPackage } from '../document-parts.ts';

const check = z.strictObject({ what: z.string(), command: z.string() });
const trustedBy = z.string().nullable().describe('the file or flag that gives the trust in the signer');

const signerName = z.string().describe('the name that the user gave to the key');

/** What `package` prints under `--json`, without the `document` field. Fields are only ever added. */
export const documents = {
  'package-list': {
    from: z.string(),
    packages: z.array(storedPackage),
    note: z.string().optional().describe('what the rows without a version are'),
  },
  'package-upload': {
    to: z.string(),
    outcome: z.enum(['created', 'overwritten', 'kept']),
    package: storedPackage,
    signer: z.string().nullable(),
    signerName: signerName.nullable(),
    trustedBy,
  },
  'package-download': {
    from: z.string(),
    package: storedPackage,
    file: z.string(),
    sealed: sealed.nullable(),
    readers,
  },
  'package-delete': {
    package: packageRef,
    results: z.array(z.strictObject({ instance: z.string(), result: z.enum(['deleted', 'absent']) })),
  },
  'package-certify': {
    package: packageRef,
    results: z.array(
      z.strictObject({
        instance: z.string(),
        status: z.enum(['uncertified', 'requested', 'certified', 'rejected']),
        by: z.strictObject({ id: z.string(), name: z.string(), fullName: z.string() }).optional(),
        at: z.string().optional(),
      }),
    ),
  },
  'package-edit': { at: z.string(), package: packageRef, handle, outcome, status: jobStatus },
  'package-inspect': {
    file: z.string(),
    size: z.number().int(),
    manifest: manifestSchema,
    signature: z.strictObject({ keyId: z.string(), trustedComment: z.string() }).optional(),
    signerName: z.string().optional().describe('the name that the user gave to this key id; nothing is verified'),
    members: z.array(z.strictObject({ name: z.string(), size: z.number().int() })),
    locks: z
      .array(z.string())
      .describe('the kind of each lock in the age header: X25519 for a recipient, scrypt for a passphrase'),
    lockFault: z.string().optional().describe('why the age header cannot be read; then nobody can open the content'),
    projects: z.array(z.string()).describe('from the scope; empty in a private manifest'),
    via: z.string().optional(),
    carriesSecrets: z.boolean(),
    yours: z.array(z.string()).describe('the recipients that are your own keys'),
    unchecked: z.array(check).describe('what was not checked, and the command that does'),
  },
  'package-verify': {
    file: z.string(),
    size: z.number().int(),
    id: z.string(),
    version: z.string(),
    signer: z.string().nullable(),
    signerName: signerName.nullable(),
    trusted: z.boolean(),
    trustedBy,
    contentChecked: z.boolean(),
  },
  'package-seal': { file: z.string(), sealed, readers, signerName: signerName.optional() },
  'package-open': {
    folder: z.string(),
    files: z.array(z.string()),
    signer: z.string().nullable(),
    signerName: signerName.nullable(),
    trustedBy,
    secretsFile: z.string().optional().describe('the file with the secrets that the package carried'),
  },
};
