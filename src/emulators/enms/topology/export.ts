// Writes devices and links as a workbook on the server's disk. Every cell is text; columns that do not migrate are
// empty.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { scanSoon } from '../file-rows.ts';
import { filePath } from '../file-tree.ts';
import type { Instance } from '../instance.ts';
import { bulkyProperties, kindNamed } from '../model/kinds.ts';
import type { Item } from '../objects.ts';
import { pythonText } from '../python-text.ts';
import { ServerError } from '../refusal.ts';
import { columnsOf, propertiesOf } from '../serialize.ts';
import { writeWorkbook, type Sheet } from './workbook/write.ts';

const pageSize = 500;
const blank = { device: new Set(['id', ...bulkyProperties]), link: new Set(['id', 'source_name', 'destination_name']) };

function columnNames(instance: Instance, model: 'device' | 'link'): readonly string[] {
  const kind = kindNamed(model);
  if (kind === undefined) throw new ServerError(`KeyError: '${model}'`);
  const stored = Object.keys(instance.custom.of(kind)).filter((name) => !instance.custom.isPrivate(model, name));
  return ['id', 'name', 'type', ...(model === 'link' ? ['source_name', 'destination_name'] : []), ...stored];
}

function sheetOf(instance: Instance, model: 'device' | 'link'): Sheet {
  const names = columnNames(instance, model);
  const shown = (name: string) => !blank[model].has(name);
  const rowOf = (item: Item) => {
    const facts: Readonly<Record<string, unknown>> = { ...columnsOf(instance, item), ...propertiesOf(instance, item) };
    return names.map((name) => (shown(name) ? pythonText(facts[name]) : undefined));
  };
  const rows: (readonly (string | undefined)[])[] = [names.map((name) => (shown(name) ? name : undefined))];
  let after = 0;
  for (;;) {
    const page = instance.objects.page(model, after, pageSize);
    const last = page.at(-1);
    if (last === undefined) return { name: model, rows };
    rows.push(...page.map(rowOf));
    after = last.place;
  }
}

/** Writes `files/spreadsheets/<name>`. A name without a dot gets `.xls`. */
export async function exportTopology(instance: Instance, name: unknown): Promise<null> {
  if (typeof name !== 'string') throw new ServerError("KeyError: 'export_filename'");
  const file = name.includes('.') ? name : `${name}.xls`;
  const path = filePath(instance, `spreadsheets/${file}`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, writeWorkbook([sheetOf(instance, 'device'), sheetOf(instance, 'link')]));
  await scanSoon(instance, '/spreadsheets');
  return null;
}
