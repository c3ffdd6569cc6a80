import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { circlesIn, importsIn, type Imports } from '../support/imports.ts';
import { withTempDir } from '../support/with-temp-dir.ts';

const table = 'cli/commands/index.ts';
const inCommand = /^cli\/commands\/([^/]+)\/(.+)$/u;

/** What the rules for the folders of commands forbid: each import as `who -> whom`, with the reason. */
function commandFaults(imports: Imports): readonly string[] {
  return [...imports].flatMap(([file, targets]) =>
    [...targets].flatMap((target) => {
      const [, from] = inCommand.exec(file) ?? [];
      const [, to, part = ''] = inCommand.exec(target) ?? [];
      if (to === undefined || from === to || file === table) return [];
      if (from !== undefined) return [`${file} -> ${target}: a command imports another`];
      const declares = part === 'flags.ts' || part === 'documents.ts';
      return declares ? [] : [`${file} -> ${target}: only the table of commands imports what runs`];
    }),
  );
}

describe('the imports in src', () => {
  const read = importsIn(fileURLToPath(new URL('../../src', import.meta.url)));

  test('the reader finds all imports', async () => {
    const imports = await read;
    const missing = [...imports.values()].flatMap((targets) => [...targets].filter((target) => !imports.has(target)));
    expect(missing).toEqual([]);
    expect(imports.get('cli/run.ts')).toContain('cli/program.ts');
    expect(imports.size).toBeGreaterThan(500);
  });

  test('no files import each other in a circle, not even for types', async () => {
    expect(circlesIn(await read)).toEqual([]);
  });

  test('only the table of commands imports what a command runs, and no command imports another', async () => {
    expect(commandFaults(await read)).toEqual([]);
  });
});

describe('the rules for imports', () => {
  /** Writes these files and reads their imports. */
  const importsOf = (files: Readonly<Record<string, string>>): Promise<Imports> =>
    withTempDir(async (folder) => {
      for (const [name, text] of Object.entries(files)) {
        await mkdir(dirname(join(folder, name)), { recursive: true });
        await writeFile(join(folder, name), text);
      }
      return importsIn(folder);
    });

  test.each([
    ['of values', "import { b } from '../b/b.ts';"],
    ['of types', "import type { B } from '../b/b.ts';"],
    ['of types among values', "import { type B } from '../b/b.ts';"],
    ['for its effect', "import '../b/b.ts';"],
    ['that is handed on', "export { b } from '../b/b.ts';"],
    ['that is handed on as a whole', "export * from '../b/b.ts';"],
    ['of types that are handed on', "export type { B } from '../b/b.ts';"],
    ['that waits until it is called', "const b = () => import('../b/b.ts');"],
    ['inside a type', "type B = import('../b/b.ts').B;"],
    ['of the type of a module', "type B = typeof import('../b/b.ts');"],
  ])('the rule notices a circle by an import %s', async (_, line) => {
    const imports = await importsOf({
      'a/a.ts': `${line}\n`,
      'b/b.ts': "export type { C } from './c.ts';\n",
      'b/c.ts': "import type { A } from '../a/a.ts';\n",
      'd.ts': "import './a/a.ts';\n",
    });
    expect(circlesIn(imports)).toEqual([['a/a.ts', 'b/b.ts', 'b/c.ts']]);
  });

  test('the rule notices a file that imports itself', async () => {
    expect(circlesIn(await importsOf({ 'a.ts': "import type { A } from './a.ts';" }))).toEqual([['a.ts']]);
  });

  test('the rule reports each of two circles once', async () => {
    const imports = await importsOf({
      'a.ts': "import './b.ts';\n",
      'b.ts': "import './a.ts'; import './c.ts';\n",
      'c.ts': "import './d.ts';\n",
      'd.ts': "import './c.ts';\n",
    });
    expect(circlesIn(imports)).toEqual([
      ['a.ts', 'b.ts'],
      ['c.ts', 'd.ts'],
    ]);
  });

  test('the rule sees no circle in a shared import, or in a comment or text about an import', async () => {
    const imports = await importsOf({
      'a.ts': "import './c.ts'; import './b.ts';\n",
      'b.ts': "import './c.ts'; // import './a.ts';\nconst text = \"import './a.ts'\";\n",
      'c.ts': 'const pattern = /`/; /* import("./a.ts") */\n',
    });
    expect(circlesIn(imports)).toEqual([]);
  });

  test('the rules notice imports between commands, and imports of what only the table may import', async () => {
    const imports = await importsOf({
      'cli/commands/index.ts': "const runs = [import('./job/show.ts'), import('./import/run.ts')];\n",
      'cli/commands/summary.ts': "import type { Show } from './job/show.ts';\n",
      'cli/commands/job/show.ts': "import type { JobFlags } from './flags.ts'; import '../summary.ts';\n",
      'cli/commands/job/flags.ts': '',
      'cli/commands/import/run.ts': "import type { JobFlags } from '../job/flags.ts';\n",
      'cli/program.ts': "import './commands/job/flags.ts'; import './commands/index.ts';\n",
      'cli/run.ts': "const run = () => import('./commands/import/run.ts');\n",
    });
    expect(commandFaults(imports)).toEqual([
      'cli/commands/import/run.ts -> cli/commands/job/flags.ts: a command imports another',
      'cli/commands/summary.ts -> cli/commands/job/show.ts: only the table of commands imports what runs',
      'cli/run.ts -> cli/commands/import/run.ts: only the table of commands imports what runs',
    ]);
  });
});
