import type { JobStatus } from '../../ports/job.ts';
import type { MigrationStatus } from './wire/schemas.ts';

interface Begun {
  readonly id: string;
  readonly title: string;
  /** What was prepared, as a text. A later look for the same work finds the job by it. */
  readonly work: string;
  readonly startedAt: Date;
}

/** The task was as it is wished, or why its calls failed; an empty text when the control plane says that they did not. */
export type TaskFate = 'met' | { readonly why: string };

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
  /** Keeps what became of a task that a job brought, by the id of the job and the name of the task. */
  keepTaskFate(id: string, name: string, fate: TaskFate): void;
  taskFate(id: string, name: string): TaskFate | undefined;
  /** Keeps that this process has seen the job at work. */
  keepAtWork(id: string): void;
  /** Whether this process has started the job, or has seen it at work. */
  isOwn(id: string): boolean;
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
  const fates = new Map<string, TaskFate>();
  const atWork = new Set<string>();
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
    keepTaskFate: (id, name, fate) => {
      fates.set(`${id}\n${name}`, fate);
    },
    taskFate: (id, name) => fates.get(`${id}\n${name}`),
    keepAtWork: (id) => {
      atWork.add(id);
    },
    isOwn: (id) => atWork.has(id) || begun.some((job) => job.id === id),
    result: (id) => results.get(id),
    find: (work, since) => begun.find((job) => job.work === work && job.startedAt >= since)?.id,
    jobs: () => begun,
  };
}
