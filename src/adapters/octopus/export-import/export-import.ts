import type { AdapterTools } from '../../../ports/adapter.ts';
import type { Server } from '../server.ts';
import type { ExportImportClient } from '../wire/export-import.ts';

/** One server by the routes of Projects Export/Import. */
export interface ExportImport {
  readonly server: Server;
  readonly client: ExportImportClient;
  /** The configured base URL. */
  readonly url: string;
  readonly tools: Pick<AdapterTools, 'clock' | 'random' | 'notice'>;
}

export const title = 'Export/Import';

/** Whether the server offers all that an export and an import need, by the links of its space. */
export async function offersExportImport(server: Server, signal: AbortSignal): Promise<boolean> {
  const { links } = await server.space(signal);
  const root = (await server.root(signal)).links;
  return ['exportprojects', 'importprojects', 'projectimportfiles'].every((name) => links.has(name) || root.has(name));
}
