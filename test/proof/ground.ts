import type { Instance } from '../../src/core/instance.ts';
import { compareProjects, type CompareReport } from '../../src/core/operations/compare.ts';
import { isMigratorError } from '../../src/errors.ts';
import type { Options } from '../../src/ports/options.ts';
import { silent } from '../../src/ports/reporter.ts';
import { never } from '../support/adapter-tools.ts';
import { randomOf, type Random } from '../support/random.ts';
import type { Tables } from '../support/tables.ts';

/** The kinds of loss and change that are planted. */
export const kinds = [
  'an object removed',
  'a part removed',
  'a field changed',
  'a scope changed',
  'a relation changed',
  'an order changed',
  'a secret emptied',
  'a second copy',
  // What the comparison says that it cannot see.
  'another secret',
  'another definition',
] as const;
export type Kind = (typeof kinds)[number];

export interface Plant {
  readonly kind: Kind;
  /** The product's snapshots say that they cannot see this. */
  readonly blind?: boolean;
  /** Writes into the tables of the target and says where. Undefined when there is nothing of this kind. */
  readonly at: (random: Random) => string | undefined;
}

export interface Moved {
  readonly projects: readonly string[];
  readonly options: Options;
}

/** Two embedded servers of one product, and what can be planted on the target. */
export interface Ground {
  readonly source: Instance;
  readonly target: Instance;
  /** Of both servers; one when both ends are on it. */
  readonly tables: readonly Tables[];
  /** Writes random content into the tables of the source, moves it, and says what moved. */
  readonly move: (random: Random) => Promise<Moved>;
  readonly plants: readonly Plant[];
}

export interface Count {
  planted: number;
  found: number;
  blind: number;
  readonly missed: string[];
}

export interface Proof {
  readonly falseAlarms: string[];
  readonly counts: Map<Kind, Count>;
}

const compared = ({ source, target }: Ground, { projects, options }: Moved): Promise<CompareReport> =>
  compareProjects({ projects, exportOptions: options, importOptions: {} }, { source, target, reporter: silent }, never);

/**
 * In each world: fresh servers with random content, a clean move, of which the comparison must say that both sides are
 * equal, and then one plant after another, each on the tables of the clean move.
 */
export async function prove(ground: Ground, worlds: readonly number[], plantsInWorld: number): Promise<Proof> {
  const proof: Proof = { falseAlarms: [], counts: new Map() };
  const { tables, plants } = ground;
  const fresh = tables.map((one) => one.keep());
  for (const world of worlds) {
    const random = randomOf(world);
    tables.forEach((one, index) => one.restore(fresh[index]!));
    const moved = await ground.move(random);
    const { differences } = await compared(ground, moved);
    if (differences.length > 0) {
      proof.falseAlarms.push(`world ${world}: ${JSON.stringify(differences.slice(0, 3))}`);
      continue;
    }
    const clean = tables.map((one) => one.keep());
    const seen = plants.filter(({ blind }) => blind !== true);
    const unseen = plants.filter(({ blind }) => blind === true);
    for (let done = 0, tries = 0; done < plantsInWorld && tries < 10 * plantsInWorld; tries += 1) {
      // In turn, and from another kind in each world.
      if (await plant(seen[(world * plantsInWorld + tries) % seen.length]!)) done += 1;
    }
    for (const one of unseen) await plant(one);

    async function plant({ kind, blind, at }: Plant): Promise<boolean> {
      const where = at(random);
      if (where === undefined) return false;
      const count = proof.counts.get(kind) ?? { planted: 0, found: 0, blind: 0, missed: [] };
      proof.counts.set(kind, count);
      count.planted += 1;
      if (await notices(ground, moved)) count.found += 1;
      else if (blind === true) count.blind += 1;
      else count.missed.push(`world ${world}: ${kind}: ${where}`);
      tables.forEach((one, index) => one.restore(clean[index]!));
      return true;
    }
  }
  return proof;
}

/** Whether the comparison does not call both sides equal. A server that fails on what was planted is noticed too. */
async function notices(ground: Ground, moved: Moved): Promise<boolean> {
  try {
    return (await compared(ground, moved)).outcome !== 'done';
  } catch (error) {
    if (isMigratorError(error)) return true;
    throw error;
  }
}

/** A table for people: what was planted, by kind. */
export function tableOf(product: string, { counts, falseAlarms }: Proof, worlds: number): string {
  const lines = kinds.flatMap((kind) => {
    const { planted, found, blind, missed } = counts.get(kind) ?? { planted: 0, found: 0, blind: 0, missed: [] };
    return planted === 0 ? [] : [[product, kind, planted, found, blind, missed.length]];
  });
  const rows = [['product', 'kind', 'planted', 'found', 'blind', 'missed'], ...lines];
  return `${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}\n${worlds} clean moves, ${falseAlarms.length} false alarms`;
}
