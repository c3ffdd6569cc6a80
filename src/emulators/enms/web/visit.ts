import type { Reply } from '../../shared/server.ts';
import type { FormBody } from '../form-body.ts';
import type { Instance } from '../instance.ts';
import type { Item } from '../objects.ts';

/** A request to a page by a user who is logged in. */
export interface WebVisit {
  readonly instance: Instance;
  readonly user: Item;
  /** The path after the page, decoded and with slashes. */
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

/** An entry of the table of pages. */
export const webPage = (method: Page['method'], name: string, level: Page['level'], handle: Page['handle']): Page => ({
  method,
  name,
  level,
  handle,
});
