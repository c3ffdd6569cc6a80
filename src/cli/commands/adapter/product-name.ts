import { products } from '../../../adapters/index.ts';
import { MigratorError } from '../../../errors.ts';
import { pathFault } from '../../../portable-path.ts';

const longest = 40;
const pattern = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/u;
/** Names that the files of the folder have already, and the name of the program. */
const taken = ['server', 'package', 'migrator'];
const bare = (name: string): string => name.replaceAll('-', '');

/** USAGE for a name that a new adapter cannot have. The hint gives one that it can have. */
export function checkProductName(name: string): void {
  const near = nearestAllowed(name);
  const refuse = (why: string, hint = near === undefined ? 'choose a name such as acme' : `did you mean "${near}"?`) =>
    new MigratorError('USAGE', `"${name}" cannot be the name of a product: ${why}`, { hint });
  if (!pattern.test(name)) {
    throw refuse('it has lower-case letters and digits, with single dashes between words, and begins with a letter');
  }
  if (name.length > longest) throw refuse(`it has more than ${longest} characters`, 'choose a shorter name');
  const builtIn = products.find((product) => product === bare(name));
  if (builtIn !== undefined) {
    throw refuse(`migrator has an adapter for ${builtIn}`, `use it as it is, or choose a name such as my-${builtIn}`);
  }
  const other = `choose a name such as my-${name}`;
  if (taken.includes(name)) throw refuse('another file of the adapter has it', other);
  const fault = pathFault(`${name}.mjs`);
  if (fault !== undefined) throw refuse(`the file of the adapter ${fault}`, other);
}

function nearestAllowed(name: string): string | undefined {
  const made = name
    .replace(/([a-z0-9])([A-Z])/gu, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/gu, '-')
    .replace(/^[^a-z]+|-+$/gu, '')
    .slice(0, longest);
  return pattern.test(made) && !(products as readonly string[]).includes(bare(made)) ? made : undefined;
}
