/** `1 file`, `2 files`, `3 entities`. `several` is for nouns whose plural has another form. */
export function plural(count: number, noun: string, several = pluralOf(noun)): string {
  return `${count} ${count === 1 ? noun : several}`;
}

/** The plural of an English noun. A noun that ends with an s, such as `settings`, is taken for a plural. */
function pluralOf(noun: string): string {
  if (/(?:ss|x|ch|sh)$/iu.test(noun)) return `${noun}es`;
  if (/s$/iu.test(noun)) return noun;
  return /[^aeiou]y$/iu.test(noun) ? `${noun.slice(0, -1)}ies` : `${noun}s`;
}
