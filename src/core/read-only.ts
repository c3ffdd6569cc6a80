import { MigratorError } from '../errors.ts';
import type { Adapter } from '../ports/adapter.ts';

/**
 * An adapter without what could change the projects or packages on its instance; every source is wrapped so. Exports
 * and moves stay, because they read here and write elsewhere, and so do the jobs they become: looking at them, reading their
 * logs, stopping them, and `advance`, which some exports need to go on.
 */
export function readOnly(adapter: Adapter): Adapter {
  const { jobs, exports, moves, feed } = adapter;
  const refused = (): never => {
    throw refusal(adapter.product);
  };
  return {
    product: adapter.product,
    probe: (signal) => adapter.probe(signal),
    versionObstacle: (version, target) => adapter.versionObstacle(version, target),
    inventory: adapter.inventory,
    jobs: {
      status: (id, signal) => jobs.status(id, signal),
      log: (id, signal) => jobs.log(id, signal),
      list: (options, signal) => jobs.list(options, signal),
      ...(jobs.cancel === undefined ? {} : { cancel: jobs.cancel.bind(jobs) }),
      ...(jobs.advance === undefined ? {} : { advance: jobs.advance.bind(jobs) }),
    },
    ...(exports === undefined ? {} : { exports }),
    ...(moves === undefined ? {} : { moves }),
    ...(feed === undefined
      ? {}
      : {
          feed: {
            ...(feed.unversioned === undefined ? {} : { unversioned: feed.unversioned }),
            list: (filter, signal) => feed.list(filter, signal),
            stat: (ref, signal) => feed.stat(ref, signal),
            parseFileName: (fileName) => feed.parseFileName(fileName),
            download: (ref, signal) => feed.download(ref, signal),
            upload: () => Promise.resolve().then(refused),
            delete: () => Promise.resolve().then(refused),
          },
        }),
    ...(adapter.close === undefined ? {} : { close: adapter.close.bind(adapter) }),
  };
}

function refusal(product: string): MigratorError {
  return new MigratorError('UNSUPPORTED', `this ${product} instance is a source and is only read`, {
    hint: 'name it as the target to write to it',
  });
}
