// Pages that do by session what REST does by HTTP Basic, and archives of single services.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Reply } from '../../shared/server.ts';
import { isInsideFiles, projectPath } from '../file-tree.ts';
import { pythonTime, type Instance } from '../instance.ts';
import { exportedObject, exportProject } from '../migrate/export.ts';
import { importProject } from '../migrate/import.ts';
import type { Item } from '../objects.ts';
import { json, ServerError } from '../refusal.ts';
import { relatedItems } from '../serialize.ts';
import { exportTopology } from '../topology/export.ts';
import { importTopology } from '../topology/import.ts';
import { yamlText } from '../yaml/write.ts';
import { archive } from './file-pages.ts';
import { readTar, tarMember } from './tar.ts';
import { type Page, type WebVisit, webPage } from './visit.ts';

const largestArchive = 200 * 1024 * 1024;

/** A workflow and all services in it, each once. */
function family(instance: Instance, service: Item, seen = new Map<number, Item>()): ReadonlyMap<number, Item> {
  if (seen.has(service.place)) return seen;
  seen.set(service.place, service);
  if (service.type === 'workflow') {
    for (const inside of relatedItems(instance, service, 'services')) family(instance, inside, seen);
  }
  return seen;
}

function exportService({ instance, rest }: WebVisit): Reply {
  const service = instance.objects.withId('service', Number(rest));
  if (service === undefined) throw new ServerError(`there is no service with the id ${rest}`);
  const services = [...family(instance, service).values()];
  const edges = services.flatMap((one) => (one.type === 'workflow' ? relatedItems(instance, one, 'edges') : []));
  const name = service.name.replaceAll(/[^A-Za-z0-9 _]/g, '');
  const exported = (items: readonly Item[]) =>
    yamlText(
      items.map((item) => {
        const exported = Object.entries(exportedObject(instance, item, false));
        return Object.fromEntries(exported.filter(([key]) => key !== 'target_devices' && key !== 'target_pools'));
      }),
    );
  const files = {
    metadata: `{export_time: ${pythonTime()}, service: ${JSON.stringify(service.name)}, version: ${instance.version}}\n`,
    service: exported(services),
    workflow_edge: exported(edges),
  };
  return {
    status: 200,
    headers: { 'Content-Type': 'application/x-tar', 'Content-Disposition': `attachment; filename="${name}.tgz"` },
    body: archive([
      tarMember({ name: `${name}/`, type: 'folder', content: Buffer.alloc(0) }),
      ...Object.entries(files).map(([file, text]) =>
        tarMember({ name: `${name}/${file}.yaml`, type: 'file', content: Buffer.from(text) }),
      ),
    ]),
  };
}

async function importServices({ instance, user, body }: WebVisit): Promise<Reply> {
  if (body.fields['form_type'] !== 'import_services') throw new ServerError("KeyError: 'form_type'");
  const file = body.files.get('file');
  if (file === undefined) throw new ServerError("KeyError: 'file'");
  const members = readTar(gunzipSync(file.content, { maxOutputLength: largestArchive }));
  const [name] = members[0]?.name.split('/') ?? [];
  if (name === undefined || name === '') throw new ServerError('the archive is empty');
  const project = projectPath(instance, name, 'services');
  rmSync(project, { recursive: true, force: true });
  for (const member of members) {
    if (member.type !== 'file') continue;
    if (!isInsideFiles(`services/${member.name}`))
      throw new ServerError(`"${member.name}" leaves the archive's folder`);
    const path = projectPath(instance, member.name, 'services');
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, member.content);
  }
  const types = ['service', 'workflow_edge'];
  return json(
    await importProject(instance, user, { name, folder: 'services', import_export_types: types, service_import: true }),
  );
}

function importSheet({ instance, user, body }: WebVisit): Reply {
  const file = body.files.get('file');
  if (file === undefined) throw new ServerError("KeyError: 'file'");
  const { replace } = body.fields;
  return json(
    importTopology(instance, user, file.content, ['true', 'True', 'y', 'on', true].includes(replace as string)),
  );
}

export const migrationPages: readonly Page[] = [
  webPage('POST', 'migration_export', 'admin', async ({ instance, body }) =>
    json(await exportProject(instance, body.fields)),
  ),
  webPage('POST', 'migration_import', 'admin', async ({ instance, user, body }) =>
    json(await importProject(instance, user, body.fields)),
  ),
  webPage('POST', 'topology_export', 'access', async ({ instance, body }) =>
    json(await exportTopology(instance, body.fields['export_filename'])),
  ),
  webPage('POST', 'import_topology', 'admin', importSheet),
  webPage('GET', 'export_service', 'access', exportService),
  webPage('POST', 'import_services', 'access', importServices),
];
