import { createHash } from 'node:crypto';
import { MigratorError } from '../../errors.ts';
import type { PackageRef, StoredPackage } from '../../ports/artifact.ts';
import type { JobKind, JobMessage, JobState, LogLine } from '../../ports/job.ts';

export interface MemoryProject {
  readonly id: string;
  readonly name: string;
  readonly content: string;
  /** How often it was written. */
  readonly writes: number;
}

export interface MemoryJob {
  readonly id: string;
  readonly kind: JobKind;
  readonly title: string;
  readonly queuedAt: string;
  /** What the job is about; `find` and `fetch` compare it. */
  readonly package: PackageRef | undefined;
  state: JobState;
  /** Looks left until it ends. */
  looks: number;
  readonly lines: LogLine[];
  readonly messages: JobMessage[];
  /** Done when the last look is taken; throws to fail the job. */
  readonly work: () => void;
}

export interface MemoryPackage {
  readonly stored: StoredPackage;
  readonly bytes: Uint8Array;
}

export interface MemoryInstanceInit {
  readonly url: string;
  readonly token: string;
  readonly version?: string;
  readonly projects?: readonly { readonly name: string; readonly content: string }[];
  /** How often a job is looked at before it ends. */
  readonly looks?: number;
}

/** A whole server in memory: projects, a feed and a task queue that moves on when it is looked at. */
export class MemoryInstance {
  readonly url: string;
  readonly token: string;
  readonly version: string;
  readonly looks: number;
  readonly projects = new Map<string, MemoryProject>();
  readonly packages = new Map<string, MemoryPackage>();
  readonly jobs: MemoryJob[] = [];

  constructor({ url, token, version = '1.0.0', projects = [], looks = 2 }: MemoryInstanceInit) {
    this.url = url;
    this.token = token;
    this.version = version;
    this.looks = looks;
    for (const { name, content } of projects) this.put(name, content);
  }

  put(name: string, content: string): void {
    const { id, writes } = this.projects.get(name) ?? { id: `Project-${this.projects.size + 1}`, writes: 0 };
    this.projects.set(name, { id, name, content, writes: writes + 1 });
  }

  store(ref: PackageRef, bytes: Uint8Array, at: Date): StoredPackage {
    const hex = createHash('sha256').update(bytes).digest('hex');
    const stored = {
      ...ref,
      fileName: `${ref.id}.${ref.version}.json`,
      size: bytes.length,
      digest: { algorithm: 'sha256', hex },
      publishedAt: at.toISOString(),
    } as const;
    this.packages.set(keyOf(ref), { stored, bytes });
    return stored;
  }

  queue(job: Pick<MemoryJob, 'kind' | 'title' | 'package' | 'work'>, at: Date): MemoryJob {
    const queued: MemoryJob = {
      ...job,
      id: `Task-${this.jobs.length + 1}`,
      queuedAt: at.toISOString(),
      state: 'queued',
      looks: this.looks,
      lines: [{ level: 'info', depth: 0, text: `queued: ${job.title}` }],
      messages: [],
    };
    this.jobs.push(queued);
    return queued;
  }

  /** NOT_FOUND when there is no such job. */
  job(id: string): MemoryJob {
    const job = this.jobs.find((candidate) => candidate.id === id);
    if (job === undefined) throw new MigratorError('NOT_FOUND', `${this.url} has no job ${id}`);
    return job;
  }

  /** Time passes for a job: one look. */
  advance(job: MemoryJob): void {
    if (job.state === 'cancelling') job.state = 'cancelled';
    if (job.state !== 'queued' && job.state !== 'running') return;
    job.looks -= 1;
    if (job.looks > 0) {
      job.state = 'running';
      return;
    }
    this.#finish(job);
  }

  #finish(job: MemoryJob): void {
    try {
      job.work();
      job.state = 'succeeded';
      job.lines.push({ level: 'info', depth: 0, text: 'done' });
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      job.state = 'failed';
      job.messages.push({ level: 'error', text });
      job.lines.push({ level: 'error', depth: 0, text });
    }
  }
}

export function keyOf({ id, version }: PackageRef): string {
  return `${id}@${version}`;
}
