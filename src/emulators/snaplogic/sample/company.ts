export interface SamplePipeline {
  readonly name: string;
  /** An account of the project by name, or `../../shared/<name>`. */
  readonly account?: string;
  /** The path of an expression library in the settings of the pipeline. */
  readonly library?: string;
  /** Only this user may read it. */
  readonly securedFor?: string;
}

export interface SampleTask {
  readonly name: string;
  readonly type: 'triggered' | 'scheduled' | 'ultra';
  readonly pipeline: string;
}

export interface SampleProject {
  readonly name: string;
  readonly accounts?: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  readonly pipelines: readonly SamplePipeline[];
  readonly tasks?: readonly SampleTask[];
  readonly policies?: readonly string[];
}

/** Assets of all five types, with references of every kind. */
export const invoices: SampleProject = {
  name: 'Invoices',
  accounts: ['erp_account'],
  files: { 'rates.json': '{"EUR":1,"USD":1.08}\n', 'mapping.csv': 'from,to\nA,B\n' },
  pipelines: [
    { name: 'load_invoices', account: 'erp_account', library: '../shared/invoice.expr' },
    { name: 'archive_invoices', account: '../../shared/s3_archive' },
    { name: 'notify', library: '../../shared/common.expr' },
  ],
  tasks: [
    { name: 'Load invoices nightly', type: 'scheduled', pipeline: 'load_invoices' },
    { name: 'invoice_webhook', type: 'triggered', pipeline: 'notify' },
    { name: 'invoice_stream', type: 'ultra', pipeline: 'archive_invoices' },
  ],
  policies: ['office networks only'],
};

/** Names that a client must percent-encode one by one. */
export const ledger: SampleProject = {
  name: 'Ledger & Co 100%+',
  files: { 'Kontenplan – Übersicht 50%.csv': 'konto;name\n1000;Kasse\n' },
  pipelines: [{ name: 'Buchungen prüfen + senden' }, { name: 'rate%20limit' }],
  tasks: [{ name: 'täglich', type: 'scheduled', pipeline: 'Buchungen prüfen + senden' }],
};

export const payroll: SampleProject = {
  name: 'Payroll',
  files: { 'calendar.txt': '2026-01-30\n2026-02-27\n' },
  pipelines: [{ name: 'salaries' }, { name: 'secure_pipeline', securedFor: 'payroll.owner@acme.example' }],
};

export const crm: SampleProject = {
  name: 'CRM Sync',
  accounts: ['crm_login', 'crm_reporting'],
  pipelines: [
    { name: 'sync_contacts', account: 'crm_login' },
    { name: 'sync_orders', account: 'crm_reporting' },
  ],
  tasks: [{ name: 'contacts hourly', type: 'scheduled', pipeline: 'sync_contacts' }],
};

/** More assets than fit on one page of a list. */
export const bulk: SampleProject = {
  name: 'Bulk',
  pipelines: Array.from({ length: 230 }, (_, index) => ({ name: `bulk_${String(index + 1).padStart(3, '0')}` })),
};

interface SampleUser {
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly lockedOut?: boolean;
  readonly passwordExpired?: boolean;
  readonly serviceAccount?: boolean;
  readonly token?: string;
}

/** All have the password `sample-password`. It opens nothing but an embedded control plane on loopback. */
export const samplePassword = 'sample-password';

export const users: readonly SampleUser[] = [
  { email: 'dev.lead@acme.example', firstName: 'Dana', lastName: 'Lead', token: 'SAMPLE-TOKEN-DEV-LEAD' },
  { email: 'release@acme.example', firstName: 'Robin', lastName: 'Release', token: 'SAMPLE-TOKEN-RELEASE' },
  { email: 'reader@acme.example', firstName: 'Rea', lastName: 'Only', token: 'SAMPLE-TOKEN-READER' },
  { email: 'payroll.owner@acme.example', firstName: 'Pia', lastName: 'Roll' },
  { email: 'locked@acme.example', firstName: 'Lou', lastName: 'Locked', lockedOut: true },
  { email: 'expired@acme.example', firstName: 'Eve', lastName: 'Expired', passwordExpired: true },
  { email: 'ci@acme.example', firstName: 'CI', lastName: 'Service', serviceAccount: true, token: 'SAMPLE-TOKEN-CI' },
];
