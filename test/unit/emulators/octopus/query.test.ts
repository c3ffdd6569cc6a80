import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startServer, stopServers, type Json, type OctopusServer } from './octopus-server.ts';

let server: OctopusServer;
beforeAll(async () => {
  server = await startServer({ sample: 'source' });
});
afterAll(stopServers);

const get = async (path: string) => (await server.call('GET', path)).json;
const itemsOf = async (path: string) => (await get(`/api/${path}`))['Items'] as readonly Json[];

describe('a parameter that a route does not declare is refused, by name', () => {
  test.each([
    ['GET', '/api/projects?limit=1', 'limit'],
    ['GET', '/api/accounts?feedType=BuiltIn', 'feedType'],
    ['GET', '/api/projects/all?nonsense=1', 'nonsense'],
    ['GET', '/api/projects/Projects-1?partialName=x', 'partialName'],
    ['GET', '/api/artifacts?order=asc', 'order'],
    ['GET', '/api/tasks?description=x', 'description'],
    ['GET', '/api/dashboard?showAll=true', 'showAll'],
    ['GET', '/api/Spaces-1/machines?deploymentId=Deployments-1', 'deploymentId'],
    ['POST', '/api/environments?clone=Environments-1', 'clone'],
    ['DELETE', '/api/projects/Projects-1?dryRun=true', 'dryRun'],
  ])('%s %s', async (method, path, name) => {
    const before = (await itemsOf('projects')).length;
    const { status, json } = await server.call(method, path, method === 'POST' ? { json: { Name: 'x' } } : {});
    expect({ status, text: String(json['Errors']) }).toEqual({
      status: 400,
      text: expect.stringMatching(new RegExp(`'${name}' .*not supported by this emulator`)),
    });
    expect(await itemsOf('projects')).toHaveLength(before);
  });

  test('what clients send without a meaning is none: empty values, skip=0, the id that the path has, a key', async () => {
    for (const path of [
      '/api/projects/Projects-1?skip=0&partialName=',
      '/api/Spaces-1?Id=Spaces-1',
      '/api/projects/Projects-1?ID=projects-1',
      `/api/users/me?apikey=${server.apiKey}`,
    ])
      expect((await server.call('GET', path)).status).toBe(200);
  });
});

describe('a value that a parameter cannot have is refused, whatever the list holds', () => {
  test.each([
    ['/api/tasks?active=perhaps', 'active'],
    ['/api/tasks?running=perhaps', 'running'],
    ['/api/tasks?includeSystem=perhaps', 'includeSystem'],
    ['/api/tasks?hasWarningsOrErrors=perhaps', 'hasWarningsOrErrors'],
    ['/api/tasks?fromQueueDate=soon', 'fromQueueDate'],
    ['/api/tasks?take=-1', 'take'],
    ['/api/events?includeSystem=perhaps', 'includeSystem'],
    ['/api/events?from=soon', 'from'],
    ['/api/interruptions?pendingOnly=perhaps', 'pendingOnly'],
    ['/api/workers?isDisabled=maybe', 'isDisabled'],
    ['/api/certificates?archived=maybe', 'archived'],
    ['/api/teams?includeSystem=maybe', 'includeSystem'],
    ['/api/users/me/permissions?includeSystem=maybe', 'includeSystem'],
    ['/api/projects/Projects-1/progression?releaseHistoryCount=-1', 'releaseHistoryCount'],
    ['/api/dashboard?includePrevious=maybe', 'includePrevious'],
    ['/api/feeds/feeds-builtin/packages?packageId=a&partialMatch=maybe', 'partialMatch'],
    ['/api/feeds/feeds-builtin/packages?packageId=a&take=many', 'take'],
    ['/api/tenants/variables-missing?includeDetails=maybe', 'includeDetails'],
    ['/api/tenants/Tenants-1/commonvariables?includeMissingVariables=maybe', 'includeMissingVariables'],
  ])('%s', async (path, name) => {
    const { status, json } = await server.call('GET', path);
    expect({ status, text: String(json['Errors']) }).toEqual({
      status: 400,
      text: expect.stringMatching(new RegExp(`is not valid for '${name}'`)),
    });
  });

  test('a second value of a parameter that takes one is refused, and of a list it counts', async () => {
    const twice = await server.call('GET', '/api/tasks?project=Projects-1&project=Projects-2');
    expect({ status: twice.status, text: String(twice.json['Errors']) }).toEqual({
      status: 400,
      text: expect.stringContaining("'project' is given more than once"),
    });
    expect((await server.call('GET', '/api/tasks?active=true&active=true')).status).toBe(200);
    expect((await server.call('GET', '/api/tasks?states=Success&states=Failed')).status).toBe(200);
  });

  test('tasks that are done and tasks that are not are apart', async () => {
    const all = await itemsOf('tasks?take=1000');
    const done = await itemsOf('tasks?take=1000&active=false');
    expect(done).toEqual(all.filter(({ IsCompleted }) => IsCompleted === true));
    expect(await itemsOf('tasks?take=1000&active=true')).toHaveLength(all.length - done.length);
    expect(await itemsOf('tasks?take=1000&running=false')).toHaveLength(all.length);
  });
});

