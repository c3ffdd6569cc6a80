import { lstat, readFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { MigratorError } from '../../../errors.ts';
import { localError, systemCode } from '../../../files/local-error.ts';
import { createTreeWriter } from '../../../files/tree/write-tree.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { lines } from '../../terminal/table.ts';
import { version } from '../../version.ts';
import type { AdapterNewOptions } from './flags.ts';
import { checkProductName } from './product-name.ts';
import { readmeOf } from './readme.ts';

/** The example of the repository. It is published with the program, and is four folders above this file in both. */
const example = new URL('../../../../examples/custom-adapter/', import.meta.url);
const copied = ['acme.mjs', 'acme.test.mjs', 'server.mjs'];

export async function runAdapterNew(
  { args: [product = ''], options: { output = product } }: Invocation<AdapterNewOptions>,
  context: Context,
) {
  checkProductName(product);
  const { cwd } = context.io;
  const folder = resolve(cwd, output);
  await checkFree(folder, output);
  const tree = await createTreeWriter(folder, { overwrite: false });
  try {
    for (const name of copied) {
      const text = await readFile(new URL(name, example), 'utf8');
      await tree.write(named(name, product), Buffer.from(named(text, product)));
    }
    await tree.write('package.json', Buffer.from(packageOf(product)));
    await tree.write('README.md', Buffer.from(readmeOf(product)));
    const files = await tree.commit();
    const place = relative(cwd, folder);
    context.result(
      'adapter-new',
      { product, folder, files },
      lines(
        `wrote ${folder}: ${files.join(', ')}`,
        'It moves projects of a small server that is part of it. Try it, then put your product in the place of the server:',
        `  cd ${/^[\w./-]+$/u.test(place) ? place : JSON.stringify(place)}`,
        '  npm install',
        '  npm test',
        'README.md says how to use it. Each part is explained by: migrator help writing-an-adapter',
      ),
    );
  } finally {
    await tree.discard();
  }
  return undefined;
}

/** CONFLICT when there is something of this name, and USAGE when its parent folder does not exist. */
async function checkFree(folder: string, given: string): Promise<void> {
  try {
    await lstat(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return checkParent(dirname(folder));
    if (systemCode(error) !== 'ENOTDIR') throw localError(error, `could not look at "${folder}"`);
    throw new MigratorError('USAGE', `"${dirname(given)}" is not a folder`, { hint: 'choose another place with -o' });
  }
  throw new MigratorError('CONFLICT', `"${given}" already exists`, {
    hint: 'choose another folder with -o; nothing is overwritten',
    details: { path: folder },
  });
}

async function checkParent(parent: string): Promise<void> {
  try {
    await lstat(parent);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw localError(error, `could not look at "${parent}"`);
    throw new MigratorError('USAGE', `the folder "${parent}" does not exist`, {
      hint: 'create it, or choose another place with -o',
    });
  }
}

/** Puts the product in the place of Acme, and its name in identifiers in the place of theirs: MyEtl for my-etl. */
function named(text: string, product: string): string {
  const identifier = product
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
  return text.replaceAll('acme', product).replaceAll('Acme', identifier);
}

function packageOf(product: string): string {
  const content = {
    name: `migrator-adapter-${product}`,
    version: '0.1.0',
    private: true,
    type: 'module',
    exports: `./${product}.mjs`,
    scripts: { test: 'node --test' },
    engines: { node: '>=20.19.0' },
    peerDependencies: { 'migrator-cli': `^${version()}` },
  };
  return `${JSON.stringify(content, undefined, 2)}\n`;
}
