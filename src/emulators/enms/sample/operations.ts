// The people, credentials, pools, services and tasks of the sample.
import { addSharedServices } from '../workflows.ts';
import type { Builder } from './builder.ts';

const reading = ['/rest/configuration', '/rest/instance', '/rest/query', '/rest/result'];
const readingPosts = ['/rest/search'];

export function addPeople({ add }: Builder): void {
  add('user', 'alice', { email: 'alice@example.org', description: 'operator', password: 'sample-operator' });
  add('user', 'bob', { email: 'bob@example.org', description: 'auditor', password: 'sample-auditor', theme: 'dark' });
  add('group', 'operators', {
    description: 'Run services and look after the network',
    get_requests: [...reading, '/download'],
    post_requests: [...readingPosts, '/rest/instance', '/rest/run_service', '/rest/run_task', '/get_migration_folders'],
    delete_requests: ['/rest/instance'],
    device_access: ['rbac_read', 'rbac_edit'],
    users: ['alice'],
  });
  add('group', 'auditors', {
    description: 'Look at everything, change nothing',
    get_requests: reading,
    post_requests: readingPosts,
    device_access: ['rbac_read'],
    users: ['bob'],
  });
}

/** The groups that may read the objects in the pool of the whole network. */
export function addPools({ add }: Builder, codes: readonly string[]): void {
  add('pool', 'Whole network', {
    description: 'What operators and auditors may look at',
    rbac_group_rbac_read: ['operators', 'auditors'],
    owners: ['admin'],
  });
  add('pool', 'Cisco edge', {
    device_vendor: 'Cisco',
    device_vendor_match: 'equality',
    device_name: '-edge-\\d$',
    device_name_match: 'regex',
    link_name: '^$',
    link_name_match: 'regex',
    owners: ['admin'],
  });
  add('pool', 'Not Cisco', {
    device_vendor: 'Cisco',
    device_vendor_invert: true,
    link_name: '^$',
    link_name_match: 'regex',
    owners: ['admin'],
  });
  add('pool', 'Maintenance window', {
    description: 'Chosen by hand for the next window',
    manually_defined: true,
    devices: codes.map((code) => `${code}-core-1`),
    links: codes.map((code) => `${code}-core-1--${code}-edge-1`),
    owners: ['admin'],
  });
}

export function addCredentials({ add }: Builder): void {
  add('credential', 'Routers', {
    username: 'netops',
    password: 'sample-router-password',
    enable_password: 'sample-enable-password',
    device_pools: ['Cisco edge', 'Not Cisco'],
    groups: ['operators'],
    owners: ['admin'],
  });
  add('credential', 'Jump hosts', {
    subtype: 'key',
    username: 'jump',
    private_key: '-----BEGIN OPENSSH PRIVATE KEY-----\nc2FtcGxlLCBubyBrZXk=\n-----END OPENSSH PRIVATE KEY-----\n',
    priority: 2,
    groups: ['operators'],
    owners: ['admin'],
  });
}

interface Step {
  readonly name: string;
  readonly type: string;
  readonly at: readonly [number, number];
  readonly values?: Readonly<Record<string, unknown>>;
}

function addWorkflow({ add, instance }: Builder, name: string, description: string, steps: readonly Step[]): void {
  const values = { scoped_name: name, description, category: 'Operations', owners: ['admin'] };
  addSharedServices(instance, add('workflow', name, values));
  const full = ({ name: scoped }: Step) => `[${name}] ${scoped}`;
  for (const step of steps) {
    add(step.type, full(step), {
      scoped_name: step.name,
      positions: { [name]: step.at },
      workflows: [name],
      owners: ['admin'],
      ...step.values,
    });
  }
  add('workflow', name, { services: ['[Shared] Start', '[Shared] End', ...steps.map(full)] });
  const chain = ['[Shared] Start', ...steps.map(full), '[Shared] End'];
  for (const [index, source] of chain.slice(0, -1).entries()) {
    add('workflow_edge', `${name} edge ${index + 1}`, { source, destination: chain[index + 1], workflow: name });
  }
}

const snippet = `# Compares what was read with what is expected.\nfor name, value in get_result("Read version").items():\n    log("info", f"{name}: {value}")\nresults["success"] = True\n`;

export function addAutomation(builder: Builder): void {
  const { add } = builder;
  addWorkflow(builder, 'Nightly backup', 'Saves the configuration of every device', [
    {
      name: 'Back up configuration',
      type: 'netmiko_backup_service',
      at: [150, 0],
      values: { commands: 'show running-config', named_credential: 'Routers', target_pools: ['Cisco edge'] },
    },
    { name: 'Back up Juniper', type: 'napalm_backup_service', at: [300, 0], values: { getters: ['get_config'] } },
    {
      name: 'Tell operators',
      type: 'mail_notification_service',
      at: [420, 80],
      values: { title: 'Backup done', recipients: 'noc@example.org' },
    },
  ]);
  addWorkflow(builder, 'Check release', 'Reads the release of every router and compares it with the plan', [
    {
      name: 'Read version',
      type: 'netmiko_commands_service',
      at: [150, 0],
      values: { commands: 'show version', jump_on_connect: true, jump_password: 'sample-jump-password' },
    },
    { name: 'Compare', type: 'python_snippet_service', at: [320, 0], values: { source_code: snippet } },
  ]);
  add('workflow_edge', 'Check release failure', {
    source: '[Check release] Read version',
    destination: '[Shared] End',
    workflow: 'Check release',
    subtype: 'failure',
    label: 'failure',
    color: 'red',
  });
  add('ping_service', 'Reachability', {
    scoped_name: 'Reachability',
    description: 'Pings every device',
    target_pools: ['Devices only'],
    initial_payload: { attempts: 3, tags: ['icmp', 'nightly'], quiet: false, timeout: 1.5 },
    owners: ['admin'],
  });
  add('rest_call_service', 'Open ticket', {
    scoped_name: 'Open ticket',
    rest_url: 'https://tickets.example.org/api',
    call_type: 'POST',
    username: 'enms',
    password: 'sample-ticket-password',
    owners: ['admin'],
  });
  add('task', 'Nightly backup', {
    service: 'Nightly backup',
    scheduling_mode: 'cron',
    crontab_expression: '0 2 * * *',
    is_active: true,
    pools: ['Cisco edge'],
    owners: ['admin'],
  });
  add('task', 'Reachability every hour', {
    service: 'Reachability',
    frequency: 1,
    frequency_unit: 'hours',
    start_date: '01/12/2026 00:00:00',
    is_active: true,
    devices: ['par-core-1'],
    owners: ['admin'],
  });
}
