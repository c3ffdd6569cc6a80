import { adapter } from '../../src/adapters/octopus/index.ts';
import type { Adapter } from '../../src/ports/adapter.ts';
import type { ArtifactFile } from '../../src/ports/artifact.ts';
import type { PreparedImport } from '../../src/ports/importer.ts';
import { Secret } from '../../src/secret.ts';
import { adapterTools, never } from './adapter-tools.ts';
import { withExportImport, type Choices, type Running } from './export-import-server.ts';

export const secrets = { password: new Secret('correct horse') };

export interface Client extends Running {
  /** With all ways. */
  readonly octopus: Adapter;
  /** By Export/Import. */
  readonly way: Adapter;
  readonly tools: ReturnType<typeof adapterTools>;
}

/** An adapter in front of a server with Export/Import. */
export function withClient<Result>(
  choices: Choices,
  run: (client: Client) => Promise<Result>,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<Result> {
  return withExportImport(choices, (running) => {
    const tools = adapterTools({ retries: 1 });
    const connection = { name: 'lab', url: running.url, settings, secrets: { apiKey: new Secret('API-TESTKEY') } };
    const octopus = adapter.create(connection, tools);
    return run({ ...running, octopus, way: octopus.ways!.of('export-import'), tools });
  });
}

export function zipFile(bytes: Buffer): ArtifactFile {
  const part = async function* (start: number, end: number) {
    yield bytes.subarray(start, end);
    await Promise.resolve();
  };
  return {
    path: 'native/Octopus-Export.zip',
    size: bytes.length,
    mediaType: 'application/zip',
    open: () => part(0, bytes.length),
    range: (start, length) => part(start, start + length),
  };
}

export const ref = { id: 'Octopus.Project.Export', version: '1.0.0' };

export function prepareImport(
  { way }: Client,
  bytes: Buffer,
  more: Partial<Parameters<NonNullable<Adapter['imports']>['prepare']>[0]> = {},
): Promise<PreparedImport> {
  const request = { source: ref, dryRun: false, options: {}, files: [zipFile(bytes)], secrets, ...more };
  return way.imports!.prepare(request, never);
}

export async function bytesOf(file: ArtifactFile): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of file.open(never)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
