import type { OptionRequest, Options, ProductOptions, Verb } from '../../ports/options.ts';

/**
 * The options for the export and for the import of a move. An option that only a move has goes to both, so that a route
 * that does not support it can refuse it.
 */
export function halvesOf(
  given: Options,
  { options: table }: ProductOptions,
): Pick<OptionRequest, 'exportOptions' | 'importOptions'> {
  const withoutOnly = (verb: Verb, kept: Verb): Options => {
    const foreign = table.filter(({ verbs }) => verbs.includes(verb) && !verbs.includes(kept)).map(({ name }) => name);
    return Object.fromEntries(Object.entries(given).filter(([name]) => !foreign.includes(kebabCase(name))));
  };
  return {
    exportOptions: withoutOnly('import', 'partial-export'),
    importOptions: withoutOnly('partial-export', 'import'),
  };
}

const kebabCase = (name: string): string => name.replaceAll(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`);
