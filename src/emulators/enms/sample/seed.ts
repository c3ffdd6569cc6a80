import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Sample } from '../../shared/emulator.ts';
import { scanFolder } from '../file-rows.ts';
import { filePath } from '../file-tree.ts';
import type { Instance } from '../instance.ts';
import { exportProject } from '../migrate/export.ts';
import type { Declarations } from '../model/custom-properties.ts';
import { migratedModels } from '../model/kinds.ts';
import { computePools } from '../pools.ts';
import { addBase } from './base.ts';
import { createBuilder, type Builder } from './builder.ts';
import { addDevices, addLinks, addNetworks } from './network.ts';
import { addAutomation, addCredentials, addPeople, addPools } from './operations.ts';

const everySite = ['par', 'fra', 'nyc', 'sgp'];

/** The custom properties of the sample's site. */
export const customProperties = (sample: Sample): Declarations =>
  sample === false
    ? {}
    : {
        device: {
          property1: { type: 'str', default: '' },
          custom_json: { type: 'dict', default: {} },
          rack: { type: 'str', default: '' },
          ...(sample === 'source' ? { snmp_community: { type: 'str', default: null, private: true } } : {}),
        },
        link: { circuit: { type: 'str', default: '' } },
      };

function addSource(builder: Builder): void {
  addPeople(builder);
  addDevices(builder, everySite);
  addLinks(builder, everySite);
  addNetworks(builder, everySite);
  addPools(builder, everySite);
  addCredentials(builder);
  addAutomation(builder);
}

/** The server that objects move to has one of the sites, with other values, and objects of its own. */
function addTarget(builder: Builder): void {
  const { add } = builder;
  addPeople(builder);
  addDevices(builder, ['par']);
  addLinks(builder, ['par']);
  add('router', 'par-core-1', { os_version: '21.2R3', description: 'before the upgrade' });
  add('router', 'dr-core-1', { vendor: 'Juniper', location: 'Lille', ip_address: '10.9.0.1', owners: ['admin'] });
  add('group', 'on-call', { description: 'This server only', users: ['bob'] });
  add('pool', 'Disaster recovery', { manually_defined: true, devices: ['dr-core-1'], owners: ['admin'] });
  add('ping_service', 'Reachability', {
    scoped_name: 'Reachability',
    description: 'an older one',
    number_of_retries: 2,
  });
}

const files: Readonly<Record<string, string>> = {
  '/playbooks/site.yml': '- hosts: all\n  tasks:\n    - debug: msg="hello"\n',
  '/scripts/check.py': 'print("checked")\n',
};

function addFiles(instance: Instance): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(filePath(instance, path)), { recursive: true });
    writeFileSync(filePath(instance, path), content);
  }
}

const exported = (instance: Instance, name: string) =>
  exportProject(
    { ...instance, pace: 0 },
    { name, import_export_types: migratedModels, export_private_properties: false },
  );

/** Fills a state that has no server object yet. The data is the same each time, ids included. */
export async function seed(instance: Instance, sample: Sample): Promise<void> {
  const { objects } = instance;
  if (objects.count('server') > 0) return;
  const builder = createBuilder(instance);
  for (const folder of ['spreadsheets', 'migrations']) {
    mkdirSync(filePath(instance, folder), { recursive: true });
  }
  // Removes what an interrupted first start has left.
  objects.atomically(() => {
    for (const model of migratedModels) objects.removeAll(model, [], []);
    addBase(builder);
  });
  await exported(instance, 'default');
  objects.atomically(() => {
    if (sample === 'source') addSource(builder);
    if (sample === 'target') addTarget(builder);
    if (sample !== false) addFiles(instance);
    computePools(instance);
  });
  scanFolder(instance, '/');
  objects.atomically(() => builder.add('server', 'eNMS Server', { version: instance.version }));
}
