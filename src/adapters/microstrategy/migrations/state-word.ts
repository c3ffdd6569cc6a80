const failures = ['create', 'import', 'undo', 'validation'] as const;

/**
 * A state in the spelling that is compared. The documents write some words in two ways (`create_failed` and
 * `created_failed`), and some in capital letters. A word that nobody knows stays as it is.
 */
export function stateWord(text: string): string;
export function stateWord(text: string | undefined): string | undefined;
export function stateWord(text: string | undefined): string | undefined {
  const word = text
    ?.trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_');
  const failed = failures.find((work) => word?.startsWith(work.slice(0, 5)) === true && word.includes('fail'));
  return failed === undefined ? word : `${failed}_failed`;
}
