import { mkdir } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import type { Server } from 'node:http';

interface S3rver {
  run(): Promise<AddressInfo>;
  close(): Promise<void>;
  readonly httpServer: Server;
}

const S3rver = createRequire(import.meta.url)('s3rver') as new (options: object) => S3rver;

/** The account that this server knows. */
export const s3Account = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };

/** An S3 server of others, on a free port of this machine, with one bucket named `vault`. */
export async function startS3(directory: string): Promise<{ readonly url: string; close(): Promise<void> }> {
  await mkdir(directory, { recursive: true });
  const server = new S3rver({
    port: 0,
    address: '127.0.0.1',
    silent: true,
    directory,
    vhostBuckets: false,
    configureBuckets: [{ name: 'vault', configs: [] }],
  });
  const { port } = await server.run();
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.httpServer.closeAllConnections();
      await server.close();
    },
  };
}
