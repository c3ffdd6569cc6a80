import { expect, test } from '@jest/globals';
import { partialExport } from '../../../../src/core/operations/partial-export.ts';
import type { Adapter } from '../../../../src/ports/adapter.ts';
import { river } from '../../../support/moving-adapter.ts';
import { manualClock, memoryRun, recordingReporter } from '../../../support/ports.ts';

const ref = { id: 'acme', version: '1.0.0' };
const unasked = () => Promise.reject(new Error('nobody asked for it'));

test('an export for which nobody waits tells the package that its job will leave, with its removal', async () => {
  const adapter: Adapter = {
    ...river().adapter,
    feed: {
      list: async function* () {
        // The feed is empty.
      },
      stat: () => Promise.resolve(undefined),
      upload: unasked,
      download: unasked,
      parseFileName: () => ref,
      delete: () => Promise.resolve('absent'),
    },
    exports: {
      pushes: true,
      requiredSecrets: [],
      prepare: () =>
        Promise.resolve({
          package: ref,
          isNew: true,
          projects: [{ id: '1', name: 'Shop' }],
          settled: {},
          notes: [],
        }),
      start: () => Promise.resolve('out-1'),
      find: () => Promise.resolve(undefined),
      fetch: unasked,
    },
  };
  const ports = {
    source: { name: 'lab', adapter },
    target: undefined,
    output: undefined,
    secrets: {},
    own: () => Promise.resolve({}),
    madeFor: () => Promise.resolve(undefined),
    clock: manualClock(),
    random: { bytes: (length: number) => new Uint8Array(length) },
    reporter: recordingReporter(),
    run: memoryRun(),
  };
  const request = { projects: ['Shop'], packageId: undefined, packageVersion: undefined, options: {} };
  const waiting = { wait: false, timeout: undefined, pollInterval: 1 };
  const report = await partialExport({ request, resume: undefined, ...waiting }, ports, new AbortController().signal);
  const remove = expect.stringMatching(/^migrator package delete acme.*1\.0\.0 --from lab$/);
  expect(report).toMatchObject({ outcome: 'started', left: [{ instance: 'lab', remove }] });
});
