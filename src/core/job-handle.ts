import { MigratorError } from '../errors.ts';
import type { Instance } from './instance.ts';

/** `<product>:<instance>:<id>`; the id is the adapter's own and may hold colons. */
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

/** A job of an instance that is open. */
export interface OpenJob {
  readonly instance: Instance;
  readonly id: string;
  /** As people are told it. */
  readonly handle: string;
}
