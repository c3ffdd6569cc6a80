import { describe, expect, test } from '@jest/globals';
import {
  writeCompoundFile,
  readCompoundFile,
} from '../../../../../../src/emulators/enms/topology/workbook/compound-file.ts';
import { readWorkbook } from '../../../../../../src/emulators/enms/topology/workbook/read.ts';
import { writeWorkbook } from '../../../../../../src/emulators/enms/topology/workbook/write.ts';
import { fc } from '../../../../../support/property.ts';

const biff = (id: number, ...parts: readonly Uint8Array[]) => {
  const data = Buffer.concat(parts);
  const head = Buffer.alloc(4);
  head.writeUInt16LE(id);
  head.writeUInt16LE(data.length, 2);
  return Buffer.concat([head, data]);
};
const words = (...values: readonly number[]) => {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, index) => bytes.writeUInt16LE(value, index * 2));
  return bytes;
};
const long = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
};
const double = (value: number) => {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
};
const narrow = (text: string) => Buffer.concat([words(text.length), Buffer.from([0]), Buffer.from(text, 'latin1')]);

/** A workbook with one sheet of the given records. */
function workbookOf(records: readonly Buffer[], strings: readonly Buffer[] = []): Buffer {
  const start = biff(0x0809, words(0x0600, 5, 0, 0, 0, 0, 0, 0));
  const end = biff(0x000a);
  const bound = (offset: number) => biff(0x0085, long(offset), Buffer.from([0, 0, 1, 0]), Buffer.from('S'));
  const offset = start.length + bound(0).length + Buffer.concat(strings).length + end.length;
  const sheet = [biff(0x0809, words(0x0600, 0x10, 0, 0, 0, 0, 0, 0)), ...records, end];
  return writeCompoundFile('Workbook', Buffer.concat([start, bound(offset), ...strings, end, ...sheet]));
}

describe('a workbook', () => {
  test('is read as it was written', () => {
    const rows = [['name', undefined, 'naïve'], [], ['', '日本', '😀'.repeat(9)]];
    const sheets = readWorkbook(
      writeWorkbook([
        { name: 'device', rows },
        { name: 'Ünïcødé 漢', rows: [] },
      ]),
    );
    expect(sheets).toEqual([
      { name: 'device', rows: [['name', '', 'naïve'], [], ['', '日本', '😀'.repeat(9)]] },
      { name: 'Ünïcødé 漢', rows: [] },
    ]);
  });

  test('can have texts of any length and script', () => {
    const cell = fc.oneof(
      fc.string({ maxLength: 40, unit: 'binary' }),
      fc.string({ maxLength: 9000, minLength: 7000 }),
    );
    fc.assert(
      fc.property(fc.array(fc.array(cell, { maxLength: 5 }), { maxLength: 8 }), (rows) => {
        const [sheet] = readWorkbook(writeWorkbook([{ name: 's', rows }]));
        const last = rows.findLastIndex((row) => row.length > 0);
        expect(sheet!.rows).toEqual(rows.slice(0, last + 1));
      }),
      { numRuns: 25 },
    );
  });

  test('of eight megabytes has a table for its table of sectors', () => {
    const rows = Array.from({ length: 400 }, (_, index) => [`${index} ${'x'.repeat(21_000)}`]);
    const bytes = writeWorkbook([{ name: 's', rows }]);
    expect(bytes.length).toBeGreaterThan(8_000_000);
    expect(readWorkbook(bytes)[0]!.rows).toEqual(rows);
  });

  test('refuses what the format cannot hold', () => {
    const write = (rows: string[][]) => () => writeWorkbook([{ name: 's', rows }]);
    expect(write(Array.from({ length: 65_537 }, () => []))).toThrow('more than 65536 rows');
    expect(write([Array.from({ length: 257 }, () => '')])).toThrow('more than 256 columns');
    expect(write([['x'.repeat(32_768)]])).toThrow('more than 32767 characters');
  });
});

