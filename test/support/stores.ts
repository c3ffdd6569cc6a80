import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { pathToFileURL } from 'node:url';
import { createHash } from 'node:crypto';
import type { ArtifactFile } from '../../src/ports/artifact.ts';
import type { Clock } from '../../src/ports/runtime.ts';
import type { Store } from '../../src/ports/store.ts';
import { Secret } from '../../src/secret.ts';
import { storeModules, type StoreTools } from '../../src/stores/index.ts';
import { s3Account } from './s3-server.ts';

/** A clock whose pauses are short. */
const hasty: Clock = {
  now: () => new Date(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      setTimeout(() => (signal.aborted ? reject(signal.reason as Error) : resolve()), milliseconds / 8);
    }),
};

export interface Told {
  readonly notices: string[];
}

export function storeTools(told: Told = { notices: [] }, retries = 0): StoreTools {
  const [httpAgent, httpsAgent] = [new HttpAgent({ keepAlive: true }), new HttpsAgent({ keepAlive: true })];
  return {
    clock: hasty,
    notice: (message) => told.notices.push(message),
    debug: () => undefined,
    wires: () => Promise.resolve({ httpAgent, httpsAgent, timeoutMs: 5_000, retries }),
  };
}

export async function folderStore(root: string, told?: Told): Promise<Store> {
  const module = await storeModules.folder();
  return module.create({ name: 'vault', url: pathToFileURL(root).href, settings: {}, secrets: {} }, storeTools(told));
}

interface S3Choices {
  readonly url?: string;
  readonly account?: Readonly<Record<string, string>>;
  readonly told?: Told | undefined;
  readonly retries?: number;
}

/** A store in the bucket `vault` of an S3 server. */
export async function s3Store(
  endpoint: string,
  { url = 's3://vault/packages', account = s3Account, told, retries = 0 }: S3Choices = {},
): Promise<Store> {
  const module = await storeModules.s3();
  const secrets = Object.fromEntries(Object.entries(account).map(([name, value]) => [name, new Secret(value)]));
  return module.create({ name: 'vault', url, settings: { endpoint }, secrets }, storeTools(told, retries));
}

/** A file in memory, in chunks of 64 KiB. */
export function fileOf(bytes: Uint8Array, name = 'web-shop.1.0.0.tar'): ArtifactFile {
  return {
    path: `native/${name}`,
    size: bytes.length,
    mediaType: 'application/octet-stream',
    open: async function* () {
      await Promise.resolve();
      for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
    },
  };
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
