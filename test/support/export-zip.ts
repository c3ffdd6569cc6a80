import { createCipheriv, createHash, pbkdf2Sync } from 'node:crypto';
import { zipOf } from './zip.ts';

/** What every id of an export ends with. */
export const suffix = '-D4C63A85E7894C5D8C20D9297FEA1A43';

export type Fields = Readonly<Record<string, unknown>>;

export interface ZipDocument {
  readonly type: string;
  readonly id: string;
  readonly name?: string;
  readonly parent?: string;
  readonly fields?: Fields;
}

export interface ZipChoices {
  readonly password?: string;
  readonly serverVersion?: string;
  readonly hello?: string;
  /** Members that are added, replaced, or left out with null. */
  readonly members?: Readonly<Record<string, string | null>>;
  /** Makes the manifest say another hash. */
  readonly damaged?: string;
}

/** Encrypts as the server does: a key from the password, and a random IV that stands behind the text. */
export function encrypted(text: string, password: string, iv = Buffer.alloc(16, 7)): string {
  const cipher = createCipheriv('aes-128-cbc', pbkdf2Sync(password, 'Octopuss', 1000, 16, 'sha1'), iv);
  return `${Buffer.concat([cipher.update(text), cipher.final()]).toString('base64')}|${iv.toString('base64')}`;
}

/** An export of projects, as a server of 2024.4 writes it. */
export function exportZip(documents: readonly ZipDocument[], choices: ZipChoices = {}): Buffer {
  const { password = 'correct horse', serverVersion = '2024.4.4121', damaged } = choices;
  const files: Record<string, string> = {};
  const entries = documents.map(({ type, id, name, parent, fields = {} }) => {
    const suffixed = `${id}${suffix}`;
    const source = `${suffixed}.json`;
    files[source] = JSON.stringify(
      { Id: suffixed, ...(name === undefined ? {} : { Name: name }), ...fields },
      undefined,
      2,
    );
    return {
      Id: suffixed,
      Name: name ?? suffixed,
      DocumentType: type,
      ExportType: 'FullDocument',
      DocumentSource: source,
      ParentId: parent === undefined ? null : `${parent}${suffix}`,
      Hash: createHash('sha1')
        .update(damaged === id ? 'other' : (files[source] ?? ''))
        .digest('hex'),
    };
  });
  const manifest = {
    SchemaVersions: ['Script0271', 'Script0483'],
    Entries: entries,
    Hello: choices.hello ?? encrypted('Cephalopod', password),
  };
  const members: Record<string, string | null> = {
    'manifest.json': JSON.stringify(manifest, undefined, 2),
    checksum: '0123456789abcdef0123456789abcdef01234567',
    'server-version': serverVersion,
    version: '2.0.0',
    ...files,
    ...choices.members,
  };
  return zipOf(
    Object.fromEntries(Object.entries(members).filter((entry): entry is [string, string] => entry[1] !== null)),
  );
}

const id = (text: string): string => `${text}${suffix}`;

/** A shop with a channel, variables, a library set, a tenant with a logo, a team and a package of the built-in feed. */
export const shop: readonly ZipDocument[] = [
  {
    type: 'Project',
    id: 'Projects-1',
    name: 'Web Shop',
    fields: {
      VariableSetId: id('variableset-Projects-1'),
      DeploymentProcessId: id('deploymentprocess-Projects-1'),
      LifecycleId: id('Lifecycles-1'),
      IncludedLibraryVariableSetIds: [id('LibraryVariableSets-1')],
      PersistenceSettings: { Type: 'Database' },
    },
  },
  { type: 'ProjectGroup', id: 'ProjectGroups-1', name: 'Shops' },
  { type: 'Channel', id: 'Channels-1', name: 'Default', parent: 'Projects-1', fields: { ProjectId: id('Projects-1') } },
  {
    type: 'DeploymentProcess',
    id: 'deploymentprocess-Projects-1',
    fields: {
      OwnerId: id('Projects-1'),
      Steps: [
        {
          Name: 'Deploy',
          Actions: [{ Id: 'f00', Name: 'Deploy', Packages: [{ FeedId: 'feeds-builtin', PackageId: 'Acme.Web' }] }],
        },
      ],
    },
  },
  {
    type: 'ProjectVariables',
    id: 'variableset-Projects-1',
    fields: {
      OwnerId: id('Projects-1'),
      Variables: [
        { Name: 'Url', Type: 'String', Value: 'https://dev.example', Scope: { Environment: [id('Environments-1')] } },
        { Name: 'Token', Type: 'Sensitive', Value: 'c2VjcmV0|aXY=' },
      ],
    },
  },
  { type: 'StaticDeploymentEnvironment', id: 'Environments-1', name: 'Dev' },
  { type: 'Lifecycle', id: 'Lifecycles-1', name: 'Standard' },
  {
    type: 'LibraryVariableSet',
    id: 'LibraryVariableSets-1',
    name: 'Common',
    fields: { VariableSetId: id('variableset-LibraryVariableSets-1') },
  },
  {
    type: 'LibraryVariables',
    id: 'variableset-LibraryVariableSets-1',
    fields: {
      OwnerId: id('LibraryVariableSets-1'),
      Variables: [
        { Name: 'Region', Value: 'eu' },
        { Name: 'Tier', Value: 'gold' },
      ],
    },
  },
  { type: 'Tenant', id: 'Tenants-1', name: 'Acme', fields: { LogoAttachmentKey: 'x', ProjectEnvironments: {} } },
  { type: 'ConfigurableTeam', id: 'Teams-1', name: 'Release Team' },
];
