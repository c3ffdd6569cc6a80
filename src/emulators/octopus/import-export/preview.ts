import type { Json } from '../../shared/json.ts';
import type { Instance } from '../instance.ts';
import { deriveKey } from '../migrations/encryption.ts';
import { invalid } from '../refusal.ts';
import { asText } from '../tolerant-json.ts';
import { ArchiveFault, checkPassword, checkVersion, readArchive, type ReadDocument } from './archive.ts';
import { kindOfType } from './document-types.ts';

/** What an export holds, by name: not what becomes of it here. 400 when it cannot be imported, or for a wrong password. */
export async function previewOf(instance: Instance, file: string, password: string): Promise<Json> {
  let documents: readonly ReadDocument[];
  try {
    const archive = await readArchive(file);
    checkVersion(instance.version, archive);
    checkPassword(archive, deriveKey(password));
    documents = archive.documents;
  } catch (error) {
    throw error instanceof ArchiveFault ? invalid(error.message) : error;
  }
  const ofKind = (kind: string) => documents.filter(({ type }) => kindOfType(type) === kind);
  const names = (kind: string) => ofKind(kind).map(({ name }) => name);
  const inside = (kind: string, project: ReadDocument) =>
    ofKind(kind)
      .filter(({ model }) => model['ProjectId'] === project.id)
      .map(({ name }) => name);
  const typed = (kind: string, member: string) =>
    ofKind(kind).map(({ name, model }) => ({ Name: name, Type: asText(model[member]) }));
  return {
    Projects: ofKind('Projects').map((project) => ({
      Name: project.name,
      Channels: inside('Channels', project),
      Runbooks: inside('Runbooks', project),
    })),
    Environments: names('Environments'),
    Lifecycles: names('Lifecycles'),
    Certificates: names('Certificates'),
    Accounts: typed('Accounts', 'AccountType'),
    Feeds: typed('Feeds', 'FeedType'),
    WorkerPools: typed('WorkerPools', 'WorkerPoolType').map((pool) => ({
      ...pool,
      IsDynamic: pool.Type === 'DynamicWorkerPool',
    })),
  };
}
