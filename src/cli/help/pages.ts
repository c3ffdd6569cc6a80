import { readdir, readFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One page of docs/. A topic is a page of one screen; the others are longer. */
export interface Page {
  readonly name: string;
  readonly isTopic: boolean;
  readonly title: string;
  readonly markdown: string;
}

/** Two folders above this file, in the repository and in the installed package. */
const docs = fileURLToPath(new URL('../../../docs', import.meta.url));
const folders = ['topics', '', 'adapters'];

/** The pages of docs/ that are shipped with the package, topics first. */
export async function pages(): Promise<readonly Page[]> {
  const found = await Promise.all(
    folders.map(async (folder) => {
      const names = (await readdir(join(docs, folder))).filter((name) => name.endsWith('.md')).sort();
      return Promise.all(names.map((name) => pageOf(folder, name)));
    }),
  );
  return found.flat();
}

async function pageOf(folder: string, file: string): Promise<Page> {
  const markdown = await readFile(join(docs, folder, file), 'utf8');
  const [, title = ''] = /^# (.+)$/mu.exec(markdown) ?? [];
  return { name: parse(file).name, isTopic: folder === 'topics', title, markdown };
}
