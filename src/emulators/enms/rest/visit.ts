import type { Reply } from '../../shared/server.ts';
import type { FormBody } from '../form-body.ts';
import type { Instance } from '../instance.ts';
import { selectionOf, type Selection } from '../model/kinds.ts';
import type { Item } from '../objects.ts';
import { Refusal, ServerError } from '../refusal.ts';
import { maySee } from '../users.ts';

/** One REST call whose caller is known. */
export interface Visit {
  readonly instance: Instance;
  readonly user: Item;
  /** What follows the endpoint in the path, decoded. */
  readonly args: readonly string[];
  readonly query: URLSearchParams;
  readonly body: FormBody;
}

export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly name: string;
  /** Path segments it takes; any other number is an error. */
  readonly args: number;
  readonly level: 'none' | 'access' | 'admin';
  readonly handle: (visit: Visit) => Reply | Promise<Reply>;
}

export function argument(visit: Visit, index: number): string {
  const value = visit.args[index];
  if (value === undefined) throw new ServerError('missing positional argument');
  return value;
}

export function selection(type: unknown): Selection {
  const found = typeof type === 'string' ? selectionOf(type) : undefined;
  if (found === undefined) throw new ServerError(`KeyError: '${String(type)}'`);
  return found;
}

/** The named object; 403 when there is none the caller may see, 500 for an unknown type. */
export function needItem({ instance, user }: Visit, type: string, name: string): Item {
  const { models, type: concrete } = selection(type);
  for (const model of models) {
    const found = instance.objects.find(model, name);
    if (found !== undefined && (concrete === undefined || found.type === concrete) && maySee(instance, user, found)) {
      return found;
    }
  }
  throw new Refusal(403);
}
