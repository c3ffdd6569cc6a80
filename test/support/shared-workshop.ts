import { afterAll, beforeAll } from '@jest/globals';
import { commandLine, type Ended, type LineOptions } from './command-line.ts';
import { type Workshop, type WorkshopOptions, withWorkshop } from './workshop.ts';

/** A workshop for all tests of a file, and a way to run lines in it. */
export function sharedWorkshop(options: WorkshopOptions = {}) {
  let workshop: Workshop | undefined;
  let leave: (() => void) | undefined;
  let over: Promise<void> | undefined;
  beforeAll(async () => {
    await new Promise<void>((entered, failed) => {
      over = withWorkshop(options, async (opened) => {
        workshop = opened;
        entered();
        await new Promise<void>((done) => (leave = done));
      });
      over.catch(failed);
    });
  });
  afterAll(async () => {
    leave?.();
    await over;
  });
  const here = (): Workshop => {
    if (workshop === undefined) throw new Error('the workshop is not open');
    return workshop;
  };
  return {
    here,
    run: (args: readonly string[], more: Partial<LineOptions> = {}): Promise<Ended> => {
      const { folder, env } = here();
      return commandLine(args, { cwd: folder, env, ...more });
    },
  };
}
