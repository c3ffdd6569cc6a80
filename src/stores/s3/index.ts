import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { MigratorError } from '../../errors.ts';
import type { Secrets } from '../../ports/options.ts';
import { storeFeed } from '../feed.ts';
import type { StoreModule, StoreTools } from '../module.ts';
import { s3Error } from './errors.ts';
import { type Place, placeOf } from './place.ts';
import { loadSdk, type Sdk } from './sdk.ts';
import { bucketShelf } from './bucket.ts';

/** Packages in a bucket of Amazon S3, or of a server that speaks its protocol. */
export const s3: StoreModule = {
  secretSettings: ['accessKeyId', 'secretAccessKey', 'sessionToken'],
  ready: async () => {
    await loadSdk();
  },
  create: ({ name, url, settings, secrets }, tools) => {
    const place = placeOf(name, url, settings);
    const account = accountOf(name, secrets);
    let opened: Promise<Sdk> | undefined;
    const sdk = (): Promise<Sdk> => (opened ??= connect(place, settings['addressing'], account, tools));
    const shelf = bucketShelf(place, sdk, tools);
    return {
      product: 's3',
      probe: async (signal) => {
        const { client, s3: sdkModule } = await sdk();
        const { bucket: Bucket, prefix: Prefix } = place;
        try {
          await client.send(new sdkModule.ListObjectsV2Command({ Bucket, Prefix, MaxKeys: 1 }), {
            abortSignal: signal,
          });
        } catch (error) {
          throw s3Error(error, place, 'list its objects', 's3:ListBucket');
        }
        const rights = ['read packages', 'write packages', 'delete packages'];
        return {
          product: 's3',
          version: '',
          url: place.endpoint === undefined ? url : `${url} at ${place.endpoint.origin}`,
          account: undefined,
          mode: 'normal',
          rights: rights.map((action) => ({ action, allowed: undefined })),
          notes: [],
        };
      },
      feed: storeFeed(shelf, tools),
      close: async () => {
        const sdkOrFault = await opened?.catch(() => undefined);
        sdkOrFault?.client.destroy();
      },
    };
  },
  place: ({ url, settings }) => {
    const { bucket, prefix, endpoint } = placeOf('', url, settings);
    return `${endpoint?.origin ?? 'aws'} ${bucket} ${prefix}`;
  },
};

/** The account of the rc file. Undefined: what the AWS chain finds (variables, files, the role of this machine). */
function accountOf(name: string, secrets: Secrets): (() => NonNullable<S3ClientConfig['credentials']>) | undefined {
  const { accessKeyId, secretAccessKey, sessionToken } = secrets;
  if (accessKeyId !== undefined && secretAccessKey !== undefined) {
    return () => ({
      accessKeyId: accessKeyId.reveal(),
      secretAccessKey: secretAccessKey.reveal(),
      ...(sessionToken === undefined ? {} : { sessionToken: sessionToken.reveal() }),
    });
  }
  if (accessKeyId === undefined && secretAccessKey === undefined && sessionToken === undefined) return undefined;
  throw new MigratorError(
    'CONFIG_INVALID',
    `instances.${name} needs both accessKeyId and secretAccessKey, or neither of the account's settings`,
    { hint: 'without them, the credentials are those that the AWS tools use' },
  );
}

async function connect(
  place: Place,
  addressing: unknown,
  account: (() => NonNullable<S3ClientConfig['credentials']>) | undefined,
  { wires }: StoreTools,
): Promise<Sdk> {
  const modules = await loadSdk();
  const { endpoint, region } = place;
  const server = endpoint ?? new URL(`https://s3.${region ?? 'us-east-1'}.amazonaws.com`);
  const { httpAgent, httpsAgent, timeoutMs, retries } = await wires(server);
  const named = region ?? (endpoint === undefined ? undefined : 'us-east-1');
  const client = new modules.s3.S3Client({
    ...(endpoint === undefined ? {} : { endpoint: endpoint.origin }),
    ...(named === undefined ? {} : { region: named }),
    ...(account === undefined ? {} : { credentials: account() }),
    // Few servers of others know a bucket by its host name.
    forcePathStyle: addressing === undefined ? endpoint !== undefined : addressing === 'path',
    // Sums that only AWS knows. The digest in the key is checked in any case.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: Math.min(retries, 20) + 1,
    requestHandler: { httpAgent, httpsAgent, connectionTimeout: timeoutMs, socketTimeout: timeoutMs },
    logger: { trace: silent, debug: silent, info: silent, warn: silent, error: silent },
  });
  return { ...modules, client };
}

function silent(): void {
  // The SDK would write to the terminal.
}
