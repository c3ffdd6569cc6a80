import type { Adapter } from './adapter.ts';
import type { PackageFeed } from './feed.ts';

/**
 * A place that keeps sealed packages and nothing else: a folder, a bucket. It has the feed of an adapter and none of its
 * other facets, so that it is never the source or the target of a migration.
 */
export interface Store extends Pick<Adapter, 'product' | 'probe' | 'close'> {
  readonly feed: PackageFeed & { readonly keepsSealed: true };
}
