import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import { commandLine } from '../support/command-line.ts';
import { withEnmsWorkshop } from '../support/enms-workshop.ts';
import { withLibraryWorkshop } from '../support/library-workshop.ts';
import { withLiar, type Asked, type Lie } from '../support/liar.ts';
import { sample } from '../support/sample.ts';
import { withSnapLogicWorkshop } from '../support/snaplogic-workshop.ts';
import { openTables } from '../support/tables.ts';
import { withWorkshop, type Workshop } from '../support/workshop.ts';
import {
  enms,
  heldIn,
  invoices,
  microstrategy,
  objects,
  octopus,
  password,
  snaplogic,
  stateOf,
  trades,
  tutorial,
  type Trade,
} from './trades.ts';

jest.setTimeout(7_200_000);

/** A verb whose process is killed. */
interface Deed extends Pick<Trade, 'of' | 'within' | 'first' | 'args' | 'holdings'> {
  /** The file that the verb writes. */
  readonly file?: string;
  /** The request that must reach the servers as often as in a run that nobody kills. */
  readonly works: (asked: Asked) => boolean;
  /** How the second run may end when the first one was killed after it had done all. Default: 0. */
  readonly done?: number;
  /** It writes objects by name, so it does no harm to write them again, and the number of starts does not count. */
  readonly repeats?: boolean;
}

const web = (work: (workshop: Workshop) => Promise<void>) => withWorkshop({}, work);
const library = (work: (workshop: Workshop) => Promise<void>) => withLibraryWorkshop({}, work);
const post =
  (path: RegExp) =>
  (asked: Asked): boolean =>
    asked.method === 'POST' && path.test(asked.path);
const webExport = ['partial-export', '--from', 'lab', '--project', 'Web Shop', ...password, '-o', 'a.tar'];
const webPackage = [...webExport, '--package-id', 'Acme.Move', '--package-version', '1.0.0'];
const enmsExport = ['partial-export', '--from', 'lab', '--project', 'x', '-o', 'a.tar'];
const libraryExport = ['partial-export', '--from', 'lab', '--project', tutorial, ...objects, '-o', 'a.tar'];

