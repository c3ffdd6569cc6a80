// The network of a small operator: four sites, twenty devices, a ring between the cores.
import type { Builder } from './builder.ts';

interface Site {
  readonly code: string;
  readonly city: string;
  readonly latitude: string;
  readonly longitude: string;
  readonly subnet: number;
}

const sites: readonly Site[] = [
  { code: 'par', city: 'Paris', latitude: '48.8566', longitude: '2.3522', subnet: 1 },
  { code: 'fra', city: 'Frankfurt', latitude: '50.1109', longitude: '8.6821', subnet: 2 },
  { code: 'nyc', city: 'New York', latitude: '40.7128', longitude: '-74.0060', subnet: 3 },
  { code: 'sgp', city: 'Singapore', latitude: '1.3521', longitude: '103.8198', subnet: 4 },
];

interface Role {
  readonly role: string;
  readonly type: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

const roles: readonly Role[] = [
  {
    role: 'gw',
    type: 'gateway',
    facts: { vendor: 'Linux', model: 'jump host', operating_system: 'Debian', icon: 'host', priority: 1 },
  },
  {
    role: 'core-1',
    type: 'router',
    facts: {
      vendor: 'Juniper',
      model: 'MX204',
      operating_system: 'JunOS',
      os_version: '23.4R1',
      netmiko_driver: 'juniper_junos',
      napalm_driver: 'junos',
      serial_number: 'JN11',
    },
  },
  {
    role: 'edge-1',
    type: 'router',
    facts: {
      vendor: 'Cisco',
      model: 'ASR1001-X',
      operating_system: 'IOS-XE',
      os_version: '17.9.4',
      serial_number: 'FXS2',
    },
  },
  {
    role: 'edge-2',
    type: 'router',
    facts: { vendor: 'Cisco', model: 'ASR1001-X', operating_system: 'IOS-XE', os_version: '17.6.5' },
  },
  {
    role: 'sw-1',
    type: 'device',
    facts: {
      vendor: 'Arista',
      model: '7050SX3',
      operating_system: 'EOS',
      os_version: '4.31.2F',
      icon: 'switch',
      netmiko_driver: 'arista_eos',
      napalm_driver: 'eos',
    },
  },
];

export function addDevices({ add }: Builder, codes: readonly string[]): void {
  for (const { code, city, latitude, longitude, subnet } of sites.filter((site) => codes.includes(site.code))) {
    for (const [index, { role, type, facts }] of roles.entries()) {
      const name = `${code}-${role}`;
      add(type, name, {
        ...facts,
        location: city,
        latitude,
        longitude,
        ip_address: `10.${subnet}.0.${index + 1}`,
        subtype: role.replace(/-\d$/, ''),
        description: `${role} in ${city}`,
        rack: `${code.toUpperCase()}-R${index + 1}`,
        owners: ['admin'],
        ...(type === 'gateway' ? {} : { gateways: [`${code}-gw`] }),
        configuration: `hostname ${name}\n!\ninterface Loopback0\n ip address 10.${subnet}.255.${index + 1} 255.255.255.255\n`,
        last_configuration_status: 'Success',
      });
    }
  }
}

const inSite = [
  ['core-1', 'edge-1'],
  ['core-1', 'edge-2'],
  ['edge-1', 'sw-1'],
  ['edge-2', 'sw-1'],
] as const;

export function addLinks({ add }: Builder, codes: readonly string[]): void {
  for (const [index, code] of codes.entries()) {
    for (const [source, destination] of inSite) {
      add('ethernet_link', `${code}-${source}--${code}-${destination}`, {
        source: `${code}-${source}`,
        destination: `${code}-${destination}`,
        model: '10G',
        speed: '10000',
        standard: '10GBASE-LR',
        owners: ['admin'],
      });
    }
    const next = codes[(index + 1) % codes.length] ?? code;
    if (next === code) continue;
    add('link', `${code}-core-1--${next}-core-1`, {
      source: `${code}-core-1`,
      destination: `${next}-core-1`,
      model: '100G',
      vendor: 'Lumen',
      color: '#FF1694',
      owners: ['admin'],
    });
  }
}

export function addNetworks({ add }: Builder, codes: readonly string[]): void {
  for (const { code, city, latitude, longitude } of sites.filter((site) => codes.includes(site.code))) {
    add('network', `site-${code}`, {
      category: 'Site',
      description: city,
      latitude,
      longitude,
      nodes: roles.map(({ role }) => `${code}-${role}`),
      links: inSite.map(([source, destination]) => `${code}-${source}--${code}-${destination}`),
      owners: ['admin'],
    });
  }
  add('network', 'Backbone', {
    category: 'Backbone',
    description: 'All sites and the ring between them',
    nodes: codes.map((code) => `site-${code}`),
    links:
      codes.length < 2
        ? []
        : codes.map((code, index) => `${code}-core-1--${codes[(index + 1) % codes.length] ?? ''}-core-1`),
    owners: ['admin'],
  });
}
