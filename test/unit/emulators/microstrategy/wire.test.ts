// Error answers in the product's form, and paths outside of the API.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { send, startLibrary, stopLibraries, tutorial, type Library } from './library.ts';

interface Refused {
  readonly title: string;
  readonly method: string;
  readonly path: string;
  readonly project?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly text?: string;
  readonly status: number;
  readonly code: string;
  readonly message?: string;
  readonly iServerCode?: number;
}

const file = new URL('../../../fixtures/microstrategy/refusals.json', import.meta.url);
const refusals = JSON.parse(readFileSync(file, 'utf8')) as readonly Refused[];

let library: Library;
beforeAll(async () => {
  library = await startLibrary();
});
afterAll(stopLibraries);

test.each(refusals)(
  '$title',
  async ({ method, path, project, headers, json, text, status, code, message, iServerCode }) => {
    const answer = await library.admin.call(method, path, {
      ...(project === true ? { project: tutorial } : {}),
      ...(headers === undefined ? {} : { headers }),
      ...(json === undefined ? {} : { json }),
      ...(text === undefined ? {} : { body: text, headers: { 'Content-Type': 'application/json' } }),
    });
    expect([answer.status, answer.json]).toEqual([
      status,
      {
        code,
        message: message ?? expect.any(String),
        ticketId: expect.stringMatching(/^[0-9a-f]{32}$/),
        ...(iServerCode === undefined ? {} : { iServerCode }),
      },
    ]);
  },
);

describe('outside of the API', () => {
  test.each(['/', '/index.html', '/apis/x'])('%s answers with a page of the servlet container', async (path) => {
    const answer = await send(library.url, 'GET', path);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'text/html;charset=utf-8']);
  });

  test('a path with a second /api is not found', () => {
    expect(new URL(library.url).pathname).toBe('/MicroStrategyLibrary');
    expect(library.url).not.toContain('/api');
  });
});

describe('a read call', () => {
  const get = async (path: string, project?: string) =>
    (await library.admin.call('GET', path, project === undefined ? {} : { project })).json;

  test('shows both versions without a session', async () => {
    const answer = await send(library.url, 'GET', '/api/status');
    expect(answer.json).toEqual({ webVersion: '11.4.0600', iServerVersion: '11.4.0600' });
  });

  test('finds a project by id and by name', async () => {
    expect((await get(`/api/projects/${tutorial}`))['name']).toBe('MicroStrategy Tutorial');
    expect((await get('/api/projects/MicroStrategy%20Tutorial'))['id']).toBe(tutorial);
    const unloaded = await get('/api/projects/Archive%202019');
    expect(unloaded['status']).toBe(-1);
    const answer = await library.admin.call('GET', '/api/folders', { project: String(unloaded['id']) });
    expect([answer.status, answer.json['iServerCode']]).toEqual([404, -2147209151]);
  });

  test('shows an object with its folders and rights', async () => {
    const year = await get('/api/objects/8D679D5111D3E4981000E787EC6DE8A4?type=12', tutorial);
    expect(year).toMatchObject({
      name: 'Year',
      type: 12,
      subtype: 3072,
      hidden: false,
      certifiedInfo: { certified: false },
    });
    expect((year['ancestors'] as { name: string; level: number }[]).map(({ name, level }) => [name, level])).toEqual([
      ['MicroStrategy Tutorial', 3],
      ['Schema Objects', 2],
      ['Attributes', 1],
    ]);
    expect(year['acl']).toEqual(
      expect.arrayContaining([expect.objectContaining({ trusteeName: 'Administrator', rights: 255, deny: false })]),
    );
  });

  test('searches by pattern, type or subtype, root and page', async () => {
    const names = async (query: string) =>
      ((await get(`/api/searches/results?${query}`, tutorial))['result'] as { name: string }[]).map(({ name }) => name);
    expect(await names('name=revenue')).toEqual(expect.arrayContaining(['Revenue', 'Revenue by Region']));
    expect(await names('name=Revenue&pattern=2&type=4')).toEqual(['Revenue']);
    expect(await names('name=by&pattern=1')).toEqual([]);
    expect(await names('name=year&pattern=5&type=3')).toEqual(['Profit by Year']);
    expect(await names('type=776')).toEqual(['Sales Cube']);
    expect((await names('type=13&type=14')).toSorted()).toEqual(['Cost', 'Revenue', 'Time', 'Units Sold']);
    expect(await names('root=98FE182C2A10427EACE0CD30B6768258&type=12')).toEqual([]);
    const page = await get('/api/searches/results?type=4&offset=1&limit=1&getAncestors=true', tutorial);
    expect(page['totalItems']).toBe(4);
    expect(page['result']).toHaveLength(1);
    expect((page['result'] as { ancestors: unknown[] }[])[0]!.ancestors).toHaveLength(3);
  });

  test('finds folders by id and by number', async () => {
    const reports = (await get('/api/folders/preDefined/7', tutorial)) as unknown as { name: string }[];
    expect(reports.map(({ name }) => name)).toEqual(expect.arrayContaining(['Sales Reports', 'Customer Scorecard']));
    const { id } = await get('/api/folders/preDefined/7/id', tutorial);
    expect(await get(`/api/folders/${String(id)}`, tutorial)).toEqual(reports);
    expect(await get(`/api/folders/${String(id)}?limit=1`, tutorial)).toEqual(reports.slice(0, 1));
  });

  test('finds what uses an object, and what it uses', async () => {
    const search = async (query: string) => {
      const made = await library.admin.call('POST', `/api/metadataSearches/results?${query}`, { project: tutorial });
      const found = (await get(
        `/api/metadataSearches/results?searchId=${String(made.json['id'])}`,
        tutorial,
      )) as unknown as { name: string }[];
      expect(found).toHaveLength(Number(made.json['totalItems']));
      return found.map(({ name }) => name).toSorted();
    };
    const [report] = (await get('/api/searches/results?name=Profit%20by%20Year&pattern=2&type=3', tutorial))[
      'result'
    ] as { id: string }[];
    expect(await search(`usedByObject=${report!.id};3`)).toEqual(['Profit', 'Year']);
    expect(await search(`usedByObject=${report!.id};3&usedByRecursive=true`)).toEqual(
      expect.arrayContaining(['Cost', 'LU_YEAR', 'ORDER_DETAIL', 'Profit', 'Sum', 'Tutorial Data', 'Year']),
    );
    expect(await search(`usesObject=${report!.id};3`)).toEqual(['Shortcut to Profit by Year']);
  });

  test('answers only with the named fields, also in lists', async () => {
    expect(await get(`/api/projects/${tutorial}?fields=id,owner.name`)).toEqual({
      id: tutorial,
      owner: { name: 'Administrator' },
    });
    const list = (await get('/api/projects?fields=name')) as unknown as unknown[];
    expect(list).toContainEqual({ name: 'MicroStrategy Tutorial' });
    const error = await library.admin.call('GET', '/api/migrations/A:B?fields=code');
    expect(Object.keys(error.json).toSorted()).toEqual(['code', 'message', 'ticketId']);
  });

  test('shows users with their groups and privileges', async () => {
    const [olga] = (await get('/api/users?nameBegins=Olga')) as unknown as { id: string }[];
    expect(await get(`/api/users/${olga!.id}`)).toMatchObject({
      name: 'Olga Operator',
      username: 'operator',
      enabled: true,
      memberships: [{ name: 'Release Operators' }],
      privileges: [{ name: 'Create package' }],
    });
  });
});
