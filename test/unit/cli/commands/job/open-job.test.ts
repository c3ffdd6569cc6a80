import { expect, test } from '@jest/globals';
import { ofJob } from '../../../../../src/cli/commands/job/open-job.ts';
import { MigratorError } from '../../../../../src/errors.ts';
import { river } from '../../../../support/moving-adapter.ts';

const job = {
  instance: { name: 'lab', adapter: river().adapter, place: 'river lab' },
  id: 'nope',
  handle: 'river:lab:nope',
};
const hint = '"migrator job list --from lab" lists its jobs';

test('a job that the server does not know is told as a job, and not as a request', async () => {
  const details = { status: 404, request: 'GET /api/jobs/nope' };
  const raw = new MigratorError('NOT_FOUND', '127.0.0.1:1 does not know GET /api/jobs/nope (404): {}', { details });
  await expect(ofJob(job, Promise.reject(raw))).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: 'lab does not know a job nope',
    hint,
  });
  const worded = new MigratorError('NOT_FOUND', 'lab: there is no task nope');
  await expect(ofJob(job, Promise.reject(worded))).rejects.toMatchObject({ message: worded.message, hint });
});
