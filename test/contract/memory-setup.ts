import { Secret } from '../../src/secret.ts';
import { MemoryInstance, memoryModule, type ContractSetup } from '../../src/testing/index.ts';
import { adapterTools } from '../support/adapter-tools.ts';

export const memorySetup: ContractSetup = {
  facets: ['exports', 'push', 'imports', 'dry-run', 'feed', 'cancel', 'snapshots'],
  pauseMs: 0,
  open: () => {
    const projects = [
      { name: 'Web Shop', content: 'steps of the shop' },
      { name: 'Billing', content: 'steps of billing' },
    ];
    const instances = [
      new MemoryInstance({ url: 'memory://source', token: 'source-token', projects }),
      new MemoryInstance({
        url: 'memory://target',
        token: 'target-token',
        projects: [{ name: 'Ledger', content: '' }],
      }),
    ];
    const module = memoryModule(instances);
    const tools = adapterTools();
    const adapter = (url: string, token: string) =>
      module.create({ name: url, url, settings: {}, secrets: { token: new Secret(token) } }, tools);
    return Promise.resolve({
      source: adapter('memory://source', 'source-token'),
      target: adapter('memory://target', 'target-token'),
      stranger: adapter('memory://source', 'wrong-token'),
      projects: ['Web Shop', 'Billing'],
      exportOptions: {},
      importOptions: {},
      secrets: { password: new Secret('planted password') },
      parcel: {
        ref: { id: 'Acme.Parcel', version: '1.0.0' },
        bytes: Buffer.from('one content'),
        otherBytes: Buffer.from('another content'),
      },
      planted: ['source-token', 'target-token', 'wrong-token', 'planted password'],
      lines: tools.lines,
      close: () => Promise.resolve(),
    });
  },
};
