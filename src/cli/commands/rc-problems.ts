import { productOptions, products } from '../../adapters/index.ts';
import { isMigratorError, type MigratorError } from '../../errors.ts';
import { nearest } from '../../nearest.ts';
import { storeNames } from '../../stores/index.ts';
import type { InstanceConfig } from '../config/config.ts';
import type { ConfigProblem } from '../config/problem.ts';
import type { ProblemsOfCode } from '../config/problems.ts';
import { isClosed, isGroup, settingProblems } from '../config/settings.ts';
import { showPath } from '../config/show-path.ts';
import type { Context } from '../context.ts';
import { defaultsProblems } from '../flags/flag-values.ts';
import { type AdapterModules, adapterModulesOf } from '../servers/adapter-modules.ts';
import { storeModuleOf } from '../servers/stores.ts';
import { checkSettings, checkStore } from './instance-settings.ts';

type Given = Parameters<ProblemsOfCode>[0];

/**
 * What all commands say of the `defaults` of an rc file, and what adapters and stores say of its instances. Code of the file
 * that the user has not allowed does not run, and what needs it is left out.
 */
export async function problemsOfCode(
  { root, faulty, file }: Given,
  context: Context,
): Promise<readonly ConfigProblem[]> {
  const names = adaptersIn(root);
  const modules = await readable(names, file);
  // The flags of the rc file's adapters cannot be read in another way while the file is being read.
  context.productOptions = () => Promise.resolve([...productOptions, ...(modules?.options ?? [])]);
  const defaults = isGroup(root) ? root['defaults'] : undefined;
  const closed = isClosed(root) || modules !== undefined;
  return [...(await ofDefaults(defaults, closed, context)), ...(await ofInstances(root, modules, faulty))];
}

/** Undefined when one of the adapters may not run or cannot be loaded: then nothing is known of the others' products. */
async function readable(
  adapters: readonly string[],
  { directory, allowCode }: Given['file'],
): Promise<AdapterModules | undefined> {
  try {
    return await adapterModulesOf({ adapters, directory, allowCode });
  } catch (error) {
    if (!isMigratorError(error)) throw error;
    return undefined;
  }
}

async function ofDefaults(defaults: unknown, closed: boolean, context: Context): Promise<readonly ConfigProblem[]> {
  try {
    return defaultsProblems(defaults, await context.commandTree(), closed);
  } catch (error) {
    // An adapter declares a flag that migrator has.
    if (!isMigratorError(error, 'CONFIG_INVALID')) throw error;
    return [apart('adapters', error)];
  }
}

async function ofInstances(
  root: unknown,
  modules: AdapterModules | undefined,
  faulty: readonly string[],
): Promise<readonly ConfigProblem[]> {
  const declared = settingProblems(root, modules?.declared ?? []);
  const known = [...faulty, ...declared.map(({ path }) => path)];
  const found: ConfigProblem[] = [];
  for (const instance of instancesIn(root)) {
    const path = showPath(['instances', instance.name]);
    if (known.some((one) => one === path || one.startsWith(`${path}.`) || one.startsWith(`${path}[`))) continue;
    const problem = await ofInstance(instance, path, modules);
    if (problem !== undefined) found.push(problem);
  }
  return [...declared, ...found];
}

async function ofInstance(
  instance: InstanceConfig,
  path: string,
  modules: AdapterModules | undefined,
): Promise<ConfigProblem | undefined> {
  const all = modules?.products ?? [...products, ...storeNames];
  const { product } = instance;
  if (!all.includes(product)) {
    if (modules === undefined) return undefined;
    const message = `has no adapter; there are: ${all.join(', ')}`;
    return { path: `${path}.product`, message, suggestion: nearest(product, all) };
  }
  try {
    const store = await storeModuleOf(product);
    if (store !== undefined) await checkStore(instance, store);
    else checkSettings(instance, await (modules ?? (await withoutAdapters())).of(instance));
    return undefined;
  } catch (error) {
    if (!isMigratorError(error)) throw error;
    return apart(path, error);
  }
}

const withoutAdapters = (): Promise<AdapterModules> =>
  adapterModulesOf({ adapters: [], directory: '.', allowCode: () => Promise.resolve() });

const apart = (path: string, { message, hint }: MigratorError): ConfigProblem => ({ path, message, apart: true, hint });

function adaptersIn(root: unknown): readonly string[] {
  const adapters = isGroup(root) ? root['adapters'] : undefined;
  return Array.isArray(adapters) ? adapters.filter((name): name is string => typeof name === 'string') : [];
}

/** The instances that have what each needs. */
function instancesIn(root: unknown): readonly InstanceConfig[] {
  const instances = isGroup(root) && isGroup(root['instances']) ? root['instances'] : {};
  return Object.entries(instances).flatMap(([name, instance]) => {
    if (!isGroup(instance)) return [];
    const { product, url, ...settings } = instance;
    return typeof product === 'string' && typeof url === 'string' ? [{ name, product, url, settings }] : [];
  });
}
