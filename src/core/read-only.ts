import { MigratorError } from '../errors.ts';
import type { Adapter } from '../ports/adapter.ts';
import type { PackageFeed } from '../ports/feed.ts';
import type { Snapshots } from '../ports/snapshot.ts';

/**
 * Wraps the adapter of a source, so that it cannot change the projects or packages on its instance. Exports and moves
 * are kept, because they read here and write elsewhere. Of the jobs, these methods are kept: reading status, log and
 * list, `cancel`, and `advance`, which some exports need to continue.
 */
export function readOnly(adapter: Adapter): Adapter {
  const { jobs, exports, moves, feed, ways } = adapter;
  const snapshots = adapter.snapshots === undefined ? undefined : looking(adapter.snapshots);
  return {
    product: adapter.product,
    probe: (signal) => adapter.probe(signal),
    ...(adapter.mode === undefined ? {} : { mode: adapter.mode.bind(adapter) }),
    ...(adapter.account === undefined ? {} : { account: adapter.account.bind(adapter) }),
    versionObstacle: (version, target) => adapter.versionObstacle(version, target),
    ...(adapter.parallel === undefined ? {} : { parallel: adapter.parallel.bind(adapter) }),
    inventory: adapter.inventory,
    jobs: {
      ...(jobs.shortId === undefined ? {} : { shortId: jobs.shortId.bind(jobs) }),
      status: (id, signal) => jobs.status(id, signal),
      log: (id, signal) => jobs.log(id, signal),
      list: (options, signal) => jobs.list(options, signal),
      ...(jobs.cancel === undefined ? {} : { cancel: jobs.cancel.bind(jobs) }),
      ...(jobs.advance === undefined ? {} : { advance: jobs.advance.bind(jobs) }),
    },
    ...(exports === undefined ? {} : { exports }),
    ...(moves === undefined ? {} : { moves }),
    ...(snapshots === undefined ? {} : { snapshots }),
    ...(ways === undefined
      ? {}
      : {
          ways: {
            ofOldPackages: ways.ofOldPackages,
            ofFile: (fileName) => ways.ofFile(fileName),
            ofJob: (id) => ways.ofJob(id),
            asked: (options) => ways.asked(options),
            check: (request, signal) => ways.check(request, signal),
            of: (via) => readOnly(ways.of(via)),
          },
        }),
    ...(feed === undefined
      ? {}
      : {
          feed: readOnlyFeed(feed, adapter.product),
        }),
    ...(adapter.close === undefined ? {} : { close: adapter.close.bind(adapter) }),
  };
}

/** The feed of a source, or of a store that is only read. */
export function readOnlyFeed(feed: PackageFeed, product: string): PackageFeed {
  const refused = (): never => {
    throw refusal(product);
  };
  return {
    ...(feed.keepsSealed === undefined ? {} : { keepsSealed: feed.keepsSealed }),
    ...(feed.unversioned === undefined ? {} : { unversioned: feed.unversioned }),
    ...(feed.besides === undefined ? {} : { besides: feed.besides }),
    list: (filter, signal) => feed.list(filter, signal),
    stat: (ref, signal) => feed.stat(ref, signal),
    parseFileName: (fileName) => feed.parseFileName(fileName),
    download: (ref, signal) => feed.download(ref, signal),
    upload: () => Promise.resolve().then(refused),
    delete: () => Promise.resolve().then(refused),
  };
}

/** Without `remove`. */
function looking(snapshots: Snapshots): Snapshots {
  return {
    blind: snapshots.blind,
    ...(snapshots.uncarried === undefined ? {} : { uncarried: snapshots.uncarried }),
    scopeOf: (projects, options, signal) => snapshots.scopeOf(projects, options, signal),
    take: (scope, depth, signal) => snapshots.take(scope, depth, signal),
  };
}

function refusal(product: string): MigratorError {
  return new MigratorError(
    'UNSUPPORTED',
    `this ${product} instance is the source, and migrator does not write to a source`,
    { hint: 'to write to it, name it as the target' },
  );
}
