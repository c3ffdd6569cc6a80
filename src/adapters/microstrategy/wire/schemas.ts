import { z } from 'zod';
import { list, number, text, valueOr } from '../../shared/schemas.ts';

/** The JSON of the REST API, as far as it is read. Unknown fields are dropped; unknown words for a state are kept. */

const flag = valueOr(z.boolean(), undefined);

/** The server gives `{}` where there is none. */
const named = valueOr(z.object({ id: text, name: text }), { id: undefined, name: undefined });

const stored = valueOr(z.object({ size: number, path: text }), { size: undefined, path: undefined });

export const statusSchema = z.object({ iServerVersion: text, webVersion: text });

/** `timeout` is in seconds. */
export const sessionSchema = z.object({ timeout: number, fullName: text, id: text });

const privilege = z.object({
  id: z
    .union([z.string(), z.number()])
    .nullish()
    .transform((value) => (value === null || value === undefined ? undefined : String(value))),
  name: text,
  isUserLevelAllowed: flag,
  projects: list(z.object({ id: text, isAllowed: flag })),
});
export type Privilege = z.infer<typeof privilege>;

/** A list, alone or as `privileges`. */
export const privilegesSchema = z.union([
  z.array(privilege),
  z.object({ privileges: z.array(privilege) }).transform(({ privileges }) => privileges),
]);

export const projectSchema = z.object({ id: z.string(), name: z.string(), status: number });
export type Project = z.infer<typeof projectSchema>;

export const objectSchema = z.object({
  id: z.string(),
  name: text,
  type: number,
  subtype: number,
  version: text,
  dateModified: text,
  description: text,
  hidden: flag,
  /** The folders above it; level 1 is the one that contains it. */
  ancestors: list(z.object({ id: text, name: text, level: number })),
  /** The access control list, which single objects show and searches do not. */
  acl: z.unknown().optional(),
});
export type MetadataObject = z.infer<typeof objectSchema>;

/** A user, whose login is called `username` or, in lists, `abbreviation`. */
export const usersSchema = z.array(objectSchema.extend({ username: text, abbreviation: text }));
export type User = z.infer<typeof usersSchema>[number];

export const searchSchema = z.object({ totalItems: number, result: z.array(objectSchema) });

export const storageSchema = z.object({
  sharedFileStore: valueOr(
    z.object({ type: text, alias: text, location: text, s3Region: text, configured: flag }),
    undefined,
  ),
});
export type Storage = NonNullable<z.infer<typeof storageSchema>['sharedFileStore']>;

const warningSchema = z.object({ message: text, bannedObjectCount: number });

/** A migration: a package, and its import on one target. The short answers to writes lack most of the fields. */
export const migrationSchema = z.object({
  id: z.string(),
  packageInfo: z.object({
    id: z.string(),
    name: text,
    replicated: flag,
    type: text,
    purpose: text,
    creationDate: text,
    lastUpdatedDate: text,
    environment: named,
    storage: stored,
    project: named,
    status: z.string(),
    message: text,
    progress: number,
    deleted: flag,
    existing: flag,
    containsExtensionObject: flag,
    certification: valueOr(
      z.object({
        status: text,
        operator: valueOr(z.object({ id: text, name: text, fullName: text }), undefined),
        lastUpdatedDate: text,
      }),
      undefined,
    ),
    warnings: list(warningSchema),
    tocView: z.unknown().optional(),
  }),
  importInfo: z.object({
    id: text,
    creationDate: text,
    lastUpdatedDate: text,
    environment: named,
    project: named,
    status: z.string(),
    importRequestStatus: text,
    undoRequestStatus: text,
    progress: number,
    message: text,
    undoStorage: stored,
    deleted: flag,
  }),
  validation: valueOr(
    z.object({ status: text, progress: number, message: text, creationDate: text, lastUpdatedDate: text }),
    undefined,
  ),
});
export type Migration = z.infer<typeof migrationSchema>;

export const migrationsSchema = z.object({ total: number, data: z.array(z.unknown()) });

/** A package's table of contents, as the server shows it. */
export const tocSchema = z.object({
  settings: z.looseObject({}).optional(),
  content: z
    .array(
      z.looseObject({
        id: z.string(),
        type: z.number(),
        name: text,
        action: text,
        includeDependents: flag,
        explicitIncluded: flag,
      }),
    )
    .optional(),
});

/** A migration with all its fields, which is passed on unchanged. */
export const contentSchema = z.looseObject({ packageInfo: z.looseObject({}) });
export type MigrationContent = z.infer<typeof contentSchema>;

export const sharedFileSchema = z.object({
  id: z.string(),
  name: text,
  path: text,
  sha256: text,
  existing: flag,
  size: number,
  creationDate: text,
  lastUpdatedDate: text,
  extraInfo: valueOr(z.object({ packageId: text, packageType: text, packagePurpose: text }), {
    packageId: undefined,
    packageType: undefined,
    packagePurpose: undefined,
  }),
});
export type SharedFile = z.infer<typeof sharedFileSchema>;

export const sharedFilesSchema = z.object({ total: number, data: z.array(z.unknown()) });

const subError = z.object({
  message: text,
  iServerCode: number,
  additionalProperties: z.object({ objectName: text }).nullish(),
});

export const errorSchema = z.object({
  code: text,
  message: text,
  ticketId: text,
  iServerCode: number,
  subErrors: list(subError),
});

/** The modeling endpoints put their errors into a list. */
export const wrappedErrorSchema = z.object({ errors: z.array(errorSchema).min(1) });
