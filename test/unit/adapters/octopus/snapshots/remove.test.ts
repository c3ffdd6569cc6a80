import { expect, test } from '@jest/globals';
import { never } from '../../../../support/adapter-tools.ts';
import { moved, withOctopusPair } from '../../../../support/octopus-pair.ts';

test('what a thing that stays uses is not deleted, and is named', async () => {
  await withOctopusPair(async ({ source, target }, projects = ['Image Service', 'Identity']) => {
    const { before, after } = await moved({ source, target }, projects);
    const had = new Set(before.map(({ kind, name }) => `${kind} ${name}`));
    const created = after.filter(({ kind, name }) => !had.has(`${kind} ${name}`));
    const uses = created.find(({ kind }) => kind === 'certificate')!;
    expect(created.map(({ name }) => name)).toContain('Identity');
    const scope = await target.adapter.snapshots!.scopeOf(projects, {}, never);
    // Identity stays, and its variables hold the id of the certificate.
    const some = created.filter(({ name }) => name !== 'Identity' && !name.startsWith('Identity/'));
    const stays = await target.adapter.snapshots!.remove!(scope, some, never);
    expect(stays).toContain(`certificate "${uses.name}" stays: something that stays uses it`);
    expect(target.rows('Certificates').map(({ name }) => name)).toContain(uses.name.split('/')[0]);

    // Together with the project it goes.
    expect(await target.adapter.snapshots!.remove!(scope, created, never)).not.toContain(stays[0]);
    expect(target.rows('Certificates')).toEqual([]);
  });
});
