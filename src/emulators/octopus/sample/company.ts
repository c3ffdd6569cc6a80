// What the servers of Acme Outfitters hold, as plain tables. The company does not exist, its secrets are invented.

export const environments = ['Development', 'Test', 'Staging', 'Production'] as const;
export type EnvironmentName = (typeof environments)[number];

export const lifecycles: Readonly<Record<string, readonly EnvironmentName[]>> = {
  'Standard Promotion': ['Development', 'Test', 'Staging', 'Production'],
  Hotfix: ['Staging', 'Production'],
};

export const groups = ['Storefront', 'Finance', 'Logistics', 'Platform'] as const;

export interface SampleVariable {
  readonly name: string;
  readonly value: string;
  readonly sensitive?: boolean;
  /** The value names a document of this type. */
  readonly refers?: 'Certificates' | 'Accounts';
  readonly environments?: readonly EnvironmentName[];
}

export const variableSets: Readonly<Record<string, readonly SampleVariable[]>> = {
  'Acme Common': [
    { name: 'Acme.Region', value: 'eu-central' },
    { name: 'Acme.LogLevel', value: 'Debug', environments: ['Development', 'Test'] },
    { name: 'Acme.LogLevel', value: 'Warning', environments: ['Staging', 'Production'] },
    { name: 'Acme.SupportMail', value: 'support@acme.example' },
  ],
  'Connection Strings': [
    { name: 'Database.Server', value: 'sql-test.acme.example', environments: ['Development', 'Test'] },
    { name: 'Database.Server', value: 'sql.acme.example', environments: ['Staging', 'Production'] },
    { name: 'Database.Password', value: 'sample-database-password', sensitive: true },
  ],
  'Payment Providers': [
    { name: 'Payments.Endpoint', value: 'https://payments.acme.example' },
    { name: 'Payments.ApiSecret', value: 'sample-payment-secret', sensitive: true, environments: ['Production'] },
    { name: 'Payments.ApiSecret', value: 'sample-payment-secret-test', sensitive: true },
  ],
};

export const tagSets: Readonly<Record<string, readonly string[]>> = {
  Region: ['EMEA', 'Americas', 'APAC'],
  Tier: ['Gold', 'Silver'],
};

export interface SampleTenant {
  readonly name: string;
  readonly tags: readonly string[];
  readonly projects: readonly string[];
  readonly environments: readonly EnvironmentName[];
}

export const tenants: readonly SampleTenant[] = [
  {
    name: 'Northwind',
    tags: ['Region/EMEA', 'Tier/Gold'],
    projects: ['Billing', 'Warehouse'],
    environments: ['Staging', 'Production'],
  },
  {
    name: 'Contoso Retail',
    tags: ['Region/Americas', 'Tier/Gold'],
    projects: ['Billing'],
    environments: ['Production'],
  },
  {
    name: 'Fabrikam',
    tags: ['Region/EMEA', 'Tier/Silver'],
    projects: ['Billing', 'Shipping Labels'],
    environments: ['Production'],
  },
  {
    name: 'Tailspin Toys',
    tags: ['Region/APAC', 'Tier/Silver'],
    projects: ['Warehouse'],
    environments: ['Test', 'Production'],
  },
  {
    name: 'Adventure Works',
    tags: ['Region/Americas'],
    projects: ['Warehouse', 'Shipping Labels'],
    environments: ['Production'],
  },
];

export const certificates = ['Web Shop TLS', 'Acme Wildcard'] as const;

export interface SampleAccount {
  readonly name: string;
  readonly type: string;
  readonly plain: Readonly<Record<string, string>>;
  readonly secret: Readonly<Record<string, string>>;
}

export const accounts: readonly SampleAccount[] = [
  {
    name: 'Azure Production',
    type: 'AzureServicePrincipal',
    plain: {
      ClientId: '00000000-0000-4000-8000-000000000001',
      TenantId: '00000000-0000-4000-8000-000000000002',
      SubscriptionNumber: '00000000-0000-4000-8000-000000000003',
    },
    secret: { Password: 'sample-azure-password' },
  },
  {
    name: 'AWS Deploy',
    type: 'AmazonWebServicesAccount',
    plain: { AccessKey: 'SAMPLEACCESSKEY' },
    secret: { SecretKey: 'sample-aws-secret-key' },
  },
  {
    name: 'Deploy User',
    type: 'UsernamePassword',
    plain: { Username: 'deploy' },
    secret: { Password: 'sample-deploy-password' },
  },
];

export interface SampleMachine {
  readonly name: string;
  readonly environments: readonly EnvironmentName[];
  readonly roles: readonly string[];
}

export const machines: readonly SampleMachine[] = [
  { name: 'dev-all-01', environments: ['Development'], roles: ['web', 'api', 'worker'] },
  { name: 'test-web-01', environments: ['Test'], roles: ['web', 'api'] },
  { name: 'test-worker-01', environments: ['Test'], roles: ['worker'] },
  { name: 'stage-web-01', environments: ['Staging'], roles: ['web', 'api'] },
  { name: 'stage-worker-01', environments: ['Staging'], roles: ['worker'] },
  { name: 'prod-web-01', environments: ['Production'], roles: ['web'] },
  { name: 'prod-web-02', environments: ['Production'], roles: ['web'] },
  { name: 'prod-api-01', environments: ['Production'], roles: ['api'] },
  { name: 'prod-worker-01', environments: ['Production'], roles: ['worker'] },
];
