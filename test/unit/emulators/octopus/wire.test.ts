// Sends the requests of the fixtures in test/fixtures/octopus, each file to a new server.
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exchanged, nothingKept, readExchanges } from './exchanges.ts';
import { startServer, stopServers, type OctopusServer } from './octopus-server.ts';

const folder = new URL('../../../fixtures/octopus/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));

describe.each(files)('%s', (file) => {
  const exchanges = readExchanges(new URL(file, folder));
  const kept = nothingKept();
  let server: OctopusServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(stopServers);

  test.each(exchanges.map((exchange) => [exchange.title, exchange] as const))('%s', async (_, exchange) => {
    expect(await exchanged(server, exchange, kept)).toEqual([]);
  });
});
