import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { adapter as enms } from '../../src/adapters/enms/index.ts';
import { adapter as snaplogic } from '../../src/adapters/snaplogic/index.ts';
import type { OperationPorts } from '../../src/core/operation.ts';
import { importPackage } from '../../src/core/operations/import-package.ts';
import { partialExport } from '../../src/core/operations/partial-export.ts';
import { startEmulator } from '../../src/emulators/index.ts';
import { openFileSource } from '../../src/files/file-source.ts';
import { spool } from '../../src/files/spool.ts';
import { createFileSink } from '../../src/files/whole-file.ts';
import { defaultLimits } from '../../src/package/index.ts';
import type { Options } from '../../src/ports/options.ts';
import { Secret } from '../../src/secret.ts';
import { adapterTools, never } from '../support/adapter-tools.ts';
import { countedSource, packageFolderIn } from '../support/package-folder.ts';
import { identity, keys, signer, trust } from '../support/packages.ts';
import { memoryRun, recordingReporter } from '../support/ports.ts';
import { withTempDir } from '../support/with-temp-dir.ts';

interface Case {
  readonly product: 'enms' | 'snaplogic';
  readonly from: Readonly<Record<string, string>>;
  readonly to: Readonly<Record<string, string>>;
  readonly project: string;
  readonly exporting: Options;
  readonly importing: Options;
}

const cases: readonly Case[] = [
  { product: 'enms', from: {}, to: {}, project: 'all', exporting: {}, importing: {} },
  { product: 'enms', from: {}, to: {}, project: 'all', exporting: { via: 'rest' }, importing: {} },
  {
    product: 'snaplogic',
    from: { org: 'Acme-Dev' },
    to: { org: 'Acme-Test' },
    project: '/Acme-Dev/Finance/Invoices',
    exporting: {},
    importing: { destPath: '/Acme-Test/Finance/Copied' },
  },
];

test.each(cases)('a package of $product is verified and opened once ($exporting)', async (one) => {
  await withTempDir(async (folder) => {
    const server = await startEmulator(one.product, { directory: join(folder, 'lab'), sample: 'source', pace: 0 });
    const { username = '', password = '' } = server.credentials;
    const tools = adapterTools();
    const instance = (name: string, settings: Readonly<Record<string, string>>) => ({
      name,
      adapter: { enms, snaplogic }[one.product].create(
        { name, url: server.url, settings: { username, ...settings }, secrets: { password: new Secret(password) } },
        tools,
      ),
    });
    const ports = (): OperationPorts => ({ ...tools, reporter: recordingReporter(), run: memoryRun() });
    const waiting = { wait: true, timeout: undefined, pollInterval: 10 };
    const file = join(folder, 'a.tar');
    const settings = {
      createdBy: 'migrator-cli 0.0.0',
      compression: 'auto',
      encryption: { recipients: [identity.recipient] },
      signer,
      privateManifest: false,
    } as const;
    const create = () => createFileSink(file, { overwrite: false });
    try {
      await partialExport(
        { request: { projects: [one.project], options: one.exporting }, resume: undefined, ...waiting },
        {
          ...ports(),
          source: instance('dev', one.from),
          target: undefined,
          output: { settings, name: () => file, create, spool },
          secrets: {},
          own: () => Promise.resolve({}),
          madeFor: () => Promise.resolve(undefined),
        },
        never,
      );
      const bytes = await openFileSource(file);
      const counted = countedSource(bytes);
      const sealed = {
        name: file,
        trust,
        keys: () => Promise.resolve(keys),
        limits: defaultLimits,
        mask: () => undefined,
        folder: packageFolderIn(join(folder, 'state')),
      };
      const imported = await importPackage(
        {
          dryRun: false,
          onConflict: 'fail',
          overwrites: false,
          ignoreVersion: false,
          options: one.importing,
          ...waiting,
        },
        {
          ...ports(),
          target: instance('test', one.to),
          source: { kind: 'sealed', sealed: { ...sealed, bytes: counted } },
          secrets: {},
          backup: undefined,
          consent: () => Promise.resolve(true),
        },
        never,
      );
      await bytes.close();
      expect(imported.outcome).toBe('done');
      // It was verified, and opened once.
      expect(counted.streams()).toBe(2);
    } finally {
      await server.close();
    }
  });
});
