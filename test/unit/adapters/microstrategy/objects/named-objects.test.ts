import { describe, expect, test } from '@jest/globals';
import { never } from '../../../../support/adapter-tools.ts';
import { withLibraries, type Call } from '../../../../support/library-script.ts';

const nina = { id: 'A'.repeat(32), name: 'Nina New', type: 34, subtype: 8704 };
const search = (name: string, ...result: readonly object[]): Call => ({
  on: 'source',
  line: `GET /api/searches/results?type=34&name=${name}&pattern=2&limit=100&offset=0`,
  answer: { totalItems: result.length, result },
});
const logins = (name: string, ...answer: readonly object[]): Call => ({
  on: 'source',
  line: `GET /api/users?abbreviationBegins=${name}&limit=100`,
  answer,
});
const object: Call = { on: 'source', line: `GET /api/objects/${nina.id}?type=34`, answer: nina };

async function packed(calls: readonly Call[], named: string): Promise<unknown> {
  return withLibraries(calls, async ({ open }) => {
    const options = { packageType: 'configuration', object: [`${named}:user`] };
    const request = { projects: [], options, packageId: undefined, packageVersion: undefined, secrets: [] };
    const prepared = await open().exports!.prepare(request, never);
    const body = JSON.parse(String(prepared.settled['body'])) as { packageInfo: { tocView: { content: unknown } } };
    return body.packageInfo.tocView.content;
  });
}

describe('a user', () => {
  test('is found by the name of its login, exactly', async () => {
    const others = [
      { id: 'B'.repeat(32), name: 'Ninaba', abbreviation: 'ninaba' },
      { id: nina.id, name: nina.name, abbreviation: 'Nina' },
    ];
    expect(await packed([search('nina'), logins('nina', ...others), object], 'nina')).toMatchObject([
      { id: nina.id, name: 'Nina New' },
    ]);
  });

  test('is found by its full name first, and nobody asks for logins then', async () => {
    expect(await packed([search('Nina+New', nina), object], 'Nina New')).toMatchObject([{ id: nina.id }]);
  });

  test('is not found when the account may not list users', async () => {
    const refused = { ...logins('nina'), status: 403, answer: { code: 'ERR014', message: 'no' } };
    await expect(() => packed([search('nina'), refused], 'nina')).toThrowCode('NOT_FOUND');
  });
});
