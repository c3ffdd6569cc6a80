import type * as ClientS3 from '@aws-sdk/client-s3';
import type * as LibStorage from '@aws-sdk/lib-storage';
import { optionalPackages } from '../../optional-packages.ts';

export interface SdkModules {
  readonly s3: typeof ClientS3;
  readonly storage: typeof LibStorage;
}

export interface Sdk extends SdkModules {
  readonly client: ClientS3.S3Client;
}

/** CONFIG_INVALID when the packages are not installed: most users need no bucket. */
export async function loadSdk(): Promise<SdkModules> {
  const loaded = await optionalPackages('the product s3', {
    '@aws-sdk/client-s3': () => import('@aws-sdk/client-s3'),
    '@aws-sdk/lib-storage': () => import('@aws-sdk/lib-storage'),
  });
  return { s3: loaded['@aws-sdk/client-s3'], storage: loaded['@aws-sdk/lib-storage'] };
}
