import { MigratorError } from '../../errors.ts';
import { configDirectory } from '../state/directories.ts';
import type { IO } from '../terminal/io.ts';
import { passedOver } from './readable.ts';

/** For a command that needs an rc file, where there is none. A file that was passed over for its name is told. */
export async function noRcFile(io: IO): Promise<MigratorError> {
  const places = `none in "${io.cwd}", in the folders above it or in "${configDirectory(io)}"`;
  return new MigratorError('CONFIG_INVALID', `there is no rc file: ${places}`, { hint: await wayToOne(io) });
}

/** How to come to an rc file that is read. */
export async function wayToOne(io: IO): Promise<string> {
  const other = await passedOver(io.cwd);
  if (other === undefined) return 'write one with: migrator init; or name one with --config <file>';
  return /\.ya?ml(\.\w+)?$|\.json$|\.[cm]?js$|rc$/u.test(other)
    ? `migrator does not look for "${other}": name it with --config "${other}", or rename it to .migratorrc${/\.(json|[cm]?js)$/u.exec(other)?.[0] ?? '.yaml'}`
    : `"${other}" is not read: write the same as .migratorrc.yaml or .migratorrc.json`;
}
