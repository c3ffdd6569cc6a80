import { createHash } from 'node:crypto';
import type { Json } from '../../shared/json.ts';
import { newId, putDocument, slugOf, wireDate, type Instance } from '../instance.ts';
import type { EnvironmentName, SampleAccount, SampleMachine, SampleTenant, SampleVariable } from './company.ts';

/** Makes documents of one space. They refer to each other by name; their ids are numbered. */
export interface SpaceBuilder {
  readonly instance: Instance;
  readonly space: string;
  /** Adds a document, with an id, the space and a slug. */
  add(kind: string, name: string, body: Json): string;
  /** Id by name; the document must exist. */
  idOf(kind: string, name: string): string;
  variables(list: readonly SampleVariable[]): readonly Json[];
  /** A later time in the sample's history, seven hours after the previous one. */
  tick(): Date;
}

/** The same id for the same words: 32 hex digits, as parts of documents have them. */
export const partId = (...words: readonly string[]): string =>
  createHash('sha256').update(words.join('|')).digest('hex').slice(0, 32);

const epoch = Date.UTC(2026, 0, 5, 8, 0, 0);
const hour = 3_600_000;

export function buildSpace(instance: Instance, space: string): SpaceBuilder {
  const { store, vault } = instance;
  let hours = 0;
  const idOf = (kind: string, name: string) => {
    const found = store.named(kind, space, name);
    if (found === undefined) throw new Error(`the sample has no ${kind} named ${name}`);
    return found.id;
  };
  return {
    instance,
    space,
    idOf,
    add(kind, name, body) {
      const id = newId(store, kind);
      putDocument(store, kind, { Id: id, Name: name, SpaceId: space, Slug: slugOf(name), Description: null, ...body });
      return id;
    },
    variables: (list) =>
      list.map(({ name, value, sensitive, refers, environments }) => ({
        Id: partId(name, value, environments?.join(',') ?? ''),
        Name: name,
        Value: sensitive === true ? vault.seal(value) : refers === undefined ? value : idOf(refers, value),
        Description: null,
        Scope: environments === undefined ? {} : { Environment: environments.map((one) => idOf('Environments', one)) },
        IsEditable: true,
        Prompt: null,
        Type: sensitive === true ? 'Sensitive' : refers === undefined ? 'String' : variableTypes[refers],
        IsSensitive: sensitive === true,
      })),
    tick() {
      hours += 7;
      return new Date(epoch + hours * hour);
    },
  };
}

const variableTypes = { Certificates: 'Certificate', Accounts: 'AmazonWebServicesAccount' } as const;

export function addEnvironments(builder: SpaceBuilder, names: readonly string[]): void {
  for (const [SortOrder, name] of names.entries()) {
    builder.add('Environments', name, { Description: '', SortOrder, UseGuidedFailure: false });
  }
}

export function addLifecycle(builder: SpaceBuilder, name: string, phases: readonly EnvironmentName[]): void {
  const forever = { Unit: 'Items', QuantityToKeep: 0, ShouldKeepForever: true };
  builder.add('Lifecycles', name, {
    ReleaseRetentionPolicy: forever,
    TentacleRetentionPolicy: forever,
    Phases: phases.map((phase) => ({
      Id: partId(name, phase),
      Name: phase,
      OptionalDeploymentTargets: [builder.idOf('Environments', phase)],
      AutomaticDeploymentTargets: [],
      MinimumEnvironmentsBeforePromotion: 0,
      IsOptionalPhase: false,
    })),
  });
}

export function addVariableSet(builder: SpaceBuilder, name: string, variables: readonly SampleVariable[]): void {
  const { store } = builder.instance;
  const id = builder.add('LibraryVariableSets', name, { ContentType: 'Variables', Templates: [] });
  const setId = `variableset-${id}`;
  const entry = store.get('LibraryVariableSets', id);
  putDocument(store, 'LibraryVariableSets', { ...entry?.body, VariableSetId: setId });
  putDocument(store, 'Variables', {
    Id: setId,
    OwnerId: id,
    SpaceId: builder.space,
    Version: 0,
    Variables: builder.variables(variables),
    ScopeValues: {},
  });
}

export function addTagSets(builder: SpaceBuilder, sets: Readonly<Record<string, readonly string[]>>): void {
  for (const [SortOrder, [name, tags]] of Object.entries(sets).entries()) {
    builder.add('TagSets', name, {
      SortOrder,
      Tags: tags.map((tag, index) => ({
        Id: `${slugOf(name)}-${slugOf(tag)}`,
        Name: tag,
        CanonicalTagName: `${name}/${tag}`,
        Color: '#1FA3E0',
        Description: null,
        SortOrder: index,
      })),
    });
  }
}

export function addCertificate(builder: SpaceBuilder, name: string): void {
  const { vault } = builder.instance;
  builder.add('Certificates', name, {
    CertificateData: vault.seal(Buffer.from(`sample certificate of ${name}, not a real one`).toString('base64')),
    Password: vault.seal(`sample-certificate-password-${slugOf(name)}`),
    Thumbprint: createHash('sha1').update(name).digest('hex').toUpperCase(),
    SubjectCommonName: `${slugOf(name)}.acme.example`,
    IssuerCommonName: 'Acme Sample CA',
    NotAfter: '2031-01-01T00:00:00.000+00:00',
    CertificateDataFormat: 'Pkcs12',
    HasPrivateKey: true,
    EnvironmentIds: [],
    TenantIds: [],
    TenantTags: [],
    Archived: null,
  });
}

export function addAccount(builder: SpaceBuilder, account: SampleAccount): void {
  const { vault } = builder.instance;
  const secrets = Object.entries(account.secret).map(([name, value]) => [name, vault.seal(value)] as const);
  builder.add('Accounts', account.name, {
    AccountType: account.type,
    ...account.plain,
    ...Object.fromEntries(secrets),
    EnvironmentIds: [],
    TenantIds: [],
    TenantTags: [],
  });
}

export function addMachine(builder: SpaceBuilder, machine: SampleMachine): void {
  builder.add('Machines', machine.name, {
    EnvironmentIds: machine.environments.map((name) => builder.idOf('Environments', name)),
    Roles: machine.roles,
    TenantIds: [],
    TenantTags: [],
    TenantedDeploymentParticipation: 'TenantedOrUntenanted',
    IsDisabled: false,
    HealthStatus: 'Healthy',
    MachinePolicyId: builder.idOf('MachinePolicies', 'Default Machine Policy'),
    Endpoint: {
      CommunicationStyle: 'TentaclePassive',
      Uri: `https://${machine.name}.acme.example:10933/`,
      Thumbprint: createHash('sha1').update(machine.name).digest('hex').toUpperCase(),
    },
  });
}

/** Call it after the projects exist: a tenant names them. */
export function addTenant(builder: SpaceBuilder, tenant: SampleTenant): void {
  const environments = tenant.environments.map((name) => builder.idOf('Environments', name));
  builder.add('Tenants', tenant.name, {
    TenantTags: tenant.tags,
    ClonedFromTenantId: null,
    ProjectEnvironments: Object.fromEntries(
      tenant.projects.map((name) => [builder.idOf('Projects', name), environments]),
    ),
  });
}

export const dated = (date: Date): string => wireDate(date);
