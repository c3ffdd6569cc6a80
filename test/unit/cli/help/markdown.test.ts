import { describe, expect, test } from '@jest/globals';
import stringWidth from 'string-width';
import { printed } from '../../../../src/cli/help/markdown.ts';
import { pages } from '../../../../src/cli/help/pages.ts';

describe('a page printed for a terminal', () => {
  test('loses the marks of Markdown and keeps what they say', () => {
    const page = [
      '# A `title`',
      '',
      'Some **bold** text with `code`, see [jobs](jobs.md) and',
      '[a site](https://example.org) or [why](decisions/0001-x.md).',
      '',
      '- one',
      '  goes on',
      '- two',
      '',
      '```sh',
      'migrator   job wait | jq .',
      '```',
    ].join('\n');
    expect(printed(page, 62)).toBe(
      [
        'A title',
        '',
        '  Some bold text with code, see jobs (migrator help jobs) and',
        '  a site (https://example.org) or why.',
        '',
        '  - one goes on',
        '  - two',
        '',
        '    migrator   job wait | jq .',
      ].join('\n'),
    );
  });

  test('has tables in columns where they fit, and wraps the last one', () => {
    const table =
      '| code | means |\n| ---- | ----- |\n| 0 | done |\n| 10 | this machine refused \\| the disk is full |';
    expect(printed(table, 50).split('\n')).toEqual([
      '  code  means',
      '  0     done',
      '  10    this machine refused | the disk is full',
    ]);
  });

  test('has each row of a wide table as a term with its text below', () => {
    const name = '`instances.<name>.a.long.key.of.the.file`';
    const table = `| key | what |\n| --- | --- |\n| ${name} | the text that says what this key is for |`;
    expect(printed(table, 50).split('\n')).toEqual([
      '  instances.<name>.a.long.key.of.the.file',
      '    the text that says what this key is for',
    ]);
  });

  test('fits 40, 80 and 120 columns on every page, but for code and words that are longer', async () => {
    for (const { name, markdown } of await pages()) {
      for (const width of [40, 80, 120]) {
        const wide = printed(markdown, width)
          .split('\n')
          .filter((line) => stringWidth(line) > width && !line.startsWith('    ') && /\S \S/.test(line.trim()))
          .filter((line) =>
            line
              .trim()
              .split(/\s+/)
              .every((word) => stringWidth(word) < width - 16),
          )
          // A heading is one line, as it is in the page.
          .filter((line) => line.startsWith(' '));
        expect({ name, width, wide }).toEqual({ name, width, wide: [] });
      }
    }
  });

  test('keeps every word of every page', async () => {
    const bare = (text: string) => text.replace(/[^a-z0-9]+/giu, ' ');
    for (const { name, markdown } of await pages()) {
      const text = ` ${bare(printed(markdown, 80))} `;
      const prose = markdown.replace(/\]\([^)]*\)/gu, ' ').replace(/^```\w*$/gmu, '');
      const heads = new Set(
        markdown
          .split('\n')
          .flatMap((line, at, all) => (/^\|[\s:|-]+\|$/u.test(all[at + 1] ?? '') ? bare(line).split(' ') : [])),
      );
      const lost = bare(prose)
        .split(' ')
        .filter((word) => word !== '' && !heads.has(word) && !text.includes(` ${word} `));
      expect({ name, lost }).toEqual({ name, lost: [] });
    }
  });
});

describe('the pages', () => {
  test('topics are those that the help promises, and each fits few screens', async () => {
    const topics = (await pages()).filter(({ isTopic }) => isTopic);
    expect(topics.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['config', 'exit-codes', 'global-flags', 'jobs', 'packages', 'secrets']),
    );
    for (const { name, title, markdown } of topics) {
      expect(title).not.toBe('');
      expect({ name, short: printed(markdown, 80).split('\n').length <= 100 }).toEqual({ name, short: true });
    }
  });

  test('no two pages have one name', async () => {
    const names = (await pages()).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
