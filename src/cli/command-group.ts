import { Command } from 'commander';
import type { Context } from './context.ts';

type Create = (context: Context) => Command;

/** The commands below one word, each in a file of its own. */
export type Members = Readonly<Record<string, () => Promise<Create>>>;

/** Loads only those that the line may mean; all of them when it names none, for the group's help. */
export async function commandGroup(
  name: string,
  members: Members,
  argv: readonly string[] | undefined,
): Promise<Create> {
  const all = Object.entries(members);
  const named = all.filter(([member]) => argv?.includes(member) === true);
  const wanted = await Promise.all((named.length === 0 ? all : named).map(([, load]) => load()));
  return (context) => {
    const group = new Command(name);
    for (const create of wanted) group.addCommand(create(context));
    return group;
  };
}
