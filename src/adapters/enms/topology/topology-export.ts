import { MigratorError } from '../../../errors.ts';
import type { ArtifactFile } from '../../../ports/artifact.ts';
import { readWhole } from '../migration/migration-folder.ts';
import type { Server } from '../server.ts';

const done = /^"?Topology Export successfully executed\.?"?$/;

/** What an import of an exported spreadsheet loses: the server writes every cell as text, and reads text as it is. */
export const losesOnTheWayBack: readonly string[] = [
  'a spreadsheet does not survive the way back, so migrator refuses to import it as it is: the server would refuse devices with lists, take every "False" for true, and give links no ends; to move devices and links use --via rest --type device --type link',
];

/** Topology export. The key is `export_filename`; the documents name another one. Returns the job's id. */
export async function startTopologyExport({ rest }: Server, fileName: string, signal: AbortSignal): Promise<string> {
  const { words } = await rest.exportTopology(fileName, signal);
  if (done.test(words)) return `topology-export/${fileName}`;
  throw new MigratorError('REMOTE_UNEXPECTED', `eNMS did not export the topology: ${words}`);
}

/** The first bytes of a compound file. Every .xls file is one. */
const compound = Buffer.from('d0cf11e0a1b11ae1', 'hex');

export async function fetchTopology(server: Server, fileName: string, signal: AbortSignal): Promise<ArtifactFile> {
  const bytes = await readWhole(server, `spreadsheets/${fileName}`, signal);
  if (bytes === undefined) {
    throw new MigratorError('NOT_FOUND', `eNMS holds no spreadsheet ${fileName}`, {
      hint: 'look into files/spreadsheets on the server',
    });
  }
  if (!bytes.subarray(0, compound.length).equals(compound)) {
    throw new MigratorError('REMOTE_UNEXPECTED', `what eNMS gives as ${fileName} is not a spreadsheet`);
  }
  return {
    path: `native/${fileName}`,
    size: bytes.length,
    mediaType: 'application/vnd.ms-excel',
    open: async function* () {
      await Promise.resolve();
      yield bytes;
    },
  };
}
