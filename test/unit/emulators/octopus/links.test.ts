import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { allRoutes } from '../../../../src/emulators/octopus/routes.ts';
import type { TaskQueue } from '../../../../src/emulators/octopus/task-queue.ts';
import type { Route } from '../../../../src/emulators/octopus/visit.ts';
import { createRoutes } from '../../../../src/emulators/shared/routes.ts';
import { startServer, stopServers, type Json, type OctopusServer } from './octopus-server.ts';

let server: OctopusServer;
beforeAll(async () => {
  server = await startServer({ sample: 'source' });
  const runbook = (await server.call('POST', '/api/runbooks', { json: { Name: 'Restart', ProjectId: 'Projects-1' } }))
    .json;
  const snapshot = { RunbookId: runbook['Id'], Name: 'First' };
  await server.call('POST', '/api/runbookSnapshots?publish=true', { json: snapshot });
  await server.call('POST', '/api/runbookRuns', {
    json: { RunbookId: runbook['Id'], EnvironmentId: 'Environments-1' },
  });
  await server.upload('/api/packages/raw', 'Acme.Web.1.0.0.zip', 'content');
  await server.call('POST', '/api/workers', { json: { Name: 'worker', WorkerPoolIds: ['WorkerPools-1'] } });
});
afterAll(stopServers);

const isApi = (link: string) => link.startsWith('/api');
const linksOf = (json: Json): readonly (readonly [string, string])[] =>
  Object.entries((json['Links'] ?? {}) as Record<string, string>).filter(([, link]) => isApi(link));

/** The path of a template for the whole list. */
const plain = (template: string) => template.replaceAll(/\{[?/][^}]*\}/g, '').replace('{spaceId}', 'Spaces-1');

/** The links of the root, of a space and of the first documents of every list, each with the place where it is. */
async function everyLink(): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const seen = new Set<string>();
  const lists = [];
  for (const path of ['/api', '/api/Spaces-1']) {
    for (const [name, link] of linksOf((await server.call('GET', path)).json)) {
      found.set(link, `${name} of ${path}`);
      lists.push(plain(link));
    }
  }
  for (const path of lists.filter((one) => !one.includes('{'))) {
    const { status, text } = await server.call('GET', path);
    if (status !== 200 || !/^\s*[{[]/.test(text)) continue;
    const answer = JSON.parse(text) as Json | readonly Json[];
    const documents = Array.isArray(answer)
      ? answer
      : [answer as Json, ...(((answer as Json)['Items'] as Json[]) ?? [])];
    for (const one of (documents as readonly Json[]).slice(0, 3)) {
      for (const [name, link] of linksOf(one)) {
        const pattern = link.replaceAll(/[A-Za-z]+-(?:\d+|Projects-\d+|LibraryVariableSets-\d+)/g, '*');
        if (!seen.has(pattern)) found.set(link, `${name} of ${typeof one['Id'] === 'string' ? one['Id'] : path}`);
        seen.add(pattern);
      }
    }
  }
  return found;
}

test('every link leads somewhere, and a template offers only what its route takes', async () => {
  const routes = createRoutes<Route>();
  for (const route of allRoutes({} as TaskQueue, { migrations: true, importExport: true })) {
    for (const start of route.scoped === true ? ['/api', '/api/:space(^Spaces-\\d+$)'] : ['/api'])
      routes.on(route.method, `${start}${route.path === '/' ? '' : route.path}`, route);
  }
  const wrong: string[] = [];
  const links = await everyLink();
  for (const [link, place] of links) {
    const path = plain(link);
    const offered = [...link.matchAll(/\{\?([^}]*)\}/g)].flatMap(([, names = '']) => names.split(','));
    const fitting = (['GET', 'POST', 'PUT', 'DELETE'] as const).flatMap((method) => {
      const route = routes.find(method, path);
      return 'target' in route ? [route.target] : [];
    });
    const taken = new Set(fitting.flatMap(({ query = [] }) => query).map((name) => name.toLowerCase()));
    // A link for a command is no link to read.
    const isCommand = fitting.some(
      (route) => route.method !== 'GET' && path.endsWith(route.path.slice(route.path.lastIndexOf('/'))),
    );
    const refused = offered.filter((name) => !taken.has(name.toLowerCase()));
    if (refused.length > 0) wrong.push(`${place}: ${refused.join(', ')}`);
    if (!path.includes('{') && !isCommand) {
      const { status } = await server.call('GET', path);
      if (status === 404) wrong.push(`${place}: 404 ${path}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(links.size).toBeGreaterThan(120);
});
