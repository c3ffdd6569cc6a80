import type { Builder } from './builder.ts';

/** The objects of a server after its first start. */
export function addBase({ add }: Builder): void {
  add('user', 'admin', { description: 'First account', is_admin: true, email: 'admin@example.org' });
  add('pool', 'All objects', { description: 'All devices and links' });
  add('pool', 'Devices only', { description: 'All devices, no links', link_name: '^$', link_name_match: 'regex' });
  add('pool', 'Links only', { description: 'All links, no devices', device_name: '^$', device_name_match: 'regex' });
  for (const name of ['Start', 'End', 'Placeholder']) {
    const type = name === 'Placeholder' ? 'placeholder_service' : 'swiss_army_knife_service';
    add(type, `[Shared] ${name}`, { scoped_name: name, shared: true });
  }
  add('swiss_army_knife_service', 'cluster_monitoring', {
    scoped_name: 'cluster_monitoring',
    description: 'Looks after the servers of a cluster',
    run_method: 'once',
  });
  add('task', 'cluster_monitoring', {
    service: 'cluster_monitoring',
    frequency: 15,
    description: 'Looks after the servers of a cluster',
  });
}
