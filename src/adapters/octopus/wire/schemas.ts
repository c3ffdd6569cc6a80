import { z } from 'zod';
import { list, number, text, valueOr } from '../../shared/schemas.ts';

/** The JSON of the REST API, as far as it is read. Unknown fields are dropped; unknown words for a state are kept. */

const flag = valueOr(z.union([z.boolean(), z.string().transform((word) => word.toLowerCase() === 'true')]), false);
const nothing: Readonly<Record<string, unknown>> = {};
const record = valueOr(z.record(z.string(), z.unknown()), nothing);

export const rootSchema = z.object({
  Application: text,
  Version: z.string().min(1),
  ApiVersion: z.string(),
  Links: record,
});
export type RootResource = z.infer<typeof rootSchema>;

export const linksSchema = z.object({ Links: record });

export const userSchema = z.object({ Id: text, Username: text, DisplayName: text, IsService: flag });

/** Each permission with the places where the account has it. An empty list and `SpaceId` null mean all spaces. */
export const permissionsSchema = z.object({
  /** Those that no space limits. */
  SystemPermissions: z.array(z.string()).nullish().catch(undefined),
  SpacePermissions: z
    .record(z.string(), z.array(z.object({ SpaceId: z.string().nullish() })))
    .nullish()
    .catch(undefined),
  IsPermissionsComplete: z.boolean().nullish().catch(undefined),
  /** The teams of the account, also those by groups of a directory. */
  Teams: z
    .array(z.object({ Id: z.string() }))
    .nullish()
    .catch(undefined),
  IsTeamsComplete: z.boolean().nullish().catch(undefined),
});

export const spaceSchema = z.object({
  Id: z.string(),
  Name: z.string(),
  IsDefault: flag,
  TaskQueueStopped: flag,
  /** Ids of teams, and of users. */
  SpaceManagersTeams: z.array(z.string()).nullish().catch(undefined),
  SpaceManagersTeamMembers: z.array(z.string()).nullish().catch(undefined),
  Links: record,
});
export type SpaceResource = z.infer<typeof spaceSchema>;

export const projectSchema = z.object({ Id: z.string(), Name: z.string(), SpaceId: text, IsDisabled: flag });
export type ProjectResource = z.infer<typeof projectSchema>;

/** What all documents have. */
export const namedSchema = z.object({ Id: z.string(), Name: z.string() });
export type NamedResource = z.infer<typeof namedSchema>;

/** A whole document, with all its fields. Variable sets and processes have no name. */
export const documentSchema = z.looseObject({ Id: z.string(), Name: text, Links: record });
export type DocumentResource = z.infer<typeof documentSchema>;

export const maintenanceSchema = z.object({ IsInMaintenanceMode: flag });

export const systemInfoSchema = z.object({ OSVersion: text });

/** The answer to a migration request repeats the password, so only the task id is read. */
export const startedSchema = z.object({ TaskId: z.string().min(1) });

export const taskSchema = z.object({
  Id: z.string(),
  SpaceId: text,
  Name: text,
  Description: text,
  Arguments: record,
  State: z.string(),
  QueueTime: text,
  StartTime: text,
  CompletedTime: text,
  ErrorMessage: text,
  HasPendingInterruptions: flag,
  HasWarningsOrErrors: flag,
  Links: record,
});
export type TaskResource = z.infer<typeof taskSchema>;

const logElementSchema = z.object({ Category: z.string(), OccurredAt: text, MessageText: text, Detail: text });

const nodeFields = z.object({ Name: text, Status: text, ProgressMessage: text, LogElements: list(logElementSchema) });
export type ActivityNode = z.infer<typeof nodeFields> & { readonly Children: readonly ActivityNode[] };

const nodeSchema: z.ZodType<ActivityNode> = nodeFields.extend({
  get Children() {
    return list(nodeSchema);
  },
});

export const detailsSchema = z.object({
  Task: taskSchema.nullish(),
  ActivityLogs: list(nodeSchema),
  /** Servers before 3.4 had one tree. */
  ActivityLog: valueOr(nodeSchema, undefined),
  Progress: z.object({ ProgressPercentage: number }).nullish(),
});
export type TaskDetails = z.infer<typeof detailsSchema>;

export const packageSchema = z.object({
  Id: text,
  PackageId: text,
  NuGetPackageId: text,
  Version: z.string(),
  FileExtension: text,
  PackageSizeBytes: number,
  Hash: text,
  Published: text,
});
export type PackageResource = z.infer<typeof packageSchema>;

/** The answer to a Projects Export: the projects of the zip, which may be more than were asked for. */
export const exportStartedSchema = startedSchema.extend({ ProjectIds: list(z.string()) });

export const artifactSchema = z.object({
  Id: z.string(),
  Filename: z.string(),
  ServerTaskId: text,
  Links: record,
});
export type ArtifactResource = z.infer<typeof artifactSchema>;

export const importFileSchema = z.object({ Id: z.string().min(1), FileName: z.string() });
export const importFilesSchema = z.object({ ProjectImportFiles: list(importFileSchema) });
export type ImportFileResource = z.infer<typeof importFileSchema>;

const typed = z.object({ Name: z.string(), Type: text });

/** What the server finds in an uploaded zip. It does not tell what exists on the target. */
export const previewSchema = z.object({
  Projects: list(z.object({ Name: z.string(), Channels: list(z.string()), Runbooks: list(z.string()) })),
  Environments: list(z.string()),
  Lifecycles: list(z.string()),
  Certificates: list(z.string()),
  Accounts: list(typed),
  Feeds: list(typed),
  WorkerPools: list(typed),
});
export type PreviewResource = z.infer<typeof previewSchema>;

/** A page of a list. The caller reads each of `Items` by a schema of its own. */
export const pageSchema = z.object({ Items: z.array(z.unknown()), TotalResults: number });

export const errorSchema = z.object({ ErrorMessage: text, Errors: z.array(z.string()).nullish() });
