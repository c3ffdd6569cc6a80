import { MigratorError } from '../errors.ts';
import type { Placed } from './instance.ts';

/** `<product>:<instance>:<id>`. The adapter defines the id, which may contain colons. */
export interface JobHandle {
  readonly product: string;
  readonly instance: string;
  readonly id: string;
}

export function formatHandle({ product, instance, id }: JobHandle): string {
  return `${product}:${instance}:${id}`;
}

export function parseHandle(text: string): JobHandle {
  const match = /^([a-z][a-z0-9-]*):([^:\s]+):(\S+)$/u.exec(text);
  const [, product, instance, id] = match ?? [];
  if (product === undefined || instance === undefined || id === undefined) {
    throw new MigratorError('USAGE', `"${text}" is not a job handle`, {
      hint: 'a handle looks like octopus:prod:ServerTasks-1234; "migrator job list" prints them',
    });
  }
  return { product, instance, id };
}

/** A job, with its opened instance. */
export interface OpenJob {
  readonly instance: Placed;
  readonly id: string;
  /** The handle as it is shown to users. */
  readonly handle: string;
}
