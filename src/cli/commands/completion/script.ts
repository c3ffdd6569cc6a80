import { bashScript } from './bash.ts';
import { fishScript } from './fish.ts';
import { powershellScript } from './powershell.ts';
import type { CommandTree } from './tree.ts';
import { zshScript } from './zsh.ts';

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript, powershell: powershellScript };

export type Shell = keyof typeof scripts;
export const shells = Object.keys(scripts) as readonly Shell[];

/** The completion script of a shell. Names of instances are asked of `migrator completion --instances` when needed. */
export function completionScript(shell: Shell, tree: CommandTree): string {
  return scripts[shell](tree);
}
