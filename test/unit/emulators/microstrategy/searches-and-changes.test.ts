import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { idNamed, startLibrary, stopLibraries, tutorial, type Answer, type Json, type Library } from './library.ts';

let library: Library;
const year = '8D679D5111D3E4981000E787EC6DE8A4';
const everyone = 'C82C6B1011D2894CC0009D9F29718E4F';

beforeAll(async () => {
  library = await startLibrary();
});
afterAll(stopLibraries);

const call = (method: string, path: string, json?: unknown, project: string | undefined = tutorial): Promise<Answer> =>
  library.admin.call(method, path, { ...(project === '' ? {} : { project }), ...(json === undefined ? {} : { json }) });
const get = async (path: string, project?: string) => (await call('GET', path, undefined, project)).json;
const namesIn = (list: unknown): string[] => (list as { name: string }[]).map(({ name }) => name).toSorted();
const quick = async (query: string) => namesIn((await get(`/api/searches/results?${query}`))['result']);

/** Both versions of the search whose result is stored. */
async function stored(query: string, body?: Json): Promise<string[]> {
  const path = body === undefined ? '/api/metadataSearches/results' : '/api/v2/metadataSearches/results';
  const made = await call('POST', `${path}?${query}`, body);
  expect(made.status).toBe(200);
  const found = (await get(`/api/metadataSearches/results?searchId=${String(made.json['id'])}`)) as unknown as Json[];
  expect(found).toHaveLength(Number(made.json['totalItems']));
  return namesIn(found);
}

describe('a search', () => {
  test.each([
    ['any of the words', 'name=Cost%20Units&pattern=0&type=4&type=13', ['Cost', 'Cost', 'Units Sold']],
    ['no part of a word', 'name=Reven&pattern=0', []],
    [
      'what was changed since a time',
      'beginModificationTime=2026-07-10T00:00:00Z&type=3&type=55',
      ['Regional Dashboard', 'Revenue by Region', 'Sales Cube'],
    ],
    ['what was changed until a time', 'endModificationTime=2026-01-05T08:00:00Z&type=4', ['Cost', 'Profit', 'Revenue']],
    [
      'what was changed between two times',
      'beginModificationTime=2026-07-05T00:00:00%2B0000&endModificationTime=2026-07-05T23:00:00.000%2B0000',
      ['Profit Margin'],
    ],
    ['what the server manages itself: nothing', 'scope=managed', []],
    ['what people manage', 'scope=standalone&type=14', ['Time']],
    ['the configuration', 'domain=4&type=79', ['Central European Time']],
    ['the project only', 'domain=2&type=14', ['Time']],
  ])('finds %s', async (_, query, names) => {
    expect(await quick(query)).toEqual(names);
    expect(await stored(query)).toEqual(names);
    expect(await stored(query, {})).toEqual(names);
  });

  test('looks at what several objects use, or one of them', async () => {
    const region = await idNamed(library.admin, 12, 'Region');
    const both = `usesObject=${year};12&usesObject=${region};12`;
    expect(await stored(both)).toEqual([]);
    expect(await stored(`${both}&usesOneOf=True&type=10&type=47`)).toEqual(['Choose a Year', 'North and South']);
  });

  test('of the second version takes more from its body, or refuses it', async () => {
    const reports = 'D3C7D461F69C4610AA6BAA5EF51F4125';
    expect(await stored(`root=${reports}&type=3`, { includeSubfolders: false })).toEqual(['Customer Scorecard']);
    expect(await stored('type=3', { descriptionQuery: 'LAST year' })).toEqual(['Revenue by Region']);
    expect(await stored('type=3', { excludedFolders: [reports] })).toEqual([]);
    expect(await stored('type=3', { ownerId: everyone })).toEqual([]);
    const refused = await call('POST', '/api/v2/metadataSearches/results?type=3', { localeId: 1031 });
    expect([refused.status, refused.json['message']]).toEqual([400, expect.stringContaining("'localeId'")]);
  });

  test('that somebody saved tells what it looks for', async () => {
    const id = await idNamed(library.admin, 39, 'All Metrics');
    expect(await get(`/api/searchObjects/${id}`)).toMatchObject({ name: 'All Metrics', objectTypesQuery: ['metric'] });
    expect((await call('GET', `/api/searchObjects/${year}`)).status).toBe(404);
  });
});

test.each([
  ['GET', '/api/searches/results?nmae=x', "'nmae'"],
  ['GET', '/api/searches/results?pattern=9', 'pattern'],
  ['GET', '/api/searches/results?scope=mine', 'scope'],
  ['GET', '/api/searches/results?domain=7', 'domain'],
  ['GET', '/api/searches/results?beginModificationTime=yesterday', 'beginModificationTime'],
  ['GET', '/api/searches/results?certifiedStatus=CERTIFIED_ONLY', 'certifiedStatus'],
  ['POST', '/api/metadataSearches/results?usesRecursive=perhaps', 'usesRecursive'],
  ['GET', '/api/users?enabledStatus=1', "'enabledStatus'"],
  ['GET', '/api/projects?status=0', "'status'"],
  ['GET', `/api/usergroups/${everyone}/members?includeAccess=true`, 'includeAccess'],
  ['GET', '/api/migrations?packageInfo.status=created', "'packageInfo.status'"],
  ['DELETE', '/api/migrations?packageId=A&userComments=x', "'userComments'"],
])('%s %s is refused, not answered without what it asks for', async (method, path, named) => {
  const answer = await call(method, path);
  expect([answer.status, answer.json['message']]).toEqual([400, expect.stringContaining(named)]);
});

