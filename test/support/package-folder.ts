import { createContext } from '../../src/cli/context.ts';
import { packageFolder } from '../../src/cli/packages/package-folder.ts';
import type { PackageFolder } from '../../src/core/steps/trust-package.ts';
import type { ByteSource } from '../../src/ports/bytes.ts';
import { testIO } from './test-io.ts';

/** Makes folders for the files of packages, in a state directory that the caller removes. */
export function packageFolderIn(state: string): () => Promise<PackageFolder> {
  const context = createContext(testIO({ env: { MIGRATOR_STATE_DIR: state } }), []);
  return () => packageFolder(context);
}

/** The same source; `streams` says how often a part of it, which is its content, was streamed. */
export function countedSource(source: ByteSource): ByteSource & { readonly streams: () => number } {
  let streams = 0;
  return {
    size: source.size,
    streams: () => streams,
    read: (position, length) => source.read(position, length),
    stream: (start, end, reuseAfter) => {
      streams += 1;
      return source.stream(start, end, reuseAfter);
    },
  };
}
