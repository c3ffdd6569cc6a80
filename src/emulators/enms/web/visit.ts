import type { Reply } from '../../shared/server.ts';
import type { FormBody } from '../form-body.ts';
import type { Instance } from '../instance.ts';
import type { Item } from '../objects.ts';

/** One request to a page by somebody who is logged in. */
export interface WebVisit {
  readonly instance: Instance;
  readonly user: Item;
  /** What follows the page in the path, decoded and joined with slashes. */
  readonly rest: string;
  readonly body: FormBody;
}

export interface Page {
  readonly method: 'GET' | 'POST';
  /** The first segment of the path. */
  readonly name: string;
  readonly level: 'all' | 'access' | 'admin';
  readonly handle: (visit: WebVisit) => Reply | Promise<Reply>;
}
