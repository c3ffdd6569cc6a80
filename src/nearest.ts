/** Edits between two words: insertions, deletions, substitutions and swaps of neighbours (optimal string alignment). */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      const at = (cells: readonly number[], index: number): number => cells[index] ?? Infinity;
      let best = Math.min(at(previous, j) + 1, at(row, j - 1) + 1, at(previous, j - 1) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, at(before, j - 2) + 1);
      row.push(best);
    }
    before = previous;
    previous = row;
  }
  return previous[b.length] ?? Infinity;
}

/** Also without the ending of a plural in "ies": `retry` is `retries`. */
const bare = (word: string): string => word.toLowerCase().replace(/[-_ ]/g, '').replace(/ies$/, 'y');

/** The fewest edits: `retires` is near `retries` as they stand, `retry` without the ending. */
function editsTo(word: string, candidate: string): number {
  return Math.min(distance(bare(word), bare(candidate)), distance(word.toLowerCase(), candidate.toLowerCase()));
}

/** The candidates that were probably meant, the nearest first: a third of the letters may be wrong. */
export function nearestOf(word: string, candidates: readonly string[]): readonly string[] {
  const wanted = bare(word);
  return candidates
    .map((candidate) => ({ candidate, edits: editsTo(word, candidate) }))
    .filter(({ candidate, edits }) => edits <= Math.max(1, Math.floor(Math.max(wanted.length, candidate.length) / 3)))
    .sort((one, other) => one.edits - other.edits)
    .map(({ candidate }) => candidate);
}

/**
 * The first of them, else the first that begins with the word or its singular (`user` for `username`, `envs` for
 * `environment`); undefined when none is near.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const wanted = bare(word);
  const longer = (): string | undefined =>
    [wanted, wanted.replace(/s$/, '')]
      .filter((start) => start.length >= 3)
      .map((start) => candidates.find((candidate) => bare(candidate).startsWith(start)))
      .find((found) => found !== undefined);
  return nearestOf(word, candidates)[0] ?? longer();
}

/** A hint for a word that is none of a closed list: the nearest one, and all of them. */
export function wordHint(word: string, words: readonly string[]): string {
  const near = nearest(word, words);
  return `${near === undefined ? '' : `did you mean "${near}"? `}there are: ${words.join(', ')}`;
}
