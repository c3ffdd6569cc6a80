import type { Invocation } from '../../build-command.ts';
import { asGiven } from '../../config/as-given.ts';
import type { Config } from '../../config/config.ts';
import { configFault, placed } from '../../config/load.ts';
import { noRcFile } from '../../config/no-rc-file.ts';
import { proxyWarnings } from '../../config/proxy-variables.ts';
import { configWarnings } from '../../config/warnings.ts';
import type { Context } from '../../context.ts';
import { type AdapterModules, adapterModulesOf } from '../../servers/adapter-modules.ts';
import { lines, table } from '../../terminal/table.ts';
import { fileFindings, reference, type Finding } from '../rc-findings.ts';

/** Ends with CONFIG_INVALID when something is wrong, after all of it is told. A warning alone is no failure. */
export async function runConfigCheck(_: Invocation, context: Context) {
  const config = await context.config();
  if (config.file === undefined) throw await noRcFile(context.io);
  const files = await fileFindings(config, context);
  const broken = files.filter(({ subject, state }) => state === 'bad' && subject.startsWith('adapters['));
  const adapters = config.adapters.filter((_name, index) =>
    broken.every(({ subject }) => subject !== `adapters[${String(index)}]`),
  );
  const modules = await adapterModulesOf({ ...config, adapters });
  const problems = broken.length > 0 ? [] : await context.problemsOfCode(asGiven(config));
  const findings = [...files, ...(await secretFindings(config, modules, context))];
  const secrets = await secretSettings(config, modules);
  const warnings = [
    ...configWarnings(config, secrets),
    ...proxyWarnings(context.io.env),
    ...findings.filter(({ state }) => state === 'warning').map(({ text }) => text),
  ];
  const faults = [
    ...findings
      .filter(({ state }) => state === 'bad')
      .map(({ subject, text, hint }) => ({ path: subject, message: text, apart: true, hint })),
    ...problems,
  ];
  if (faults.length > 0) {
    for (const warning of warnings) context.say('warning', warning);
    throw configFault(config.file, await placed(config.file, faults));
  }
  const instances = Object.values(config.instances);
  const names = instances.map(({ name }) => name);
  context.result(
    'config-check',
    { file: config.file, instances: names, warnings },
    lines(
      ...warnings.map((warning) => `warning: ${warning}`),
      instances.length === 0
        ? undefined
        : table(
            ['instance', 'product', 'url'],
            instances.map(({ name, product, url }) => [name, product, url]),
          ),
      `${config.file} is valid: ${names.length} instance${names.length === 1 ? '' : 's'}${names.length > 0 ? ` (${names.join(', ')})` : ''}`,
    ),
  );
  return undefined;
}

/** The secrets of instances that this machine lacks. */
async function secretFindings(config: Config, modules: AdapterModules, context: Context): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const { name, product, settings } of Object.values(config.instances)) {
    for (const setting of await modules.secretSettings(product)) {
      const text = settings[setting];
      if (typeof text !== 'string') continue;
      const looked = await reference(text, `${setting} of instance "${name}"`, config, context);
      findings.push(...looked.map((one) => ({ subject: `instances.${name}.${setting}`, ...one })));
    }
  }
  return findings;
}

export async function secretSettings(
  config: Config,
  modules: AdapterModules,
): Promise<(product: string) => readonly string[]> {
  const products = [...new Set(Object.values(config.instances).map((instance) => instance.product))];
  const known = new Map<string, readonly string[]>();
  for (const product of products) known.set(product, await modules.secretSettings(product));
  return (product) => known.get(product) ?? [];
}
