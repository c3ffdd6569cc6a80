import type { JobStatus } from './job.ts';

/** Facts that the core reports. The command line chooses words and colours. `item`: what it is about, in a wave of many. */
export type Event = Fact & { readonly item?: string | undefined };

type Fact =
  | { readonly type: 'phase'; readonly name: Phase; readonly subject: string }
  /** The current phase is done, and what is told next is no part of it. */
  | { readonly type: 'phase-end' }
  /** A server has answered for the first time in this run. */
  | {
      readonly type: 'instance';
      readonly name: string;
      readonly product: string;
      readonly version: string;
      readonly url: string;
    }
  | { readonly type: 'job'; readonly handle: string; readonly status: JobStatus }
  | { readonly type: 'bytes'; readonly subject: string; readonly done: number; readonly total: number | undefined }
  /** Nothing happens here until then. `what` completes "waiting for …". `milliseconds`: how long, where that is known. */
  | {
      readonly type: 'wait';
      readonly what: string;
      readonly milliseconds?: number | undefined;
      readonly over?: boolean | undefined;
    }
  /** An item of a wave begins, or has come to an end. */
  | {
      readonly type: 'item';
      readonly item: string;
      readonly state: 'running' | 'done' | 'partial' | 'started' | 'failed' | 'interrupted' | 'skipped' | 'postponed';
      readonly reason?: string | undefined;
      readonly milliseconds?: number | undefined;
    }
  /** How far a wave has come: `ended` of `total`, since `began` (ISO 8601). `left`: milliseconds, where that can be told. */
  | {
      readonly type: 'items';
      readonly ended: number;
      readonly total: number;
      readonly began: string;
      readonly left?: number | undefined;
    }
  | { readonly type: 'notice'; readonly message: string }
  | { readonly type: 'warning'; readonly message: string; readonly hint?: string | undefined }
  | { readonly type: 'debug'; readonly message: string };

export type Phase =
  | 'probe'
  | 'prepare'
  | 'verify'
  | 'open'
  | 'export'
  | 'download'
  | 'seal'
  | 'upload'
  | 'dry-run'
  | 'import'
  | 'move'
  | 'check'
  | 'compare'
  | 'cancel'
  | 'undo'
  | 'clean-up'
  | 'wait';

export interface Reporter {
  report(event: Event): void;
}

export const silent: Reporter = { report: () => undefined };