const deeds: readonly Deed[] = [
  // Nobody can hear the answer of SnapLogic to an import again. What is on the target is told as partial then.
  ...trades.map((trade): Deed => ({
    ...trade,
    done: /import.* on SnapLogic|SnapLogic, through/u.test(trade.of) ? 3 : 0,
    repeats: trade.of.includes('--via rest'),
  })),
  {
    of: 'partial-export on Octopus',
    within: web,
    first: [],
    args: webExport,
    file: 'a.tar',
    holdings: octopus,
    works: post(/partialexport/u),
  },
  {
    of: 'migrate-project --route relay on Octopus',
    within: web,
    first: [],
    args: ['migrate-project', 'Web Shop', '--from', 'lab', '--to', 'prod', ...password, '--route', 'relay', '--yes'],
    holdings: octopus,
    works: post(/\/api\/migrations\//u),
  },
  {
    of: 'package upload on Octopus',
    within: web,
    first: [webPackage],
    args: ['package', 'upload', 'a.tar', '--to', 'prod'],
    holdings: { ...octopus, where: "kind = 'Packages'", steady: (text) => text.replace(/"published":"[^"]*"/u, '') },
    works: () => false,
  },
  {
    of: 'package download on Octopus',
    within: web,
    first: [webPackage],
    args: ['package', 'download', 'Acme.Move@1.0.0', '--from', 'lab', '-o', 'b.tar'],
    file: 'b.tar',
    holdings: octopus,
    works: () => false,
  },
  {
    of: 'partial-export on eNMS',
    within: withEnmsWorkshop,
    first: [],
    args: enmsExport,
    file: 'a.tar',
    holdings: enms,
    works: post(/migrate\/export/u),
  },
  {
    of: 'job undo on eNMS',
    within: withEnmsWorkshop,
    first: [enmsExport, ['import', 'a.tar', '--to', 'prod', '--empty-database-before-import', '--yes']],
    args: ['job', 'undo', '{handle}', '--yes'],
    holdings: enms,
    works: () => false,
  },
  {
    of: 'partial-export on MicroStrategy',
    within: library,
    first: [],
    args: libraryExport,
    file: 'a.tar',
    holdings: microstrategy,
    works: post(/\/api\/migrations$/u),
  },
  {
    of: 'package upload on MicroStrategy',
    within: (work) => withLibraryWorkshop({ apart: true }, work),
    first: [libraryExport],
    args: ['package', 'upload', 'a.tar', '--to', 'prod'],
    holdings: microstrategy,
    works: () => false,
  },
  {
    of: 'job undo on MicroStrategy',
    within: library,
    first: [['migrate-project', tutorial, '--from', 'lab', '--to', 'prod', ...objects, '--yes']],
    args: ['job', 'undo', '{handle}', '--yes'],
    holdings: microstrategy,
    works: () => false,
    // It says that the import was undone already.
    done: 7,
  },
  {
    of: 'partial-export on SnapLogic',
    within: withSnapLogicWorkshop,
    first: [],
    args: ['partial-export', '--from', 'lab', '--project', invoices, '-o', 'a.tar'],
    file: 'a.tar',
    holdings: snaplogic,
    works: () => false,
  },
];

/** Before it reaches the server, or when the server has done it and its answer is on the way. */
type Moment = 'before' | 'after';

interface Point {
  readonly number: number;
  readonly moment: Moment;
}

const reads = ({ method, path }: Asked): boolean => ['GET', 'HEAD'].includes(method) || path === '/rest/search';

/** When a session ends, the run is over: the same command is a new run then. */
const ends = ({ path }: Asked): boolean => path.endsWith('/auth/logout');

/**
 * The points of a run. A read changes nothing on a server, so before it and after it are one point. Of a long row of reads
 * of single objects, the first ones, the last ones and every tenth count: nothing happens between them.
 */
function pointsOf(asked: readonly Asked[]): readonly Point[] {
  return asked.flatMap((one, index): readonly Point[] => {
    if (ends(one)) return [];
    if (!reads(one))
      return [
        { number: index, moment: 'before' },
        { number: index, moment: 'after' },
      ];
    const near = [-2, -1, 1, 2].some((offset) => {
      const other = asked[index + offset];
      return other === undefined || !reads(other);
    });
    return asked.length < 100 || near || index % 10 === 0 ? [{ number: index, moment: 'before' }] : [];
  });
}

/** Puts one liar before both servers. */
const withBoth = (workshop: Workshop, lie: (asked: Asked) => Lie, work: () => Promise<void>): Promise<void> =>
  withLiar(workshop, lie, () => withLiar(workshop, lie, work, workshop.lab));

async function expectRecovery({
  within,
  first,
  args,
  file,
  holdings,
  works,
  done = 0,
  repeats = false,
}: Deed): Promise<void> {
  await within(async (workshop) => {
    const { folder, env, path } = workshop;
    const servers = (['lab', 'prod'] as const).map((name) => openTables(join(folder, name)));
    let asked: Asked[] = [];
    let at: Point | undefined;
    let kill = (): void => undefined;
    const lie = (one: Asked): Lie => {
      const number = asked.push(one) - 1;
      if (at?.number !== number) return undefined;
      if (at.moment === 'after') return { then: () => kill() };
      kill();
      return { answer: '', status: 503 };
    };
    /** In this process, as on this machine. */
    const run = (line: readonly string[]) => commandLine(line, { cwd: folder, env, host: hostname() });
    await withBoth(workshop, lie, async () => {
      let handle = '';
      for (const command of first) {
        const { code, stdout, stderr } = await run([...command, '--json']);
        expect({ command, code, stderr: code === 0 ? '' : stderr }).toEqual({ command, code: 0, stderr: '' });
        const report = JSON.parse(stdout) as { handle?: string; jobs?: string[] };
        handle = report.handle ?? report.jobs?.at(-1) ?? handle;
      }
      const line = args.map((word) => word.replace('{handle}', handle));
      const kept = servers.map((tables) => tables.keep());
      const fresh = async (): Promise<void> => {
        servers.forEach((tables, index) => tables.restore(kept[index]!));
        if (file !== undefined) await rm(path(file), { force: true });
        asked = [];
        at = undefined;
      };
      const state = (): string => servers.map((tables) => stateOf(tables, holdings)).join('\n---\n');

      await fresh();
      const whole = await workshop.run(line);
      expect({ code: whole.code, stderr: whole.code === 0 ? '' : whole.stderr }).toEqual({ code: 0, stderr: '' });
      const [right, points, starts] = [state(), pointsOf(asked), asked.filter(works).length];
      expect(heldIn(servers[1]!, holdings).length + points.length).toBeGreaterThan(3);
      const wrong: unknown[] = [];
      let killed = 0;
      for (const point of sample(points, 2)) {
        await fresh();
        at = point;
        const started = workshop.start(line);
        kill = () => started.child.kill('SIGKILL');
        const { signal } = await started.finished;
        // It asked less than the run that nobody killed, because it looked less often at a job: it was over already.
        const last = asked[point.number];
        if (signal === null || (last !== undefined && ends(last))) continue;
        killed += 1;
        const where = `${asked[point.number]?.method ?? ''} ${asked[point.number]?.path ?? ''}`;
        const before = asked.filter(
          (one, number) => works(one) && !(number === point.number && point.moment === 'before'),
        );
        asked = [];
        at = undefined;
        const again = await run(line);
        const outcome = {
          code: again.code,
          right: state() === right,
          starts: before.length + asked.filter(works).length,
          package: file === undefined ? 0 : (await run(['package', 'verify', file, '--content'])).code,
        };
        const good =
          [0, done].includes(outcome.code) &&
          outcome.right &&
          (repeats || outcome.starts === starts) &&
          outcome.package === 0;
        if (!good) wrong.push({ ...point, where, signal, ...outcome, stderr: again.stderr.slice(-600) });
      }
      expect(wrong).toEqual([]);
      expect(killed).toBeGreaterThan(0);
    });
    for (const tables of servers) tables.close();
  });
}

describe('the same command after kill -9 between any two requests', () => {
  test.each(sample(deeds, 2).map((deed) => [deed.of, deed] as const))(
    'of %s ends as if nothing had happened',
    async (_, deed) => {
      await expectRecovery(deed);
    },
  );
});
