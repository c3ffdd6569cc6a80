import type { Reply } from '../../shared/server.ts';
import type { FormBody } from '../form-body.ts';
import type { Instance } from '../instance.ts';
import { selectionOf, type Selection } from '../model/kinds.ts';
import type { Item } from '../objects.ts';
import { Refusal, ServerError } from '../refusal.ts';
import { maySee } from '../users.ts';

/** A REST call whose caller is known. */
export interface Visit {
  readonly instance: Instance;
  readonly user: Item;
  /** The path segments after the endpoint, decoded. */
  readonly args: readonly string[];
  readonly query: URLSearchParams;
  readonly body: FormBody;
}

export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly name: string;
  /** How many path segments it takes; another number is an error. */
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

/** The object of this name. 403 when there is none that the caller may see, 500 for an unknown type. */
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

/** An entry of the table of endpoints. */
export const endpoint = (
  method: Endpoint['method'],
  name: string,
  args: number,
  level: Endpoint['level'],
  handle: Endpoint['handle'],
): Endpoint => ({ method, name, args, level, handle });
