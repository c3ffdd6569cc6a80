/** What the words before the cursor tell of the names that can follow. */
export interface Typed {
  readonly config: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** The words behind `help`. */
  readonly helped: readonly string[];
}

/** Reads the words of a line up to the cursor, joined with blanks. Some shells give `--from=lab` as three words. */
export function typedWords(line: string): Typed {
  const values = (flag: string): string | undefined =>
    [...line.matchAll(new RegExp(`(?:^|\\s)--${flag}(?:\\s*=\\s*|\\s+)(\\S+)`, 'gu'))]
      .at(-1)?.[1]
      ?.replace(/^["']|["']$/gu, '');
  const words = line.split(/\s+/u).filter((word) => word !== '' && !word.startsWith('-'));
  const help = words.indexOf('help');
  return {
    config: values('config'),
    from: values('from') ?? values('at'),
    to: values('to'),
    helped: help < 0 ? [] : words.slice(help + 1),
  };
}
