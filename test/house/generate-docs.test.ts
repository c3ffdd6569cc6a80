import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { everyCommand, examplesOf, program } from '../support/commands.ts';
import { has, run, testWith } from '../support/programs.ts';
import { tempDirs } from '../support/with-temp-dir.ts';

const script = fileURLToPath(new URL('../../scripts/generate-docs.mjs', import.meta.url));
const all = everyCommand(await program()).map(([path, command]) => ({
  name: ['migrator', ...path].join('-'),
  command,
}));

describe('the generated pages', () => {
  const tempDir = tempDirs();
  let pages: ReadonlyMap<string, string>;
  let manuals: ReadonlyMap<string, string>;

  beforeAll(async () => {
    const folder = await tempDir();
    run(process.execPath, [script, folder], { cwd: folder });
    const below = async (name: string) =>
      new Map(
        await Promise.all(
          (await readdir(join(folder, name))).map(async (file): Promise<[string, string]> => [
            file,
            await readFile(join(folder, name, file), 'utf8'),
          ]),
        ),
      );
    [pages, manuals] = [await below('cli'), await below('man')];
  });

  test('each command has one page and one manual, and there is no other', () => {
    expect([...pages.keys()].sort()).toEqual(all.map(({ name }) => `${name}.md`).sort());
    expect([...manuals.keys()].sort()).toEqual(all.map(({ name }) => `${name}.1`).sort());
  });

  test.each(all)(
    'the page and the manual of $name have its flags, arguments, commands and examples',
    ({ name, command }) => {
      const page = pages.get(`${name}.md`)!;
      const manual = manuals.get(`${name}.1`)!.replaceAll('\\-', '-');
      for (const text of [page, manual]) {
        for (const option of command.options.filter((one) => !one.hidden)) expect(text).toContain(option.flags);
        for (const argument of command.registeredArguments) expect(text).toContain(argument.name());
        for (const child of command.commands) expect(text).toContain(`${name}-${child.name()}`);
        for (const example of examplesOf(command)) expect(text).toContain(example);
      }
    },
  );

  testWith(['man'], 'the manual of import reads as a man page', () => {
    const text = run('man', ['-l', '-'], { cwd: '.', input: manuals.get('migrator-import.1')! });
    expect(text).toContain('OCTOPUS DEPLOY OPTIONS');
    expect(has('man')).toBe(true);
  });
});
