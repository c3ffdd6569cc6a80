import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { downloadTo } from '../../../../src/core/steps/download.ts';
import { MigratorError } from '../../../../src/errors.ts';
import { createFileSink } from '../../../../src/files/whole-file.ts';
import type { ArtifactFile } from '../../../../src/ports/artifact.ts';
import { never } from '../../../support/adapter-tools.ts';
import { manualClock, recordingReporter } from '../../../support/ports.ts';
import { withTempDir } from '../../../support/with-temp-dir.ts';

/** A file of "whole" whose first downloads break off after some of it. */
function breaking(times: number, code: 'REMOTE_UNREACHABLE' | 'REMOTE_UNEXPECTED'): ArtifactFile {
  let opened = 0;
  async function* open() {
    opened += 1;
    yield Buffer.from('wh');
    await Promise.resolve();
    if (opened <= times) throw new MigratorError(code, 'the connection broke');
    yield Buffer.from('ole');
  }
  return { path: 'native/file', mediaType: 'text/plain', size: undefined, open };
}

async function download(file: ArtifactFile) {
  return withTempDir(async (folder) => {
    const target = join(folder, 'out');
    const ports = { clock: manualClock(), reporter: recordingReporter() };
    let sha256 = '';
    const whole = (digest: string) => Promise.resolve(void (sha256 = digest));
    const create = () => createFileSink(target, { overwrite: false });
    let code: string | undefined;
    try {
      await downloadTo(create, file, ports, never, whole);
    } catch (error) {
      ({ code } = error as MigratorError);
    }
    const names = await readdir(folder);
    return { code, names, text: names.length > 0 ? await readFile(target, 'utf8') : undefined, sha256 };
  });
}

describe('a plain file that is downloaded', () => {
  test('is begun again when its connection breaks, and is whole', async () => {
    // SHA-256 of "whole", as sha256sum prints it.
    const sha256 = '5d5766cf2d78701614200418ee1450690d9af12c84d52545e4802f001ad53099';
    const downloaded = await download(breaking(2, 'REMOTE_UNREACHABLE'));
    expect(downloaded).toEqual({ code: undefined, names: ['out'], text: 'whole', sha256 });
  });

  test.each([
    ['when it breaks three times', breaking(3, 'REMOTE_UNREACHABLE'), 'REMOTE_UNREACHABLE'],
    ['when the server sends something else', breaking(1, 'REMOTE_UNEXPECTED'), 'REMOTE_UNEXPECTED'],
  ])('leaves nothing %s', async (_, file, code) => {
    expect(await download(file)).toEqual({ code, names: [], text: undefined, sha256: '' });
  });
});
