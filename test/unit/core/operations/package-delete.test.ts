import { expect, test } from '@jest/globals';
import { deletePackage } from '../../../../src/core/operations/package-delete.ts';
import type { PackageFeed } from '../../../../src/ports/feed.ts';
import { river } from '../../../support/moving-adapter.ts';
import { recordingReporter } from '../../../support/ports.ts';

const ref = { id: 'Acme.Shop', version: '1.0.0' };

/** An instance whose feed has the package, or not. */
function keeper(name: string, has: boolean, asked: string[]) {
  const feed: PackageFeed = {
    list: async function* () {
      // Nobody asks for the list.
    },
    stat: () => Promise.resolve(has ? { ...ref, fileName: 'shop.zip', size: 1 } : undefined),
    upload: () => Promise.reject(new Error('nobody uploads')),
    download: () => Promise.reject(new Error('nobody downloads')),
    parseFileName: () => ref,
    delete: () => {
      asked.push(`delete on ${name}`);
      return Promise.resolve('deleted');
    },
  };
  return { name, adapter: { ...river().adapter, feed } };
}

async function deleted(...has: readonly boolean[]) {
  const asked: string[] = [];
  const targets = has.map((one, at) => keeper(['lab', 'prod'][at] ?? '', one, asked));
  const consent = ({ text }: { readonly text: string }) => {
    asked.push(text);
    return Promise.resolve(true);
  };
  const ports = { reporter: recordingReporter(), consent };
  const results = deletePackage(targets, () => ref, ports, new AbortController().signal);
  return { asked, results: await results.catch((error: unknown) => error) };
}

test('nobody is asked about a package that no instance has', async () => {
  const { asked, results } = await deleted(false, false);
  expect(asked).toEqual([]);
  expect(results).toMatchObject({ code: 'NOT_FOUND', message: expect.stringContaining('on lab and prod') });
});

test('the question names the instances that have the package, and only they lose it', async () => {
  const { asked, results } = await deleted(false, true);
  expect(asked).toEqual(['delete Acme.Shop@1.0.0 from prod?', 'delete on prod']);
  expect(results).toEqual([
    { instance: 'lab', result: 'absent' },
    { instance: 'prod', result: 'deleted' },
  ]);
});
