// What the snapshots ask for is in their requests. Each parameter that they rely on must change the answer of the embedded
// server: else the proofs would hold without it. Those of Octopus, and of the searches of MicroStrategy, are in the unit
// tests of their snapshots. eNMS is asked without parameters.
import { describe, expect, test } from '@jest/globals';
import { startEmulator, type RunningEmulator } from '../../src/emulators/index.ts';
import { tutorial } from '../support/library-pair.ts';
import { withTempDir } from '../support/with-temp-dir.ts';

const withEmulator = (product: string, work: (server: RunningEmulator) => Promise<void>): Promise<void> =>
  withTempDir(async (directory) => {
    const server = await startEmulator(product, { directory, sample: 'source', pace: 0 });
    try {
      await work(server);
    } finally {
      await server.close();
    }
  });

describe('each query parameter changes the answer', () => {
  test('limit and offset of a list of SnapLogic', async () => {
    await withEmulator('snaplogic', async ({ url, credentials: { username = '', password = '' } }) => {
      const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
      const names = async (query: string): Promise<string[]> => {
        const answer = await fetch(`${url}/api/1/rest/asset/list/Acme-Dev/Sales%20EMEA/Bulk?${query}`, {
          headers: { authorization },
        });
        const { response_map: map } = (await answer.json()) as { response_map: { entries: { name: string }[] } };
        return map.entries.map(({ name }) => name);
      };
      const first = await names('limit=100&offset=0');
      expect(first).toHaveLength(100);
      expect(await names('limit=3&offset=0')).toEqual(first.slice(0, 3));
      expect(await names('limit=3&offset=2')).toEqual(first.slice(2, 5));
    });
  });

  test('the type and the project of an object of MicroStrategy, and the project of a search', async () => {
    await withEmulator('microstrategy', async ({ url, credentials: { username, password } }) => {
      const login = await fetch(`${url}/api/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ username, password, loginMode: 1 }),
      });
      const cookie = login.headers
        .getSetCookie()
        .map((one) => one.split(';')[0])
        .join('; ');
      const token = login.headers.get('x-mstr-authtoken')!;
      const get = (path: string, project?: string) =>
        fetch(`${url}/api/${path}`, {
          headers: {
            cookie,
            'x-mstr-authtoken': token,
            ...(project === undefined ? {} : { 'x-mstr-projectid': project }),
          },
        });
      const year = 'objects/8D679D5111D3E4981000E787EC6DE8A4';
      expect([
        (await get(`${year}?type=12`, tutorial)).ok,
        (await get(`${year}?type=4`, tutorial)).ok,
        (await get(`${year}?type=12`)).ok,
      ]).toEqual([true, false, false]);
      const found = async (project?: string) => {
        const answer = (await (await get('searches/results?type=12&limit=100&offset=0', project)).json()) as {
          result?: { id: string }[];
        };
        return answer.result?.length ?? 0;
      };
      expect(await found(tutorial)).toBeGreaterThan(await found());
    });
  });
});
