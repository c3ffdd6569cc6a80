// Writes .xls files (BIFF8) whose cells are text.
import { SpreadsheetError, writeCompoundFile } from './compound-file.ts';

export interface Sheet {
  readonly name: string;
  /** Undefined is an empty cell. */
  readonly rows: readonly (readonly (string | undefined)[])[];
}

/** The limits of the format. */
const mostRows = 65_536;
const mostColumns = 256;
const longestText = 32_767;
const longestRecord = 8224;

function record(id: number, data: Uint8Array): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(id);
  head.writeUInt16LE(data.length, 2);
  return Buffer.concat([head, data]);
}

/** Little-endian 16-bit words. */
function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [index, value] of values.entries()) bytes.writeUInt16LE(value, index * 2);
  return bytes;
}

const beginning = (kind: number) => record(0x0809, words(0x0600, kind, 0x0dbb, 0x07cc, 0, 0, 6, 0));
const end = () => record(0x000a, new Uint8Array());

function font(): Buffer {
  const name = Buffer.from('Arial');
  return record(
    0x0031,
    Buffer.concat([words(200, 0, 0x7fff, 400, 0), Buffer.from([0, 0, 0, 0, name.length, 0]), name]),
  );
}

/** The fifteen styles that every file has, and the format of the cells. */
function formats(): Buffer {
  const format = (isStyle: boolean) =>
    record(
      0x00e0,
      Buffer.concat([
        words(0, 0, isStyle ? 0xfff5 : 1),
        Buffer.from([0x20, 0, 0, isStyle ? 0xf4 : 0]),
        words(0, 0, 0, 0, 0x20c0),
      ]),
    );
  return Buffer.concat([
    ...Array.from({ length: 15 }, () => format(true)),
    format(false),
    record(0x0293, words(0x8000, 0xff00)),
  ]);
}

const isNarrow = (text: string) => !/[^\0-\xff]/.test(text);
const encoded = (text: string, narrow: boolean) => Buffer.from(text, narrow ? 'latin1' : 'utf16le');

/** All texts, each once. A text that does not fit into a record continues in the next one, after a new width flag. */
function sharedStrings(texts: readonly string[], uses: number): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(uses);
  head.writeUInt32LE(texts.length, 4);
  const records: Buffer[] = [];
  let parts: Buffer[] = [head];
  let used = head.length;
  const flush = () => {
    records.push(record(records.length === 0 ? 0x00fc : 0x003c, Buffer.concat(parts)));
    parts = [];
    used = 0;
  };
  const add = (bytes: Buffer) => {
    parts.push(bytes);
    used += bytes.length;
  };
  for (const text of texts) {
    const narrow = isNarrow(text);
    const width = narrow ? 1 : 2;
    const flag = narrow ? 0 : 1;
    if (used + 3 + (text === '' ? 0 : width) > longestRecord) flush();
    add(Buffer.concat([words(text.length), Buffer.from([flag])]));
    let rest = encoded(text, narrow);
    while (rest.length > 0) {
      const room = Math.floor((longestRecord - used) / width) * width;
      add(rest.subarray(0, room));
      rest = rest.subarray(room);
      if (rest.length === 0) break;
      flush();
      add(Buffer.from([flag]));
    }
  }
  flush();
  return Buffer.concat(records);
}

function sheetName(name: string): Buffer {
  const narrow = isNarrow(name);
  return Buffer.concat([Buffer.from([name.length, narrow ? 0 : 1]), encoded(name, narrow)]);
}

function boundSheet(name: string, offset: number): Buffer {
  const head = Buffer.alloc(6);
  head.writeUInt32LE(offset);
  return record(0x0085, Buffer.concat([head, sheetName(name)]));
}

function cell(row: number, column: number, index: number): Buffer {
  const bytes = Buffer.alloc(14);
  bytes.writeUInt16LE(0x00fd);
  bytes.writeUInt16LE(10, 2);
  bytes.writeUInt16LE(row, 4);
  bytes.writeUInt16LE(column, 6);
  bytes.writeUInt16LE(15, 8);
  bytes.writeUInt32LE(index, 10);
  return bytes;
}

function sheetStream({ rows }: Sheet, indexOf: (text: string) => number): Buffer {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const size = Buffer.alloc(14);
  size.writeUInt32LE(rows.length, 4);
  size.writeUInt16LE(columns, 10);
  const cells = rows.flatMap((row, y) =>
    row.flatMap((text, x) => (text === undefined ? [] : [cell(y, x, indexOf(text))])),
  );
  return Buffer.concat([
    beginning(0x0010),
    record(0x0200, size),
    ...cells,
    record(0x023e, words(0x06b6, 0, 0, 0x40, 0, 0, 0, 0, 0)),
    end(),
  ]);
}

function check({ name, rows }: Sheet): void {
  if (rows.length > mostRows) throw new SpreadsheetError(`the sheet "${name}" has more than ${mostRows} rows`);
  for (const row of rows) {
    if (row.length > mostColumns)
      throw new SpreadsheetError(`the sheet "${name}" has more than ${mostColumns} columns`);
    if (row.some((text) => (text?.length ?? 0) > longestText)) {
      throw new SpreadsheetError(`the sheet "${name}" has a text of more than ${longestText} characters`);
    }
  }
}

/** A whole workbook. SpreadsheetError beyond the limits of the format: 65,536 rows, 256 columns, 32,767 characters. */
export function writeWorkbook(sheets: readonly Sheet[]): Uint8Array {
  sheets.forEach(check);
  const texts = new Map<string, number>();
  let uses = 0;
  const indexOf = (text: string) => {
    uses += 1;
    const index = texts.get(text) ?? texts.size;
    texts.set(text, index);
    return index;
  };
  const streams = sheets.map((sheet) => sheetStream(sheet, indexOf));
  const before = Buffer.concat([
    beginning(0x0005),
    record(0x0042, words(1200)),
    record(0x003d, words(0, 0, 0x4000, 0x2000, 0x38, 0, 0, 1, 600)),
    ...Array.from({ length: 4 }, font),
    formats(),
  ]);
  const strings = sharedStrings([...texts.keys()], uses);
  const bounds = sheets.reduce((sum, { name }) => sum + boundSheet(name, 0).length, 0);
  let offset = before.length + bounds + strings.length + end().length;
  const places = streams.map((stream, index) => {
    const bound = boundSheet(sheets[index]?.name ?? '', offset);
    offset += stream.length;
    return bound;
  });
  return writeCompoundFile('Workbook', Buffer.concat([before, ...places, strings, end(), ...streams]));
}
