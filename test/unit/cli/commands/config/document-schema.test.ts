import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { progressEvent, progressJsonSchema } from '../../../../../src/cli/commands/config/progress-event.ts';
import type { reportBody } from '../../../../../src/cli/commands/report-document.ts';
import type { Report } from '../../../../../src/core/report/report.ts';
import { documents, documentSchema } from '../../../../support/documents.ts';
import { madeUpRun, madeUpWave } from '../../../../support/made-up-reports.ts';

/** Without `readonly`, and without the name of the document, which the schema adds. */
type Mutable<T> = T extends object ? { -readonly [K in keyof T]: Mutable<T[K]> } : T;

type JsonSchema = Parameters<typeof z.fromJSONSchema>[0];

describe('published schemas', () => {
  test.each([...documents.names])('%s has a schema of draft 2020-12 that names its document', (name) => {
    const schema = documents.jsonSchema(name) as JsonSchema & {
      properties: Record<string, unknown>;
      required: string[];
    };
    expect(schema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      additionalProperties: false,
      properties: { document: { const: `migrator/${name}/1` } },
    });
    expect(schema.required).toContain('document');
    // A schema that is read back still refuses another document and an empty one.
    const back = z.fromJSONSchema(schema);
    expect(back.safeParse({ document: 'migrator/other/1' }).success).toBe(false);
    expect(back.safeParse({}).success).toBe(false);
    // Validators in other languages do not support some regular expressions.
    expect(JSON.stringify(schema)).not.toMatch(/\\\\p\{|\(\?</);
  });

  test('an unknown name has no schema', () => {
    expect(documents.jsonSchema('no-such')).toBeUndefined();
    expect(documents.jsonSchema('toString')).toBeUndefined();
  });

  test('a document of another version or with an unknown field is refused', () => {
    const trust = { document: 'migrator/key-trust/1', keyId: 'A', name: 'a', file: 'a.pub' };
    expect(documentSchema('key-trust').safeParse(trust).success).toBe(true);
    expect(documentSchema('key-trust').safeParse({ ...trust, document: 'migrator/key-trust/2' }).success).toBe(false);
    expect(documentSchema('key-trust').safeParse({ ...trust, more: 1 }).success).toBe(false);
  });

  test.each([
    ['a run', madeUpRun()],
    ['a wave', madeUpWave({ items: 40 })],
  ])('the report of %s fits its schema, and not with a field more', (_, report) => {
    const schema = documentSchema('report');
    const plain = JSON.parse(JSON.stringify(report)) as object;
    expect(schema.safeParse(plain).error).toBeUndefined();
    expect(schema.safeParse({ ...plain, more: 1 }).success).toBe(false);
    // What the types and the schema say is the same: this does not compile otherwise.
    const typed: z.infer<z.ZodObject<typeof reportBody>> = report as Mutable<Report>;
    expect(typed.verb).toBe(report.verb);
  });

  test('a progress event is checked by its type', () => {
    const back = z.fromJSONSchema(progressJsonSchema() as JsonSchema);
    const time = '2026-01-02T03:04:05.000Z';
    for (const schema of [progressEvent, back]) {
      expect(schema.safeParse({ time, type: 'phase', name: 'seal', subject: 'x.tar' }).success).toBe(true);
      expect(schema.safeParse({ time, type: 'error', code: 'USAGE', message: 'x', exitCode: 2 }).success).toBe(true);
      expect(schema.safeParse({ time, type: 'phase', name: 'seal' }).success).toBe(false);
      expect(schema.safeParse({ time, type: 'rumour', message: 'x' }).success).toBe(false);
    }
  });
});
