import { MigratorError } from '../../../errors.ts';

/** What is to become of the tasks that arrive. A job id holds it as a text, so that any process can see to it. */
export interface TaskWish {
  readonly enable: boolean;
  /** They come back from a backup: nobody gave a flag. */
  readonly restores?: boolean;
  /** Tasks that were disabled at the source and on the target. They stay so. */
  readonly leave: readonly string[];
  /** Pairs of a Snaplex as a task names it, and the runtime path id that it gets. */
  readonly snaplexes: readonly (readonly [string, string])[];
  /** How many of the tasks that are overwritten were enabled, and how many had a schedule. */
  readonly before: { readonly enabled: number; readonly scheduled: number };
}

export const noWish: TaskWish = { enable: false, leave: [], snaplexes: [], before: { enabled: 0, scheduled: 0 } };

export const changesTasks = ({ enable, snaplexes }: TaskWish): boolean => enable || snaplexes.length > 0;

/** One line for each part; empty when nothing is wished or known. Names have no slash and no line break. */
export function wishText({ enable, restores = false, leave, snaplexes, before }: TaskWish): string {
  return [
    ...(enable ? [restores ? 'restore' : 'enable', ...leave.map((name) => `/${name}`)] : []),
    ...snaplexes.map(([from, to]) => `${from}=${to}`),
    ...(before.enabled + before.scheduled > 0 ? [`${before.enabled}+${before.scheduled}`] : []),
  ].join('\n');
}

export function readWish(text: string | undefined): TaskWish {
  const lines = (text ?? '').split('\n');
  const counts = lines.map((line) => /^(\d+)\+(\d+)$/u.exec(line)).find((found) => found !== null);
  return {
    enable: lines.includes('enable') || lines.includes('restore'),
    ...(lines.includes('restore') ? { restores: true } : {}),
    leave: lines.flatMap((line) => (line.startsWith('/') ? [line.slice(1)] : [])),
    snaplexes: lines.flatMap((line) => (!line.startsWith('/') && line.includes('=') ? [pairOf(line)] : [])),
    before: { enabled: Number(counts?.[1] ?? 0), scheduled: Number(counts?.[2] ?? 0) },
  };
}

/**
 * `old=new` texts. USAGE when one is not of that form, or when two `old` could mean the same Snaplex. A slash at an end
 * of a path is no part of it.
 */
export function readSnaplexes(texts: readonly string[]): readonly (readonly [string, string])[] {
  const pairs = texts.map((text) => {
    const [from = '', to = ''] = pairOf(text).map((word) => word.replaceAll(/^[\s/]+|[\s/]+$/gu, ''));
    if (from === '' || to === '') throw new MigratorError('USAGE', `--task-snaplex "${text}" must be old=new`);
    return [from, to] as const;
  });
  pairs.forEach(([from], index) => {
    const other = pairs.slice(0, index).find(([earlier]) => overlap(earlier, from))?.[0];
    if (other === from) throw new MigratorError('USAGE', `--task-snaplex names ${from} twice`);
    if (other !== undefined) {
      throw new MigratorError('USAGE', `--task-snaplex names ${other} and ${from}, which can be the same Snaplex`, {
        hint: 'give each old Snaplex by its whole runtime path id, such as Acme-Dev/rt/cloud/dev',
      });
    }
  });
  return pairs;
}

/** Whether two words can mean one Snaplex. A shorter word is the end of a longer one. */
const overlap = (one: string, other: string): boolean =>
  `/${one}`.endsWith(`/${other}`) || `/${other}`.endsWith(`/${one}`);

function pairOf(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  return at < 0 ? ['', ''] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}