describe('a filter of a list selects', () => {
  test.each([
    ['accounts', 'accountType', 'AccountType'],
    ['feeds', 'feedType', 'FeedType'],
    ['machines', 'healthStatuses', 'HealthStatus'],
    ['machines', 'isDisabled', 'IsDisabled'],
    ['libraryvariablesets', 'contentType', 'ContentType'],
    ['deployments', 'environments', 'EnvironmentId'],
    ['deployments', 'channels', 'ChannelId'],
  ])('%s?%s', async (list, parameter, member) => {
    const all = await itemsOf(`${list}?take=1000`);
    const value = String(all[0]?.[member]);
    const wanted = all.filter((one) => String(one[member]) === value);
    expect(wanted.length).toBeGreaterThan(0);
    expect(await itemsOf(`${list}?take=1000&${parameter}=${value}`)).toEqual(wanted);
    if (parameter !== 'isDisabled')
      expect(await itemsOf(`${list}?take=1000&${parameter}=Nothing&${parameter}=${value}`)).toEqual(wanted);
    const other = parameter === 'isDisabled' ? String(value !== 'true') : 'Nothing';
    expect(await itemsOf(`${list}?take=1000&${parameter}=${other}`)).toEqual(
      parameter === 'isDisabled' ? all.filter((one) => !wanted.includes(one)) : [],
    );
    expect(await itemsOf(`${list}?take=1000&${parameter}=`)).toHaveLength(all.length);
  });

  test('machines by style, thumbprint, shell, tenant and type', async () => {
    const all = await itemsOf('machines?take=1000');
    const thumbprint = String((all[0]?.['Endpoint'] as Json)['Thumbprint']);
    expect(await itemsOf(`machines?thumbprint=${thumbprint}`)).toHaveLength(1);
    expect(await itemsOf('machines?take=1000&commStyles=TentaclePassive')).toHaveLength(all.length);
    expect(await itemsOf('machines?commStyles=Ssh')).toEqual([]);
    expect(await itemsOf('machines?deploymentTargetTypes=Ssh')).toEqual([]);
    expect(await itemsOf('machines?shellNames=Bash')).toEqual([]);
    expect(await itemsOf('machines?tenantIds=Tenants-1')).toEqual([]);
  });

  test('certificates by text, archive and tenant', async () => {
    const [first, ...rest] = await itemsOf('certificates?take=1000');
    const word = String(first?.['Name']).slice(1, 5);
    expect(await itemsOf(`certificates?search=${encodeURIComponent(word)}`)).toContainEqual(first);
    expect(await itemsOf('certificates?search=nowhere')).toEqual([]);
    expect(await itemsOf('certificates?archived=true')).toEqual([]);
    expect(await itemsOf('certificates?take=1000&archived=false')).toHaveLength(rest.length + 1);
    expect(await itemsOf('certificates?tenant=Tenants-1')).toEqual([]);
    expect((await server.call('GET', '/api/certificates?archived=perhaps')).status).toBe(400);
  });

  test('tenants by tags: one of each set that is named', async () => {
    const all = await itemsOf('tenants?take=1000');
    const tag = String((all.find((one) => (one['TenantTags'] as string[]).length > 0)?.['TenantTags'] as string[])[0]);
    const wanted = all.filter((one) => (one['TenantTags'] as string[]).includes(tag));
    expect(await itemsOf(`tenants?tags=${encodeURIComponent(tag)}`)).toEqual(wanted);
    expect(await itemsOf(`tenants?tags=${encodeURIComponent(`${tag},Other/Tag`)}`)).toEqual([]);
  });

  test('deployments by the state of their task; tasks by warnings and times', async () => {
    const [tasks, all] = [await itemsOf('tasks?take=1000'), await itemsOf('deployments?take=1000')];
    expect(await itemsOf('deployments?take=1000&taskState=Success')).toHaveLength(
      all.filter(({ TaskId }) => tasks.find(({ Id }) => Id === TaskId)?.['State'] === 'Success').length,
    );
    expect(await itemsOf('deployments?taskState=Queued')).toEqual([]);
    const warned = tasks.filter((one) => one['HasWarningsOrErrors'] === true);
    expect(await itemsOf('tasks?take=1000&hasWarningsOrErrors=true')).toHaveLength(warned.length);
    expect(await itemsOf('tasks?take=1000&hasWarningsOrErrors=false')).toHaveLength(tasks.length - warned.length);
    expect(await itemsOf('tasks?fromCompletedDate=2100-01-01')).toEqual([]);
    const ended = tasks.filter((one) => one['CompletedTime'] !== null);
    expect(await itemsOf('tasks?take=1000&toCompletedDate=2100-01-01')).toHaveLength(ended.length);
    expect((await server.call('GET', '/api/tasks?fromCompletedDate=soon')).status).toBe(400);
  });
});
