import type { JobStatus } from '../../ports/job.ts';
import type { MigrationStatus } from './wire/schemas.ts';

interface Begun {
  readonly id: string;
  readonly title: string;
  /** What was prepared, as a text. A later look for the same work finds the job by it. */
  readonly work: string;
  readonly startedAt: Date;
}

/**
 * What this process knows of the jobs that it started. The control plane keeps no list of jobs, and tells the result of
 * an import only once. Another process has to look at the projects.
 */
export interface Ledger {
  /** Returns the job's id. */
  begin(job: Begun): string;
  settle(status: JobStatus): void;
  /** The status document with which the server answered a synchronous migration. */
  document(id: string): MigrationStatus | undefined;
  keepDocument(id: string, document: MigrationStatus): void;
  /** Keeps the path at which the server says the status of a migration is. */
  pointTo(token: string, path: string): void;
  path(token: string): string | undefined;
  /** Keeps why the last change of a task failed, by the path of the task. Empty: it did not. */
  keepTaskFailure(path: string, why: string): void;
  taskFailure(path: string): string | undefined;
  result(id: string): JobStatus | undefined;
  /** The last job of the same work that was begun at that time or later. */
  find(work: string, since: Date): string | undefined;
  /** Newest first. */
  jobs(): readonly Begun[];
}

export function createLedger(): Ledger {
  const begun: Begun[] = [];
  const results = new Map<string, JobStatus>();
  const paths = new Map<string, string>();
  const documents = new Map<string, MigrationStatus>();
  const failures = new Map<string, string>();
  return {
    begin: (job) => {
      begun.unshift(job);
      return job.id;
    },
    settle: (status) => {
      results.set(status.id, status);
    },
    document: (id) => documents.get(id),
    keepDocument: (id, document) => {
      documents.set(id, document);
    },
    pointTo: (token, path) => {
      paths.set(token, path);
    },
    path: (token) => paths.get(token),
    keepTaskFailure: (path, why) => {
      failures.set(path, why);
    },
    taskFailure: (path) => failures.get(path),
    result: (id) => results.get(id),
    find: (work, since) => begun.find((job) => job.work === work && job.startedAt >= since)?.id,
    jobs: () => begun,
  };
}
