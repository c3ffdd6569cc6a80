import { MigratorError } from '../errors.ts';
import type { Adapter } from '../ports/adapter.ts';
import type { PackageFeed } from '../ports/feed.ts';

/** A named server of the rc file, with its adapter. */
export interface Instance {
  readonly name: string;
  readonly adapter: Adapter;
}

/** An instance, and the server and container that it means: `octopus https://octopus.example Default`. */
export interface Placed extends Instance {
  readonly place: string;
}

/** Where packages lie: an instance of a product, or a store. */
export interface Keeper {
  readonly name: string;
  readonly adapter: Pick<Adapter, 'product' | 'probe' | 'feed'>;
}

type Facet = 'exports' | 'imports' | 'moves' | 'feed';

const lacking: Record<Facet, { readonly what: string; readonly hint: string }> = {
  exports: { what: 'cannot export projects', hint: 'name another instance with --from' },
  imports: { what: 'cannot import packages', hint: 'name another instance with --to' },
  moves: { what: 'has no server-side move', hint: 'use --route relay' },
  feed: {
    what: 'keeps no packages',
    hint: 'use package files instead: partial-export writes them and import reads them',
  },
};

/** The facet of the instance's adapter. UNSUPPORTED when it has none; the hint says what to use instead. */
export function facet<F extends Facet>(
  instance: { readonly name: string; readonly adapter: Pick<Adapter, 'product' | F> },
  name: F,
): NonNullable<Adapter[F]> {
  const found = instance.adapter[name];
  if (found === undefined) {
    const { what, hint } = lacking[name];
    throw new MigratorError('UNSUPPORTED', `instance "${instance.name}" (${instance.adapter.product}) ${what}`, {
      hint,
    });
  }
  return found;
}

/** A method of `jobs` that only some products have. UNSUPPORTED for the others. */
export function jobVerb<V extends 'cancel' | 'approve' | 'reject' | 'undo'>(
  instance: Instance,
  verb: V,
): NonNullable<Adapter['jobs'][V]> {
  const found = instance.adapter.jobs[verb];
  if (found === undefined) {
    throw new MigratorError('UNSUPPORTED', `${instance.adapter.product} cannot ${verb} a job`, {
      hint: `see the job with "migrator job show", or ${verb} it on the server`,
    });
  }
  return found.bind(instance.adapter.jobs) as NonNullable<Adapter['jobs'][V]>;
}

const lackingVerbs = {
  certify: {
    what: 'has no certification of packages',
    hint: 'a package file is signed: see the signer with "migrator package verify"',
  },
  edit: { what: 'cannot change an existing package', hint: 'export it again' },
} as const;

/** A method of the feed that only some products have. UNSUPPORTED for the others. */
export function feedVerb<V extends 'certify' | 'edit'>(instance: Keeper, verb: V): NonNullable<PackageFeed[V]> {
  const feed = facet(instance, 'feed');
  const found = feed[verb];
  if (found === undefined) {
    const { what, hint } = lackingVerbs[verb];
    throw new MigratorError('UNSUPPORTED', `instance "${instance.name}" (${instance.adapter.product}) ${what}`, {
      hint,
    });
  }
  return found.bind(feed) as NonNullable<PackageFeed[V]>;
}
