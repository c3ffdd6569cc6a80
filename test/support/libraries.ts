/** Two embedded MicroStrategy Libraries with one package storage, as the instances of an rc file. */
export const libraries = `instances:
  dev: { product: microstrategy, url: embedded:./library-dev, storage: ./storage, pace: 1 }
  prod: { product: microstrategy, url: embedded:./library-prod, storage: ./storage, pace: 1, sample: target }
`;

/** A move that stops once it waits for an approval. */
export const requestOnly: readonly string[] = [
  ...['migrate-project', 'MicroStrategy Tutorial', '--from', 'dev', '--to', 'prod'],
  ...['--object', 'Year:attribute:force_replace', '--request-only', '--fresh'],
];