describe('a workbook of another writer', () => {
  test('can have numbers, booleans, errors and results of formulas', () => {
    const cell = (row: number, column: number) => words(row, column, 0);
    const formula = (row: number, column: number, value: Uint8Array) =>
      biff(0x0006, cell(row, column), value, words(0), Buffer.alloc(4), words(0));
    const bytes = workbookOf([
      biff(0x0203, cell(0, 0), double(1.25)),
      biff(0x027e, cell(0, 1), long((22 << 2) | 2)),
      biff(0x027e, cell(0, 2), long((1234 << 2) | 3)),
      biff(0x00bd, words(1, 0), words(0), long((7 << 2) | 2), words(0), long((-3 << 2) | 2), words(1)),
      biff(0x0205, cell(2, 0), Buffer.from([1, 0])),
      biff(0x0205, cell(2, 1), Buffer.from([42, 1])),
      biff(0x0204, cell(2, 2), narrow('label')),
      formula(3, 0, double(6.5)),
      formula(3, 1, Buffer.from([0, 0, 0, 0, 0, 0, 0xff, 0xff])),
      biff(0x0207, narrow('came to')),
      formula(3, 2, Buffer.from([1, 0, 1, 0, 0, 0, 0xff, 0xff])),
      biff(0x0201, cell(9, 9)),
    ]);
    expect(readWorkbook(bytes)).toEqual([
      {
        name: 'S',
        rows: [
          [1.25, 22, 12.34],
          [7, -3],
          [true, '', 'label'],
          [6.5, 'came to', true],
        ],
      },
    ]);
  });

  test('can have formatted texts that continue in a record of another width', () => {
    const rich = Buffer.concat([words(3), Buffer.from([8]), words(2), Buffer.from('abc'), Buffer.alloc(8)]);
    const torn = Buffer.concat([words(4), Buffer.from([0]), Buffer.from('ab')]);
    const strings = [
      biff(0x00fc, long(2), long(2), rich, torn),
      biff(0x003c, Buffer.from([1]), Buffer.from('日本', 'utf16le')),
    ];
    const shared = (column: number, index: number) => biff(0x00fd, words(0, column, 0), long(index));
    expect(readWorkbook(workbookOf([shared(0, 0), shared(1, 1)], strings))[0]!.rows).toEqual([['abc', 'ab日本']]);
  });

  test.each([
    ['an empty file', Buffer.alloc(0), 'this is not an .xls file'],
    ['an .xlsx', Buffer.concat([Buffer.from('PK'), Buffer.alloc(1000)]), 'this is not an .xls file'],
    ['another document', writeCompoundFile('WordDocument', Buffer.alloc(10)), 'the file has no workbook'],
    [
      'an older workbook',
      writeCompoundFile('Workbook', biff(0x0809, words(0x0500, 5))),
      'this is not a BIFF8 workbook',
    ],
    ['an encrypted one', workbookOf([], [biff(0x002f, words(0))]), 'the workbook is encrypted'],
    ['a cell without its text', workbookOf([biff(0x00fd, words(0, 0, 0), long(5))]), 'names a text that is not there'],
  ])('%s is refused', (_, bytes, message) => {
    expect(() => readWorkbook(bytes)).toThrow(message);
  });

  test('that is damaged anywhere is refused or read, and never hangs the reader', () => {
    const whole = Buffer.from(writeWorkbook([{ name: 's', rows: [['one', 'two'], ['three']] }]));
    for (let at = 0; at < whole.length; at += 7) {
      const damaged = Buffer.from(whole);
      damaged[at] = 0xee;
      let end = 'read';
      try {
        readWorkbook(damaged);
      } catch (error) {
        end = (error as Error).name;
      }
      expect(['read', 'SpreadsheetError']).toContain(end);
    }
    expect(() => readWorkbook(whole.subarray(0, 1500))).toThrow();
  });

  test('with a chain of sectors in a circle is refused', () => {
    const bytes = writeCompoundFile('Workbook', Buffer.alloc(6000));
    const fat = bytes.readUInt32LE(76);
    bytes.writeUInt32LE(0, (fat + 1) * 512 + 8);
    expect(() => readCompoundFile(bytes, ['Workbook'])).toThrow('has no end');
  });
});
