import { expect, jest, test } from '@jest/globals';
import { seed } from '../support/random.ts';
import { all, sample } from '../support/sample.ts';
import { prove, tableOf, type Ground } from './ground.ts';
import { withEnmsGround } from './enms-ground.ts';
import { withMicroStrategyGround } from './microstrategy-ground.ts';
import { withOctopusGround } from './octopus-ground.ts';
import { withSnapLogicGround } from './snaplogic-ground.ts';

jest.setTimeout(3_600_000);

const worlds = Array.from({ length: 25 }, (_, index) => seed * 100 + index);
/** Of what a comparison can see; 1,000 over all worlds and products. */
const plantsInWorld = all ? 10 : 2;

test.each<[string, (work: (ground: Ground) => Promise<void>) => Promise<void>]>([
  ['octopus', withOctopusGround],
  ['enms', withEnmsGround],
  ['snaplogic', withSnapLogicGround],
  ['microstrategy', withMicroStrategyGround],
])(
  'on %s a comparison finds what is planted on the target, and nothing after a clean move',
  async (product, withGround) => {
    await withGround(async (ground) => {
      const some = sample(worlds, 1);
      const proof = await prove(ground, some, plantsInWorld);
      if (all) process.stdout.write(`${tableOf(product, proof, some.length)}\n`);
      expect(proof.falseAlarms).toEqual([]);
      const counts = [...proof.counts.values()];
      const missed = counts.flatMap((count) => count.missed);
      const visible = counts.reduce((sum, { planted, blind }) => sum + planted - blind, 0);
      expect(visible).toBeGreaterThanOrEqual(some.length * plantsInWorld);
      expect({ missed, share: 1 - missed.length / visible >= 0.99 }).toEqual({ missed, share: true });
    });
  },
);
