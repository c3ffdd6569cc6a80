// Runs the contract suite on the adapter and its server: node --test acme.test.mjs
import { describe, test } from 'node:test';
import { Secret } from 'migrator-cli';
import { adapterContract, adapterTools } from 'migrator-cli/testing';
import { create } from './acme.mjs';
import { startAcme } from './server.mjs';

async function open() {
  const source = await startAcme({ token: 'token-of-the-source', projects: ['Web Shop', 'Billing'] });
  const target = await startAcme({ token: 'token-of-the-target' });
  const tools = adapterTools();
  const adapter = ({ url }, token) =>
    create({ name: url, url, settings: {}, secrets: { token: new Secret(token) } }, tools);
  return {
    source: adapter(source, source.token),
    target: adapter(target, target.token),
    stranger: adapter(source, 'token-nobody-gave-out'),
    projects: ['Web Shop', 'Billing'],
    exportOptions: {},
    importOptions: {},
    secrets: {},
    planted: [source.token, target.token, 'token-nobody-gave-out'],
    lines: tools.lines,
    close: async () => {
      await source.close();
      await target.close();
    },
  };
}

describe('acme keeps the adapter contract', () => {
  for (const { name, run } of adapterContract({ facets: ['exports', 'imports'], open })) test(name, run);
});
