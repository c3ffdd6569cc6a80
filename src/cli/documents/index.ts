import { z } from 'zod';
import { manifestSchema } from '../../package/index.ts';
import { errorCodes } from '../../errors.ts';
import { handle, jobItem, jobStatus, logLine, outcome, packageRef, plan, sealed, storedPackage } from './parts.ts';

/** What each command prints under `--json`, without its `document` field. Fields are only ever added. */
const bodies = {
  'partial-export': {
    from: z.string(),
    outcome,
    handle,
    package: packageRef.optional(),
    projects: z.array(z.string()),
    warnings: z.array(z.string()),
    sealed: sealed.optional(),
    stored: storedPackage.extend({ instance: z.string() }).optional(),
    file: z.string().optional(),
  },
  import: {
    to: z.string(),
    outcome,
    handle: handle.optional(),
    dryRun: z.boolean(),
    package: packageRef,
    signer: z.string().optional(),
    upload: z.enum(['created', 'overwritten', 'kept']).optional(),
    plan,
    warnings: z.array(z.string()),
    items: z.array(jobItem),
    backup: z.string().optional(),
    log: z.array(logLine),
  },
  'migrate-project': {
    from: z.string(),
    to: z.string(),
    outcome,
    route: z.enum(['move', 'push', 'relay']),
    waitingFor: z.string().optional(),
    rerouted: z.string().optional(),
    projects: z.array(z.string()),
    jobs: z.array(handle),
    package: packageRef.optional(),
    plan,
    dryRun: z.boolean(),
    warnings: z.array(z.string()),
    items: z.array(jobItem),
    backup: z.string().optional(),
    log: z.array(logLine),
  },
  'package-list': { from: z.string(), packages: z.array(storedPackage) },
  'package-upload': {
    to: z.string(),
    outcome: z.enum(['created', 'overwritten', 'kept']),
    package: storedPackage,
    signer: z.string().nullable(),
  },
  'package-download': { from: z.string(), package: storedPackage, file: z.string(), sealed: sealed.nullable() },
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
    members: z.array(z.strictObject({ name: z.string(), size: z.number().int() })),
  },
  'package-verify': {
    file: z.string(),
    size: z.number().int(),
    id: z.string(),
    version: z.string(),
    signer: z.string().nullable(),
    trusted: z.boolean(),
    contentChecked: z.boolean(),
  },
  'package-seal': { file: z.string(), sealed },
  'package-open': { folder: z.string(), files: z.array(z.string()) },
  inventory: {
    from: z.string(),
    items: z.array(
      z.strictObject({
        kind: z.string(),
        id: z.string(),
        name: z.string(),
        container: z.string().optional(),
        modifiedAt: z.string().optional(),
      }),
    ),
  },
  'job-list': {
    from: z.string(),
    jobs: z.array(
      z.strictObject({
        handle,
        id: z.string(),
        kind: z.string(),
        state: z.string(),
        wireState: z.string(),
        title: z.string(),
        queuedAt: z.string().optional(),
      }),
    ),
  },
  'run-list': {
    runs: z.array(
      z.strictObject({
        verb: z.string(),
        startedAt: z.string(),
        updatedAt: z.string(),
        outcome: z.string(),
        jobs: z.array(handle),
      }),
    ),
  },
  'job-show': { handle, status: jobStatus },
  'job-wait': { handle, outcome, status: jobStatus },
  'job-log': { handle, log: z.array(logLine) },
  'job-cancel': { handle, status: jobStatus },
  'job-approve': { handle, status: jobStatus },
  'job-reject': { handle, status: jobStatus },
  'job-undo': { handle, undo: handle, outcome, status: jobStatus.optional(), backup: z.string().optional() },
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
    trusted: z.array(z.strictObject({ keyId: z.string(), publicKey: z.string() })),
  },
  'key-trust': { keyId: z.string(), name: z.string(), file: z.string() },
  'config-show': {
    file: z.string().nullable(),
    values: z.array(
      z.strictObject({ path: z.string(), value: z.union([z.string(), z.number(), z.boolean()]), origin: z.string() }),
    ),
  },
  'config-check': { file: z.string().nullable(), instances: z.array(z.string()), warnings: z.array(z.string()) },
  'schema-list': { names: z.array(z.string()) },
  init: { file: z.string() },
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
  },
  completion: { shell: z.string(), script: z.string() },
  emulate: { product: z.string(), url: z.string(), credentials: z.record(z.string(), z.string()), data: z.string() },
  'fault-list': { faults: z.array(z.string()) },
  demo: { folder: z.string(), package: z.string(), seconds: z.number() },
  error: {
    code: z.enum([...errorCodes, 'BUG']),
    message: z.string(),
    hint: z.string().optional(),
    details: z.record(z.string(), z.unknown()),
    exitCode: z.number().int(),
  },
} satisfies Record<string, z.core.$ZodLooseShape>;

export type DocumentName = keyof typeof bodies;

export const documentNames = Object.keys(bodies) as readonly DocumentName[];

export function documentSchema(name: DocumentName): z.ZodType {
  return z.strictObject({ document: z.literal(`migrator/${name}/1`), ...bodies[name] });
}

/** JSON Schema (draft 2020-12); undefined when there is no such document. */
export function documentJsonSchema(name: string): object | undefined {
  const known = documentNames.find((candidate) => candidate === name);
  return known === undefined ? undefined : z.toJSONSchema(documentSchema(known));
}
