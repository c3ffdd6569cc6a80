// Imports a workbook of devices and links. Each cell is converted to the type of its column as Python does it. Rows
// that the database then refuses are left out.
import { messageOf } from '../../shared/error-members.ts';
import { emptyModel } from '../delete-object.ts';
import type { Instance } from '../instance.ts';
import { kindNamed } from '../model/kinds.ts';
import type { Property } from '../model/property.ts';
import type { Item, Values } from '../objects.ts';
import { computePools } from '../pools.ts';
import { ServerError } from '../refusal.ts';
import { reference } from '../serialize.ts';
import { setRelation, writeColumns } from '../write-object.ts';
import { readWorkbook, type Cell, type ReadSheet } from './workbook/read.ts';

/** Converts a cell: a number in a text column becomes `22.0`, and every text except the empty one is true. */
function converted(value: Cell, type: Property['type'] | undefined): unknown {
  switch (type) {
    case 'bool':
      return value !== '' && value !== 0 && value !== false;
    case 'int': {
      const read =
        typeof value === 'string' ? (/^\s*[-+]?\d+\s*$/.test(value) ? Number(value) : Number.NaN) : Number(value);
      if (Number.isNaN(read)) throw new ServerError(`ValueError: invalid literal for int(): '${String(value)}'`);
      return Math.trunc(read);
    }
    case 'float':
      return Number(value);
    case 'dict':
    case 'list':
      return value;
    default:
      return typeof value === 'number' && Number.isInteger(value) ? value.toFixed(1) : String(value);
  }
}

function rowValues(
  header: readonly Cell[],
  row: readonly Cell[],
  properties: Readonly<Record<string, Property>>,
): Values {
  const values: Record<string, unknown> = {};
  for (const [index, name] of header.entries()) {
    if (typeof name !== 'string' || name === '') continue;
    values[name] = converted(row[index] ?? '', properties[name]?.type);
  }
  return values;
}

function endOf(instance: Instance, values: Values, end: 'source' | 'destination'): Item | undefined {
  const name = values[`${end}_name`];
  if (typeof name !== 'string') return undefined;
  const device = instance.objects.find('device', name);
  if (device === undefined) throw new ServerError(`Exception: There is no device named '${name}'`);
  return device;
}

function importRow(instance: Instance, caller: Item, model: 'device' | 'link', values: Values): void {
  const ends = model === 'link' ? (['source', 'destination'] as const) : [];
  const found = ends.map((end) => [end, endOf(instance, values, end)] as const);
  const { item, isNew } = writeColumns(instance, model, values, { caller });
  for (const [end, device] of found)
    if (device !== undefined) setRelation(instance, item, reference(item, end), [device]);
  if (isNew) setRelation(instance, item, reference(item, 'owners'), [caller]);
}

function importSheet(instance: Instance, caller: Item, model: 'device' | 'link', { rows }: ReadSheet): boolean {
  const kind = kindNamed(model);
  const [header, ...others] = rows;
  if (kind === undefined || header === undefined) return true;
  const properties = instance.custom.of(kind);
  let complete = true;
  for (const row of others) {
    try {
      instance.objects.atomically(() => importRow(instance, caller, model, rowValues(header, row, properties)));
    } catch (error) {
      complete = false;
      instance.log(`topology: a ${model} was refused: ${messageOf(error)}`);
    }
  }
  return complete;
}

/** Imports a workbook. What is not a workbook fails only after the devices were deleted. */
export function importTopology(instance: Instance, caller: Item, content: Uint8Array, replace: boolean): string {
  if (replace) emptyModel(instance, 'device', caller);
  const sheets = readWorkbook(content);
  const complete = instance.objects.atomically(() =>
    (['device', 'link'] as const)
      .map((model) => {
        const sheet = sheets.find(({ name }) => name === model);
        return sheet === undefined || importSheet(instance, caller, model, sheet);
      })
      .every(Boolean),
  );
  instance.objects.atomically(() => computePools(instance));
  return complete ? 'Topology successfully imported.' : 'Partial import (see logs).';
}