describe('an object that is changed', () => {
  test('gets a new version and a new time, and stays where it is', async () => {
    const id = await idNamed(library.admin, 4, 'Profit');
    const path = `/api/objects/${id}?type=4`;
    const before = await get(path);
    const answer = await call('PUT', path, { name: 'Net Profit', description: 'by hand', hidden: true });
    expect(answer.status).toBe(200);
    const after = await get(path);
    expect(after).toEqual(answer.json);
    expect(after).toMatchObject({
      name: 'Net Profit',
      description: 'by hand',
      hidden: true,
      ancestors: before['ancestors'],
    });
    expect(after['version']).not.toBe(before['version']);
    expect(Date.parse(String(after['dateModified']).replace('+0000', 'Z'))).toBeGreaterThan(
      Date.parse(String(before['dateModified']).replace('+0000', 'Z')),
    );
  });

  test('can be moved to another folder', async () => {
    const id = await idNamed(library.admin, 4, 'Cost');
    const folderId = await idNamed(library.admin, 8, 'Sales Reports');
    await call('PUT', `/api/objects/${id}?type=4`, { folderId });
    expect(namesIn(await get(`/api/folders/${folderId}`))).toContain('Cost');
  });

  test.each([
    [{ acl: [] }, 400, "'acl'"],
    [{ name: ' ' }, 400, 'empty'],
    [{ name: 'Month' }, 400, 'already exists'],
    [{ folderId: year }, 404, 'not found'],
    [{ owner: year }, 404, 'not found'],
  ])('is refused for %j', async (body, status, message) => {
    const answer = await call('PUT', `/api/objects/${year}?type=12`, body);
    expect([answer.status, answer.json['message']]).toEqual([status, expect.stringContaining(message)]);
    expect(await get(`/api/objects/${year}?type=12`)).toMatchObject({ name: 'Year' });
  });
});

test('a group shows its members, and the group of all users shows all users', async () => {
  const analysts = await idNamed(library.admin, 34, 'Sales Analysts', '');
  expect(namesIn(await get(`/api/usergroups/${analysts}/members?includeAccess=False&offset=0&limit=-1`))).toEqual([
    'Nina New',
    'Vera Viewer',
  ]);
  const users = namesIn(await get('/api/users'));
  const members = (await get(`/api/usergroups/${everyone}/members`)) as unknown as Json[];
  expect(namesIn(members)).toEqual(users);
  expect(members).toContainEqual(expect.objectContaining({ name: 'Nina New', subtype: 8704, abbreviation: 'nina' }));
  expect(await get(`/api/usergroups/${analysts}/memberships`)).toEqual([]);
});

test('members and privileges of a role have what clients read of them', async () => {
  const roles = (await get('/api/securityRoles')) as unknown as (Json & { projects: { members: Json[] }[] })[];
  const power = roles.find(({ name }) => name === 'Power Users');
  expect(power?.projects[0]?.members).toMatchObject([{ name: 'Sales Analysts', subType: 8705 }]);
  // Clients take the members of a privilege by their order.
  expect((power?.['privileges'] as Json[]).map((one) => Object.entries(one))).toEqual([
    [
      ['name', 'Web user'],
      ['id', '23'],
    ],
  ]);
});

test('folders without a project are none, and say so', async () => {
  const answer = await call('GET', '/api/folders?offset=0&limit=1000', undefined, '');
  expect([answer.status, answer.json, answer.headers.get('x-mstr-total-count')]).toEqual([200, [], '0']);
});

test('a script shows its code, and the attribute Day is there', async () => {
  const id = await idNamed(library.admin, 76, 'Nightly Check');
  const { scriptContent } = await get(`/api/scripts/${id}`);
  expect(Buffer.from(String(scriptContent), 'base64').toString()).toContain('print');
  expect(await idNamed(library.admin, 12, 'Day')).toBe('96ED3EC811D5B117C000E78A4CC5F24F');
});

test.each([
  ['GET', '/api/languages'],
  ['GET', '/api/datasources'],
  ['GET', '/api/monitors/iServer/nodes'],
  ['GET', `/api/users/${everyone}/privileges`],
  ['GET', '/api/metadataSearches/results/tree?searchId=A'],
])('%s %s is no call of this emulator', async (method, path) => {
  const answer = await call(method, path);
  expect([answer.status, answer.json['message']]).toEqual([404, 'HTTP 404 Not Found']);
});

test.each([
  [`objects/${year}?type=12&comments=maybe`, 'comments'],
  [`objects/${year}?type=12&type=4`, 'one type'],
  ['searches/results?name=Year&getAncestors=maybe', 'getAncestors'],
  ['searches/results?name=Year&name=Cost', 'name.* more than once'],
  [`usergroups/${everyone}/members?includeAccess=maybe`, 'includeAccess'],
])('a value that would not count is refused: %s', async (path, said) => {
  const { status, json } = await call('GET', `/api/${path}`);
  expect({ status, text: String(json['message']) }).toEqual({ status: 400, text: expect.stringMatching(said) });
});
