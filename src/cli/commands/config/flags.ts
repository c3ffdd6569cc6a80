import type { Command } from 'commander';
import { examples } from '../../flags/examples.ts';

export function showFlags(command: Command): void {
  examples(command, ['migrator config show']);
}

export function checkFlags(command: Command): void {
  examples(command, ['migrator config check']);
}

export function schemaFlags(command: Command): void {
  command.argument('[name]', 'config, manifest, progress, or a document\'s name; "list" prints the names', 'config');
  examples(command, ['migrator config schema', 'migrator config schema list', 'migrator config schema import']);
}
