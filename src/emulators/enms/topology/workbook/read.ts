// Reads the values of .xls files (BIFF8): texts, numbers, booleans and the last results of formulas.
import { readCompoundFile, SpreadsheetError } from './compound-file.ts';

export type Cell = string | number | boolean;

export interface ReadSheet {
  readonly name: string;
  /** Ends with the last cell that is not empty; empty cells before it are ''. */
  readonly rows: readonly (readonly Cell[])[];
}

interface Entry {
  readonly id: number;
  readonly data: Buffer;
}

const ids = {
  beginning: 0x0809,
  end: 0x000a,
  continuation: 0x003c,
  encrypted: 0x002f,
  boundSheet: 0x0085,
  sharedStrings: 0x00fc,
  sharedLabel: 0x00fd,
  label: 0x0204,
  richLabel: 0x00d6,
  number: 0x0203,
  rk: 0x027e,
  severalRk: 0x00bd,
  truth: 0x0205,
  formula: 0x0006,
  formulaText: 0x0207,
} as const;

function* entries(stream: Buffer, start: number): Generator<Entry> {
  for (let at = start; at + 4 <= stream.length;) {
    const length = stream.readUInt16LE(at + 2);
    const data = stream.subarray(at + 4, at + 4 + length);
    if (data.length < length) throw new SpreadsheetError('the workbook ends in the middle of a record');
    yield { id: stream.readUInt16LE(at), data };
    at += 4 + length;
  }
}

/** Reads texts that continue in further records. Each record begins with a width flag for the rest of the text. */
function readSharedStrings(records: readonly Buffer[]): readonly string[] {
  let number = 0;
  let at = 8;
  const current = () => {
    const found = records[number];
    if (found === undefined) throw new SpreadsheetError('the shared strings end too soon');
    return found;
  };
  const onward = () => {
    while (at >= current().length) {
      at -= current().length;
      number += 1;
    }
  };
  const take = (count: number) => {
    onward();
    const bytes = current().subarray(at, at + count);
    at += count;
    return bytes;
  };
  const skip = (count: number) => {
    let left = count;
    while (left > 0) {
      onward();
      const step = Math.min(left, current().length - at);
      at += step;
      left -= step;
    }
  };
  const one = (): string => {
    const length = take(2).readUInt16LE();
    let flags = take(1).readUInt8();
    const runs = (flags & 8) === 0 ? 0 : take(2).readUInt16LE();
    const extra = (flags & 4) === 0 ? 0 : take(4).readUInt32LE();
    let text = '';
    while (text.length < length) {
      if (at >= current().length) {
        number += 1;
        at = 0;
        flags = (flags & ~1) | (take(1).readUInt8() & 1);
      }
      const width = (flags & 1) === 0 ? 1 : 2;
      const room = Math.min(length - text.length, Math.floor((current().length - at) / width));
      if (room === 0) throw new SpreadsheetError('a shared string is torn');
      text += take(room * width).toString(width === 1 ? 'latin1' : 'utf16le');
    }
    skip(runs * 4 + extra);
    return text;
  };
  const [first] = records;
  const count = first === undefined || first.length < 8 ? 0 : first.readUInt32LE(4);
  const texts: string[] = [];
  while (texts.length < count) texts.push(one());
  return texts;
}

function textAt(data: Buffer, at: number): string {
  const length = data.readUInt16LE(at);
  const wide = (data.readUInt8(at + 2) & 1) === 1;
  return data.toString(wide ? 'utf16le' : 'latin1', at + 3, at + 3 + length * (wide ? 2 : 1));
}

function rkNumber(value: number): number {
  const bytes = Buffer.alloc(8);
  bytes.writeInt32LE(value & ~3, 4);
  const number = (value & 2) === 0 ? bytes.readDoubleLE() : value >> 2;
  return (value & 1) === 0 ? number : number / 100;
}

function severalNumbers(data: Buffer): readonly (readonly [number, Cell])[] {
  const first = data.readUInt16LE(2);
  const count = Math.floor((data.length - 6) / 6);
  return Array.from({ length: count }, (_, index) => [first + index, rkNumber(data.readInt32LE(6 + index * 6))]);
}

