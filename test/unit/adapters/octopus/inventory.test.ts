import { describe, expect, test } from '@jest/globals';
import { never } from '../../../support/adapter-tools.ts';
import { all, withOctopus } from '../../../support/octopus-client.ts';
import type { Exchange } from '../../../support/scripted-server.ts';

const root = (links: object): Exchange => ({
  request: { method: 'GET', path: '/api' },
  response: { json: { Application: 'Octopus Deploy', Version: '2018.6.1', ApiVersion: '3.0.0', Links: links } },
});
const tenants = (status: number): Exchange => ({
  request: { method: 'GET', path: '/api/tenants', query: { skip: '0', take: '100' } },
  response: { status, json: { ErrorMessage: 'You may not do this.' } },
});
const links = { Self: '/api', Projects: '/api/projects{/id}{?skip,take}', Tenants: '/api/tenants{?skip,take}' };
const list = (kind: string, ...script: Exchange[]) =>
  withOctopus(script, ({ octopus }) => all(octopus.inventory.list(kind, never)));

describe('a list of the inventory', () => {
  test.each([
    [403, 'AUTH_REFUSED'],
    [404, 'NOT_FOUND'],
  ] as const)('that the server refuses with %i is no empty list', async (status, code) => {
    await expect(() => list('tenant', root(links), tenants(status))).toThrowCode(code);
  });

  test('that the links of the server do not name is empty', async () => {
    expect(await list('machine', root(links))).toEqual([]);
  });

  test('is asked by the documented path when the server names no lists at all', async () => {
    await expect(() => list('tenant', root({ Self: '/api' }), tenants(403))).toThrowCode('AUTH_REFUSED');
  });
});
