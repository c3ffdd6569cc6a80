// POST migrate/export: a folder on the server's own disk, one YAML file per type, metadata.yaml last.
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { projectPath } from '../file-tree.ts';
import { scanSoon } from '../file-rows.ts';
import { pythonTime, type Instance } from '../instance.ts';
import { unmigratedProperties, type Selection } from '../model/kinds.ts';
import type { Item, Values } from '../objects.ts';
import { ServerError } from '../refusal.ts';
import { selection } from '../rest/visit.ts';
import { columnsOf, kindOf, relationNames } from '../serialize.ts';
import { Float, objectText, Tuple } from '../yaml/write.ts';

const pageSize = 500;

const isMap = (value: unknown): value is Values => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The product stores positions as tuples. */
const asTuples = (positions: Values): Values =>
  Object.fromEntries(
    Object.entries(positions).map(([key, value]) => [
      key,
      Array.isArray(value) ? new Tuple(value as unknown[]) : value,
    ]),
  );

/** An object as the file contains it, without nulls. */
export function exportedObject(instance: Instance, item: Item, withPrivate: boolean): Values {
  const properties = instance.custom.of(kindOf(item));
  const stays = unmigratedProperties[item.model];
  const exported: Record<string, unknown> = { name: item.name, type: item.type };
  for (const [name, value] of Object.entries(columnsOf(instance, item))) {
    if (value === null || stays?.has(name) === true) continue;
    if (!withPrivate && instance.custom.isPrivate(item.model, name)) continue;
    if (name === 'positions' && isMap(value)) exported[name] = asTuples(value);
    else exported[name] = properties[name]?.type === 'float' && typeof value === 'number' ? new Float(value) : value;
  }
  return { ...exported, ...relationNames(instance, item, ({ stays: here }) => !here) };
}

async function writeType(instance: Instance, file: string, { models, type }: Selection, withPrivate: boolean) {
  const handle = openSync(file, 'w');
  let written = 0;
  try {
    for (const model of models) {
      let after = 0;
      for (;;) {
        const page = instance.objects.page(model, after, pageSize);
        const last = page.at(-1);
        if (last === undefined) break;
        after = last.place;
        const wanted = type === undefined ? page : page.filter((item) => item.type === type);
        written += wanted.length;
        writeSync(handle, wanted.map((item) => objectText(exportedObject(instance, item, withPrivate))).join(''));
        await breathe();
      }
    }
    if (written === 0) writeSync(handle, '[]\n');
  } finally {
    closeSync(handle);
  }
}

function typesOf(value: unknown): readonly string[] {
  // The product takes a string as a list of its letters.
  if (typeof value === 'string') return Array.from(value);
  if (!Array.isArray(value)) throw new ServerError("KeyError: 'import_export_types'");
  return value.map(String);
}

/**
 * After a failure the files stay on disk as far as they were written. Without metadata.yaml an export is incomplete.
 */
export async function exportProject(instance: Instance, body: Values): Promise<null> {
  const { name } = body;
  if (typeof name !== 'string') throw new ServerError("KeyError: 'name'");
  const folder = projectPath(instance, name);
  mkdirSync(folder, { recursive: true });
  const types = typesOf(body['import_export_types']);
  if (types.length === 0) throw new ServerError('there is nothing to export');
  for (const type of types) {
    const file = join(folder, `${type.replaceAll(/[/\\]/g, '_')}.yaml`);
    writeFileSync(file, '');
    if (!('export_private_properties' in body)) throw new ServerError("KeyError: 'export_private_properties'");
    await writeType(instance, file, selection(type), Boolean(body['export_private_properties']));
  }
  if (instance.faults.take('missing-metadata') === undefined) {
    writeFileSync(join(folder, 'metadata.yaml'), `{export_time: ${pythonTime()}, version: ${instance.version}}\n`);
  }
  await scanSoon(instance, `/migrations/${name}`);
  return null;
}
