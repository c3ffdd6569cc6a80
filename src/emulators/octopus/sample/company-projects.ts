import type { groups, SampleVariable } from './company.ts';

export interface SampleProject {
  readonly name: string;
  readonly group: (typeof groups)[number];
  readonly description: string;
  readonly lifecycle: string;
  readonly roles: readonly string[];
  readonly variableSets: readonly string[];
  readonly variables: readonly SampleVariable[];
  readonly releases: readonly string[];
  readonly hotfixChannel?: boolean;
  readonly steps?: readonly string[];
}

const standard = 'Standard Promotion';
const common = ['Acme Common'];
const withDatabase = ['Acme Common', 'Connection Strings'];

export const projects: readonly SampleProject[] = [
  {
    name: 'Web Shop',
    group: 'Storefront',
    description: 'The shop that customers see',
    lifecycle: standard,
    roles: ['web'],
    variableSets: withDatabase,
    hotfixChannel: true,
    releases: ['2.3.0', '2.4.0', '2.4.1'],
    steps: ['Deploy site', 'Warm up', 'Switch traffic'],
    variables: [
      { name: 'Site.Host', value: 'shop-test.acme.example', environments: ['Development', 'Test'] },
      { name: 'Site.Host', value: 'shop.acme.example', environments: ['Production'] },
      { name: 'Site.Certificate', value: 'Web Shop TLS', refers: 'Certificates' },
      { name: 'Site.SessionKey', value: 'sample-session-key', sensitive: true },
    ],
  },
  {
    name: 'Mobile API',
    group: 'Storefront',
    description: 'What the phone apps talk to',
    lifecycle: standard,
    roles: ['api'],
    variableSets: withDatabase,
    releases: ['5.0.0', '5.1.0'],
    variables: [{ name: 'Api.PushToken', value: 'sample-push-token', sensitive: true }],
  },
  {
    name: 'Image Service',
    group: 'Storefront',
    description: 'Product pictures in all sizes',
    lifecycle: standard,
    roles: ['web'],
    variableSets: common,
    releases: ['1.9.0', '1.10.0'],
    variables: [
      { name: 'Images.Bucket', value: 'acme-images' },
      { name: 'Images.Account', value: 'AWS Deploy', refers: 'Accounts' },
    ],
  },
  {
    name: 'Search',
    group: 'Storefront',
    description: 'Finds products',
    lifecycle: standard,
    roles: ['api'],
    variableSets: common,
    releases: ['3.2.0'],
    variables: [{ name: 'Search.Nodes', value: '3' }],
  },
  {
    name: 'Billing',
    group: 'Finance',
    description: 'Charges customers',
    lifecycle: standard,
    roles: ['api', 'worker'],
    variableSets: ['Acme Common', 'Connection Strings', 'Payment Providers'],
    releases: ['7.0.0', '7.1.0', '7.1.1'],
    steps: ['Stop worker', 'Migrate database', 'Deploy service', 'Start worker'],
    variables: [
      { name: 'Billing.Currency', value: 'EUR' },
      { name: 'Billing.Account', value: 'Azure Production', refers: 'Accounts' },
      { name: 'Billing.SigningKey', value: 'sample-billing-signing-key', sensitive: true },
    ],
  },
  {
    name: 'Invoicing',
    group: 'Finance',
    description: 'Writes and mails invoices',
    lifecycle: standard,
    roles: ['worker'],
    variableSets: ['Acme Common', 'Payment Providers'],
    releases: ['2.0.0', '2.0.1'],
    variables: [{ name: 'Invoicing.Sender', value: 'invoices@acme.example' }],
  },
  {
    name: 'Ledger Sync',
    group: 'Finance',
    description: 'Keeps the books in step',
    lifecycle: 'Default Lifecycle',
    roles: ['worker'],
    variableSets: withDatabase,
    releases: ['0.9.0'],
    variables: [{ name: 'Ledger.Interval', value: '15' }],
  },
  {
    name: 'Warehouse',
    group: 'Logistics',
    description: 'Stock and shelves',
    lifecycle: standard,
    roles: ['web', 'worker'],
    variableSets: withDatabase,
    releases: ['4.4.0', '4.5.0'],
    variables: [{ name: 'Warehouse.ScannerPin', value: 'sample-scanner-pin', sensitive: true }],
  },
  {
    name: 'Shipping Labels',
    group: 'Logistics',
    description: 'Prints labels for parcels',
    lifecycle: standard,
    roles: ['worker'],
    variableSets: common,
    releases: ['1.1.0', '1.2.0'],
    variables: [{ name: 'Labels.Printer', value: 'zebra-01' }],
  },
  {
    name: 'Route Planner',
    group: 'Logistics',
    description: 'Plans delivery routes',
    lifecycle: 'Hotfix',
    roles: ['api'],
    variableSets: common,
    releases: ['0.3.0'],
    variables: [{ name: 'Routes.Solver', value: 'greedy' }],
  },
  {
    name: 'Identity',
    group: 'Platform',
    description: 'Sign-in for people and services',
    lifecycle: standard,
    roles: ['web', 'api'],
    variableSets: withDatabase,
    releases: ['6.2.0', '6.3.0'],
    variables: [
      { name: 'Identity.TokenKey', value: 'sample-token-key', sensitive: true },
      { name: 'Identity.Certificate', value: 'Acme Wildcard', refers: 'Certificates' },
    ],
  },
  {
    name: 'Audit Log',
    group: 'Platform',
    description: 'Remembers who did what',
    lifecycle: standard,
    roles: ['worker'],
    variableSets: withDatabase,
    releases: ['1.0.0'],
    variables: [{ name: 'Audit.KeepYears', value: '7' }],
  },
];
