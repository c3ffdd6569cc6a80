import { randomBytes } from 'node:crypto';
import { isObject } from '../../shared/json.ts';
import { invalid } from '../refusal.ts';
import { members, readFlag, readText } from '../tolerant-json.ts';

/** Partial export of the Migration API. Request and response have the same shape. */
export interface ExportRequest {
  readonly PackageId: string;
  readonly PackageVersion: string;
  readonly Password: string;
  readonly Projects: readonly string[];
  readonly IgnoreCertificates: boolean;
  readonly IgnoreMachines: boolean;
  readonly IgnoreDeployments: boolean;
  readonly IgnoreTenants: boolean;
  readonly IncludeTaskLogs: boolean;
  readonly EncryptPackage: boolean;
  readonly SpaceId: string | null;
  readonly DestinationPackageFeed: string | null;
  readonly DestinationApiKey: string | null;
  readonly DestinationPackageFeedSpaceId: string | null;
  readonly SuccessCallbackUri: string | null;
  readonly FailureCallbackUri: string | null;
}

/** Import of the Migration API. */
export interface ImportRequest {
  readonly PackageId: string;
  readonly PackageVersion: string;
  readonly Password: string;
  readonly PackageFeedSpaceId: string | null;
  readonly IsEncryptedPackage: boolean;
  readonly IsDryRun: boolean;
  readonly OverwriteExisting: boolean;
  readonly DeletePackageOnCompletion: boolean;
  readonly SuccessCallbackUri: string | null;
  readonly FailureCallbackUri: string | null;
}

const missing = (name: string) => invalid(`Missing expected '${name}' parameter.`);

/** Eight letters and digits. */
function randomText(): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  return Array.from(randomBytes(8), (byte) => alphabet[byte % alphabet.length]).join('');
}

interface Fields {
  readonly text: (name: string) => string | null;
  readonly required: (name: string) => string;
  readonly flag: (name: string) => boolean;
  readonly raw: (name: string) => unknown;
}

function fieldsOf(body: unknown): Fields {
  if (!isObject(body)) throw invalid('No request body was supplied.');
  const raw = members(body);
  const text = (name: string) => {
    const value = readText(raw(name), name);
    return value === undefined || value === '' ? null : value;
  };
  return {
    raw,
    text,
    required: (name) => {
      const value = text(name);
      if (value === null) throw missing(name);
      return value;
    },
    flag: (name) => readFlag(raw(name), name),
  };
}

function readProjects(value: unknown): readonly string[] {
  const list = typeof value === 'string' ? [value] : value;
  if (!Array.isArray(list)) throw missing('Projects');
  const names = list.map((name) => readText(name, 'Projects') ?? '').filter((name) => name.trim() !== '');
  if (names.length === 0) throw missing('Projects');
  return names;
}

export function readExportRequest(body: unknown): ExportRequest {
  const { text, required, flag, raw } = fieldsOf(body);
  return {
    Password: required('Password'),
    Projects: readProjects(raw('Projects')),
    PackageId: text('PackageId') ?? 'Octopus.Space.Migration',
    PackageVersion: text('PackageVersion') ?? `1.0.0-${randomText()}`,
    IgnoreCertificates: flag('IgnoreCertificates'),
    IgnoreMachines: flag('IgnoreMachines'),
    IgnoreDeployments: flag('IgnoreDeployments'),
    IgnoreTenants: flag('IgnoreTenants'),
    IncludeTaskLogs: flag('IncludeTaskLogs'),
    EncryptPackage: flag('EncryptPackage'),
    SpaceId: text('SpaceId'),
    DestinationPackageFeed: text('DestinationPackageFeed'),
    DestinationApiKey: text('DestinationApiKey'),
    DestinationPackageFeedSpaceId: text('DestinationPackageFeedSpaceId'),
    SuccessCallbackUri: text('SuccessCallbackUri'),
    FailureCallbackUri: text('FailureCallbackUri'),
  };
}

export function readImportRequest(body: unknown): ImportRequest {
  const { text, required, flag } = fieldsOf(body);
  return {
    PackageId: required('PackageId'),
    PackageVersion: required('PackageVersion'),
    Password: required('Password'),
    PackageFeedSpaceId: text('PackageFeedSpaceId'),
    IsEncryptedPackage: flag('IsEncryptedPackage'),
    IsDryRun: flag('IsDryRun'),
    OverwriteExisting: flag('OverwriteExisting'),
    DeletePackageOnCompletion: flag('DeletePackageOnCompletion'),
    SuccessCallbackUri: text('SuccessCallbackUri'),
    FailureCallbackUri: text('FailureCallbackUri'),
  };
}
