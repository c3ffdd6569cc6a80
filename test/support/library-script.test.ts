import { describe, expect, test } from '@jest/globals';
import { never } from './adapter-tools.ts';
import { all, withLibraries, type Bench, type Call } from './library-script.ts';

const projects: Call = { on: 'source', line: 'GET /api/projects', answer: [] };
const list = ({ open }: Bench) => all(open().inventory.list('project', never));

describe('two scripted Libraries', () => {
  test('the Libraries answer the calls of their script and return what the test made of the answers', async () => {
    expect(await withLibraries([projects], list)).toEqual([]);
  });

  test.each<[string, readonly Call[], RegExp]>([
    ['goes to the other Library', [{ ...projects, on: 'target' }], /the other Library was due/u],
    ['is a different one', [{ ...projects, line: 'GET /api/project' }], /another call was due/u],
    ['has another method', [{ ...projects, line: 'POST /api/projects' }], /another call was due/u],
    ['has another query', [{ ...projects, line: 'GET /api/projects?limit=1' }], /the query differs/u],
    [
      'lacks a header',
      [{ ...projects, headers: { 'x-mstr-projectid': 'p' } }],
      /header x-mstr-projectid is undefined/u,
    ],
    ['has an extra header', [{ ...projects, headers: { 'x-mstr-authtoken': null } }], /header x-mstr-authtoken is/u],
    ['has another body', [{ ...projects, json: { name: 'a' } }], /the body differs from \{"name":"a"\}/u],
    ['has no form', [{ ...projects, file: { field: 'file', name: 'a', text: 'a' } }], /the form differs/u],
    ['is not in the script', [], /nothing more was expected/u],
    ['never comes', [projects, projects], /^never asked: source GET \/api\/projects$/u],
  ])('the Libraries fail the test when a call %s', async (_, calls, complaint) => {
    await expect(withLibraries(calls, list)).rejects.toThrow(complaint);
  });

  test('the Libraries fail the test when a session is left open', async () => {
    const careless = withLibraries([projects], async ({ url }) => {
      await fetch(`${url('source')}/api/auth/login`, { method: 'POST', body: '{}' });
    });
    await expect(careless).rejects.toThrow('source: 1 logins, 0 logouts');
  });

  test('the Libraries report the error of the test, and an error of the script before it', async () => {
    const broken = () => Promise.reject(new Error('broken'));
    await expect(withLibraries([], broken)).rejects.toThrow('broken');
    await expect(withLibraries([projects], broken)).rejects.toMatchObject({
      message: expect.stringMatching(/^never asked/u),
      cause: { message: 'broken' },
    });
  });
});
