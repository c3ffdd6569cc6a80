import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { never } from '../../../support/adapter-tools.ts';
import { snaplogicPlane, type SnaplogicPlane } from '../../../support/snaplogic-plane.ts';

let plane: SnaplogicPlane;
beforeAll(async () => {
  plane = await snaplogicPlane();
});
afterAll(() => plane.close());

test('an org that takes no passwords fails the probe, although the control plane describes the account', async () => {
  await expect(plane.org('Acme-Secure').adapter.probe(never)).rejects.toMatchObject({
    code: 'AUTH_REFUSED',
    message: expect.stringContaining('Acme-Secure refuses this account'),
    hint: expect.stringContaining('`token`'),
  });
  expect(await plane.org('Acme-Dev').adapter.probe(never)).toMatchObject({ notes: [] });
});