/** The result of a formula: a number or a boolean. Undefined when a text follows in the next record. */
function formulaValue(data: Buffer): Cell | undefined {
  if (data.readUInt16LE(12) !== 0xffff) return data.readDoubleLE(6);
  switch (data.readUInt8(6)) {
    case 0:
      return undefined;
    case 1:
      return data.readUInt8(8) !== 0;
    default:
      return '';
  }
}

function readSheet(stream: Buffer, start: number, strings: readonly string[]): readonly (readonly Cell[])[] {
  const rows: Cell[][] = [];
  const put = (row: number, column: number, value: Cell) => {
    while (rows.length <= row) rows.push([]);
    const cells = rows[row] ?? [];
    while (cells.length <= column) cells.push('');
    cells[column] = value;
  };
  let pending: readonly [number, number] | undefined;
  let depth = 0;
  for (const { id, data } of entries(stream, start)) {
    if (id === ids.beginning) depth += 1;
    if (id === ids.end) {
      depth -= 1;
      if (depth <= 0) break;
    }
    if (depth !== 1) continue;
    const at = () => [data.readUInt16LE(0), data.readUInt16LE(2)] as const;
    switch (id) {
      case ids.sharedLabel: {
        const text = strings[data.readUInt32LE(6)];
        if (text === undefined) throw new SpreadsheetError('a cell names a text that is not there');
        put(...at(), text);
        break;
      }
      case ids.label:
      case ids.richLabel:
        put(...at(), textAt(data, 6));
        break;
      case ids.number:
        put(...at(), data.readDoubleLE(6));
        break;
      case ids.rk:
        put(...at(), rkNumber(data.readInt32LE(6)));
        break;
      case ids.severalRk:
        for (const [column, value] of severalNumbers(data)) put(data.readUInt16LE(0), column, value);
        break;
      case ids.truth:
        put(...at(), data.readUInt8(7) === 0 ? data.readUInt8(6) !== 0 : '');
        break;
      case ids.formula: {
        const value = formulaValue(data);
        pending = value === undefined ? at() : undefined;
        if (value !== undefined) put(...at(), value);
        break;
      }
      case ids.formulaText:
        if (pending !== undefined) put(...pending, textAt(data, 0));
        pending = undefined;
        break;
      default:
    }
  }
  return rows;
}

function read(content: Uint8Array): readonly ReadSheet[] {
  const stream = readCompoundFile(content, ['Workbook']);
  const bounds: { readonly name: string; readonly start: number }[] = [];
  const shared: Buffer[] = [];
  let before = 0;
  for (const { id, data } of entries(stream, 0)) {
    if (id === ids.end) break;
    if (id === ids.beginning && data.readUInt16LE(0) !== 0x0600)
      throw new SpreadsheetError('this is not a BIFF8 workbook');
    if (id === ids.encrypted) throw new SpreadsheetError('the workbook is encrypted');
    if (id === ids.boundSheet && data.readUInt8(5) === 0) {
      const wide = (data.readUInt8(7) & 1) === 1;
      const name = data.toString(wide ? 'utf16le' : 'latin1', 8, 8 + data.readUInt8(6) * (wide ? 2 : 1));
      bounds.push({ name, start: data.readUInt32LE(0) });
    }
    if (id === ids.sharedStrings || (id === ids.continuation && before === ids.sharedStrings)) shared.push(data);
    if (id !== ids.continuation) before = id;
  }
  const strings = readSharedStrings(shared);
  return bounds.map(({ name, start }) => ({ name, rows: readSheet(stream, start, strings) }));
}

/** The sheets in their order. SpreadsheetError when the file is damaged or not BIFF8 (.xlsx, older .xls). */
export function readWorkbook(content: Uint8Array): readonly ReadSheet[] {
  try {
    return read(content);
  } catch (cause) {
    if (cause instanceof SpreadsheetError) throw cause;
    throw new SpreadsheetError('the workbook is damaged', { cause });
  }
}
