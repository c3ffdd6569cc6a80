import { isProduct, type Product, productOptions, products } from '../../../adapters/index.ts';
import { isMigratorError, MigratorError } from '../../../errors.ts';
import { nearest } from '../../../nearest.ts';
import { isStore } from '../../../stores/index.ts';
import type { ConfigProblem } from '../../config/problem.ts';
import { checkConfig } from '../../config/problems.ts';
import type { InstanceConfig } from '../../config/config.ts';
import type { Context } from '../../context.ts';
import { isReference, referenceFault } from '../../secrets/references.ts';
import { ask } from '../../terminal/prompt.ts';
import { checkSettings } from '../instance-settings.ts';
import { sampleInstance, sampleMove, type StarterAnswers, type StarterInstance, variableOf } from './starter.ts';

/** A wrong answer is asked for again. So many in a row are no typing errors. */
const mostTries = 5;

/** Asks for two instances. No answer is taken that `config check` would refuse. */
export async function interview(context: Context, product: Product | undefined): Promise<StarterAnswers> {
  const source = await askFor('move from', 'lab', { product, others: [], context });
  const target = await askFor('move to', 'prod', { product, others: [source], context });
  const samples = [source, target].every((one) => one.url.startsWith('embedded:') && one.product === source.product);
  const move = samples && isProduct(source.product) ? sampleMove(source.product) : undefined;
  return { instances: [source, target], from: source.name, to: target.name, move };
}

interface Asking {
  /** The product of both, when it was given. */
  readonly product: Product | undefined;
  readonly others: readonly StarterInstance[];
  readonly context: Context;
}

async function askFor(
  role: string,
  proposed: string,
  { product: given, others, context }: Asking,
): Promise<StarterInstance> {
  const name = await asked(`Name of the instance to ${role}`, proposed, context, (text) =>
    others.some((other) => other.name === text)
      ? 'is the name of the other instance'
      : problemOf({ [text]: { product: 'octopus', url: 'embedded:.' } }),
  );
  const product =
    given ??
    (await asked(`Its product (${products.join(', ')})`, others[0]?.product ?? 'octopus', context, (text) =>
      isStore(text)
        ? 'is that of a store, which keeps packages and has no projects; add it to the file later: migrator help stores'
        : isProduct(text)
          ? undefined
          : sentence({ path: '', message: `is none of ${products.join(', ')}`, suggestion: nearest(text, products) }),
    ));
  const sample = isProduct(product)
    ? sampleInstance(name, product, others.length === 0 ? 'source' : 'target')
    : undefined;
  const url = await asked('Its URL, or embedded:./path for an embedded instance', sample?.url ?? '', context, (text) =>
    problemOf({ x: { product, url: text } }),
  );
  if (url.startsWith('embedded:')) return { name, product, url, settings: sample?.settings ?? {} };
  for (let tries = 0; ; tries += 1) {
    const settings = await askSettings(name, product, url, context);
    const fault = await faultOf({ name, product, url, settings });
    if (fault === undefined) return { name, product, url, settings };
    if (tries === mostTries) throw fault;
    context.say('notice', fault.message);
  }
}

async function askSettings(
  name: string,
  product: string,
  url: string,
  context: Context,
): Promise<Readonly<Record<string, string>>> {
  const { account = [], settings: specs = [] } = productOptions.find((entry) => entry.product === product) ?? {};
  const settings: Record<string, string> = {};
  const fault = (key: string) => (text: string) => problemOf({ x: { product, url, [key]: text } });
  for (const key of account) {
    if (specs.some((spec) => spec.name === key && spec.secret === true)) {
      const question = `A reference to its ${key} (env:NAME, file:path, command:… or prompt)`;
      settings[key] = await asked(question, `env:${variableOf(name, key)}`, context, notPlain);
    } else {
      settings[key] = await asked(`Its ${key}`, '', context, fault(key));
    }
  }
  for (const { name: key, question } of specs) {
    if (question === undefined) continue;
    const answer = await asked(question, '', context, (text) => (text === '' ? undefined : fault(key)(text)));
    if (answer !== '') settings[key] = answer;
  }
  return settings;
}

/** A secret must not get into the file by a slip. It is not repeated. */
function notPlain(text: string): string | undefined {
  return isReference(text)
    ? referenceFault(text)
    : 'is not a reference; the secret itself does not belong in the file: write env:NAME, file:path, command:… or prompt';
}

/** Asks until the answer is right. The fault of a wrong one is told without the answer. */
async function asked(
  question: string,
  proposed: string,
  context: Context,
  faultIn: (text: string) => string | undefined,
): Promise<string> {
  for (let tries = 0; ; tries += 1) {
    const text = await ask(context.io, question, proposed, { signal: context.signal });
    const fault = faultIn(text);
    if (fault === undefined) return text;
    if (tries === mostTries)
      throw new MigratorError('USAGE', `the answer ${fault}`, { hint: 'run migrator init again' });
    context.say('notice', `that ${fault}`);
  }
}

function problemOf(instances: object): string | undefined {
  const [problem] = checkConfig({ instances }).problems ?? [];
  return problem && sentence(problem);
}

const sentence = ({ message, suggestion }: ConfigProblem): string =>
  `${message}${suggestion === undefined ? '' : `; did you mean "${suggestion}"?`}`;

/** What only the adapter knows of an account. */
async function faultOf(instance: InstanceConfig): Promise<MigratorError | undefined> {
  const { adapterModulesOf } = await import('../../servers/adapter-modules.ts');
  const modules = await adapterModulesOf({ adapters: [], directory: '.', allowCode: () => Promise.resolve() });
  try {
    checkSettings(instance, await modules.of(instance));
    return undefined;
  } catch (error) {
    if (isMigratorError(error)) return error;
    throw error;
  }
}
