import { describe, expect, test } from '@jest/globals';
import { Secret } from '../../../../../src/secret.ts';
import { never } from '../../../../support/adapter-tools.ts';
import { bytesOf, secrets, withClient, zipFile, type Client } from '../../../../support/export-import-client.ts';
import { shopLists, type Lists } from '../../../../support/export-import-server.ts';
import { exportZip, shop } from '../../../../support/export-zip.ts';

const lists = shopLists();
const zip = exportZip(shop);
const request = { projects: ['Web Shop'], options: {} };
const with_ = (path: string, edit: (one: Readonly<Record<string, unknown>>) => object): Lists => ({
  ...lists,
  [path]: (lists[path] ?? []).map((one) => ({ ...one, ...edit(one) })),
});
const started = async ({ way }: Client) => {
  const prepared = await way.exports!.prepare(request, never);
  return { prepared, id: await way.exports!.start(prepared, secrets, undefined, never) };
};

describe('prepare', () => {
  test('resolves names, and tells by name what stays behind', async () => {
    const triggers = { 'projects/Projects-1/triggers': [{ Id: 'ProjectTriggers-1', Name: 'Nightly' }] };
    await withClient({ lists: { ...lists, ...triggers } }, async ({ way, writes }) => {
      const prepared = await way.exports!.prepare(request, never);
      expect(prepared.projects).toEqual([{ id: 'Projects-1', name: 'Web Shop' }]);
      expect(prepared.package).toMatchObject({ id: 'Octopus.Project.Export' });
      expect(prepared.omits?.join()).toMatch(/packages of the built-in feed stay behind: Acme\.Web/);
      expect(prepared.omits?.join()).toMatch(/triggers stay behind: Web Shop\/Nightly/);
      expect(JSON.parse(JSON.stringify(prepared))).toEqual(prepared);
      expect(writes()).toEqual([]);
    });
  });

  test('names the tag sets that may stay behind, with the tags that are used', async () => {
    const tagged: Lists = {
      ...with_('tenants', () => ({ TenantTags: ['Regions/US'] })),
      variables: with_('variables', () => ({
        Variables: [{ Name: 'Url', Value: '1', Scope: { TenantTag: ['Regions/EU', 'Tiers/Gold'] } }],
      }))['variables']!,
      deploymentprocesses: [
        { Id: 'deploymentprocess-Projects-1', Steps: [{ Actions: [{ TenantTags: ['Regions/EU'] }] }] },
      ],
      'projects/Projects-1/triggers': [{ Id: 'ProjectTriggers-1', Name: 'Nightly', TenantTags: ['Night/Late'] }],
    };
    await withClient({ lists: tagged }, async ({ way }) => {
      const { omits = [] } = await way.exports!.prepare(request, never);
      expect(omits.filter((text) => text.includes('tag'))).toEqual([
        'tag sets may stay behind, make these tags on the target if it lacks them: Regions (EU, US), Tiers (Gold)',
      ]);
    });
    await withClient({ lists }, async ({ way }) => {
      expect((await way.exports!.prepare(request, never)).omits?.join()).not.toMatch(/tag/);
    });
  });

  test('refuses everything that stands against it at once, and starts nothing', async () => {
    const machine = with_('variables', ({ Id }) =>
      Id === 'variableset-Projects-1'
        ? { Variables: [{ Name: 'Port', Value: '1', Scope: { Machine: ['Machines-1'] } }] }
        : {},
    );
    const all = {
      ...machine,
      projects: with_('projects', () => ({
        PersistenceSettings: { Type: 'VersionControlled', Credentials: { Type: 'GitHub' } },
      }))['projects']!,
    };
    const permissions = { SystemPermissions: [], SpacePermissions: { ProjectEdit: [{ SpaceId: 'Spaces-1' }] } };
    await withClient({ lists: all, permissions }, async ({ way, writes }) => {
      const refusal = way.exports!.prepare(request, never);
      await expect(refusal).rejects.toMatchObject({
        code: 'UNSUPPORTED',
        details: {
          obstacles: [
            expect.stringMatching(/Ann is not a Space Manager/),
            expect.stringMatching(/scoped to machines: Port/),
            expect.stringMatching(/2025\.2\.5601.*Web Shop/),
          ],
        },
      });
      expect(writes()).toEqual([]);
    });
  });

  test('takes version-controlled projects from 2025.2.5601 on, and tells what must be edited', async () => {
    const git = with_('projects', () => ({
      PersistenceSettings: { Type: 'VersionControlled', Credentials: { Type: 'GitHub' } },
    }));
    await withClient({ lists: git, version: '2025.2.5601' }, async ({ way }) => {
      const { omits = [] } = await way.exports!.prepare(request, never);
      expect(omits.join()).toMatch(/GitHub App.*Web Shop/);
      expect(omits.join()).toMatch(/edited by hand for: Web Shop/);
    });
  });

  test('a right alone that is missing is a refusal of the account', async () => {
    const permissions = { SystemPermissions: [], SpacePermissions: { TeamEdit: [{ SpaceId: 'Spaces-9' }] } };
    await withClient({ lists, permissions }, ({ way }) =>
      expect(async () => way.exports!.prepare(request, never)).toThrowCode('AUTH_REFUSED'),
    );
  });

  test.each([
    ['a Space Manager', { SystemPermissions: [], SpacePermissions: { TeamEdit: [{ SpaceId: 'Spaces-1' }] } }],
    ['a system administrator', { SystemPermissions: ['AdministerSystem'], SpacePermissions: {} }],
    ['an account whose permissions are not shown whole', { IsPermissionsComplete: false, SpacePermissions: {} }],
  ])('%s is not refused', async (_, permissions) => {
    await withClient({ lists, permissions }, async ({ way }) => {
      await expect(way.exports!.prepare(request, never)).resolves.toMatchObject({ isNew: true });
    });
  });

  test.each([
    ['by its first name', { Name: 'Default Lifecycle', Phases: [{ OptionalDeploymentTargets: ['Environments-2'] }] }],
    ['by its lack of phases, whatever it is called', { Name: 'Usual', Phases: [] }],
  ])('knows the default lifecycle %s, and names the environments that nothing else brings', async (_, lifecycle) => {
    const usual = {
      ...with_('lifecycles', () => lifecycle),
      environments: [...lists['environments']!, { Id: 'Environments-2', Name: 'Live' }],
    };
    await withClient({ lists: usual }, async ({ way }) => {
      const { omits = [] } = await way.exports!.prepare(request, never);
      expect(omits.find((text) => text.includes('default lifecycle'))).toMatch(/not exported with Web Shop;.*: Live$/);
    });
  });

  test('does not warn of the default lifecycle when its environments come along all the same', async () => {
    await withClient({ lists: with_('lifecycles', () => ({ Name: 'Default Lifecycle' })) }, async ({ way }) => {
      const { omits = [] } = await way.exports!.prepare(request, never);
      expect(omits.join()).not.toMatch(/default lifecycle/);
    });
  });

  describe('of a project whose steps deploy others', () => {
    const project = (number: number, Name: string) => ({
      ...{ Id: `Projects-${number}`, Name, VariableSetId: `variableset-Projects-${number}` },
      ...{ DeploymentProcessId: `deploymentprocess-Projects-${number}`, LifecycleId: 'Lifecycles-1' },
      Slug: Name.toLowerCase(),
      Links: { Self: '', Triggers: `/api/Spaces-1/projects/Projects-${number}/triggers` },
    });
    const deploying = (number: number, deployed: string) => ({
      Id: `deploymentprocess-Projects-${number}`,
      Steps: [{ Actions: [{ Properties: { 'Octopus.Action.DeployRelease.ProjectId': deployed } }] }],
    });
    // Web Shop deploys Payments by its id, and Payments deploys Mail by its slug, and Mail Web Shop.
    const chain: Lists = {
      ...lists,
      projects: [...lists['projects']!, project(2, 'Payments'), project(3, 'Mail'), project(4, 'Other')],
      deploymentprocesses: [deploying(1, 'Projects-2'), deploying(2, 'mail'), deploying(3, 'Projects-1')],
      'projects/Projects-3/triggers': [{ Id: 'ProjectTriggers-3', Name: 'Nightly' }],
    };

    test('tells them by name, and what stays behind of them, before anything starts', async () => {
      await withClient({ lists: chain, exported: ['Projects-1', 'Projects-2', 'Projects-3'] }, async (client) => {
        const { prepared } = await started(client);
        expect(prepared.projects.map(({ name }) => name)).toEqual(['Web Shop']);
        expect(prepared.added?.map(({ name }) => name)).toEqual(['Payments', 'Mail']);
        expect(prepared.omits).toContain('projects come along because steps deploy them: Mail, Payments');
        expect(prepared.omits?.join()).toMatch(/triggers stay behind: Mail\/Nightly/);
        expect(client.tools.lines.join()).not.toContain('come along');
        const { IncludedProjectIds } = JSON.parse(client.seen.at(-1)!.text) as Record<string, unknown>;
        expect(IncludedProjectIds).toEqual(['Projects-1']);
      });
    });

    test('finds what stands against them', async () => {
      const variables = [
        ...lists['variables']!,
        { Id: 'variableset-Projects-3', Variables: [{ Name: 'Port', Scope: { Machine: ['Machines-1'] } }] },
      ];
      await withClient({ lists: { ...chain, variables } }, async ({ way, writes }) => {
        await expect(way.exports!.prepare(request, never)).rejects.toMatchObject({
          code: 'UNSUPPORTED',
          details: {
            obstacles: ['project Mail has variables that are scoped to machines: Port'],
            projects: ['Web Shop', 'Payments', 'Mail'],
          },
        });
        expect(writes()).toEqual([]);
      });
    });
  });

  test('a step template from a Git repository stands against it', async () => {
    const templates = {
      ...lists,
      actiontemplates: [{ Id: 'ActionTemplates-1', Name: 'Notify', GitDependencies: [{ Name: 'x' }] }],
    };
    const used = {
      ...templates,
      deploymentprocesses: [
        {
          Id: 'deploymentprocess-Projects-1',
          Steps: [{ Actions: [{ Properties: { 'Octopus.Action.Template.Id': 'ActionTemplates-1' } }] }],
        },
      ],
    };
    await withClient({ lists: used }, async ({ way }) => {
      await expect(way.exports!.prepare(request, never)).rejects.toThrow('step template Notify');
    });
  });
});

describe('the export', () => {
  test('is one request in UTF-8 with ids and password, and its zip comes back as the server has it', async () => {
    await withClient({ lists, zip, lateArtifacts: 2 }, async (client) => {
      const { prepared, id } = await started(client);
      expect(id).toMatch(/^ServerTasks-1\/project-export\/Octopus\.Project\.Export@/);
      const post = client.seen.find(({ method }) => method === 'POST')!;
      expect(post.path).toBe('/api/Spaces-1/projects/import-export/export');
      expect(post.headers['content-type']).toBe('application/json; charset=utf-8');
      expect(JSON.parse(post.text)).toEqual({
        IncludedProjectIds: ['Projects-1'],
        Password: { HasValue: true, NewValue: 'correct horse' },
      });
      expect(await client.way.jobs.status(id, never)).toMatchObject({ kind: 'export', state: 'succeeded' });
      const { files, package: ref } = await client.way.exports!.fetch(id, prepared, never);
      expect(ref).toEqual(prepared.package);
      expect(await bytesOf(files[0]!)).toEqual(zip);
      expect(client.writes()).toHaveLength(1);
    });
  });

  test('sends a password of other than Latin letters in UTF-8', async () => {
    await withClient({ lists }, async ({ way, seen }) => {
      const prepared = await way.exports!.prepare(request, never);
      await way.exports!.start(prepared, { password: new Secret('пароль "ß" 🔑') }, undefined, never);
      const sent = Buffer.from(seen.at(-1)!.text, 'latin1').toString('utf8');
      expect(JSON.parse(sent)).toMatchObject({ Password: { NewValue: 'пароль "ß" 🔑' } });
    });
  });

  test.each([
    { directory: '/octopus', linksName: true },
    { directory: '/octopus', linksName: false },
    { directory: '' },
  ])('is fetched below a virtual directory: %j', async (choices) => {
    await withClient({ lists, zip, ...choices }, async (client) => {
      const { prepared, id } = await started(client);
      const { files } = await client.way.exports!.fetch(id, prepared, never);
      expect(await bytesOf(files[0]!)).toEqual(zip);
    });
  });

  test('tells by name the projects that the server adds and nobody foresaw', async () => {
    const projects = [...lists['projects']!, { Id: 'Projects-9', Name: 'Hidden' }];
    await withClient({ lists: { ...lists, projects }, exported: ['Projects-1', 'Projects-9'] }, async (client) => {
      await started(client);
      expect(client.tools.lines).toContain('projects come along because steps deploy them: Hidden');
    });
  });

  test.each([
    ['its name', ['notes.txt', 'other.zip', 'Octopus-Export-1.zip'], 'native/Octopus-Export-1.zip'],
    ['being the only zip', ['notes.txt', 'other.zip'], 'native/other.zip'],
  ])('is found by %s', async (_, artifacts, path) => {
    await withClient({ lists, zip, artifacts }, async (client) => {
      const { prepared, id } = await started(client);
      expect((await client.way.exports!.fetch(id, prepared, never)).files[0]?.path).toBe(path);
    });
  });

  test('of two zips none is taken', async () => {
    const artifacts = ['Octopus-Export-1.zip', 'Octopus-Export-2.zip'];
    await withClient({ lists, zip, artifacts }, async (client) => {
      const { prepared, id } = await started(client);
      await expect(client.way.exports!.fetch(id, prepared, never)).rejects.toMatchObject({
        code: 'CONFLICT',
        hint: expect.stringContaining('Artifacts-2'),
      });
    });
  });

  test('without a zip is not found, after some looks', async () => {
    await withClient({ lists, artifacts: [] }, async (client) => {
      const { prepared, id } = await started(client);
      await expect(() => client.way.exports!.fetch(id, prepared, never)).toThrowCode('NOT_FOUND');
      expect(client.tools.waits.length).toBeGreaterThan(5);
    });
  });

  test('that is cut off fails while it is read', async () => {
    await withClient({ lists, zip: zip.subarray(0, 900) }, async (client) => {
      const { prepared, id } = await started(client);
      const { files } = await client.way.exports!.fetch(id, prepared, never);
      await expect(() => bytesOf(files[0]!)).toThrowCode('JOB_FAILED');
    });
  });

  test('is named as what stays, and is deleted', async () => {
    await withClient({ lists, zip }, async (client) => {
      const { id } = await started(client);
      expect(await client.way.exports!.leftBy!(id, never)).toMatch(/Octopus-Export-20260101\.zip \(Artifacts-1\)/);
      await client.way.exports!.discard!(id, never);
      expect(client.writes().at(-1)).toBe('DELETE /api/Spaces-1/artifacts/Artifacts-1');
    });
  });
});

describe('inspect', () => {
  test('tells what the zip holds, what the server added and what arrives bare', async () => {
    const more = exportZip([...shop, { type: 'Project', id: 'Projects-2', name: 'Payments' }]);
    await withClient({ lists }, async ({ way }) => {
      const prepared = await way.exports!.prepare(request, never);
      const { projects, remarks } = await way.exports!.inspect!([zipFile(more)], prepared, secrets, never);
      expect(projects).toEqual(['Web Shop', 'Payments']);
      expect(remarks.join('\n')).toMatch(/come along because steps deploy them: Payments/);
      expect(remarks.join('\n')).toMatch(/teams arrive without members: Release Team/);
      expect(remarks.join('\n')).toMatch(/logos stay behind: Acme/);
    });
  });

  test('refuses the export of another password, and a damaged one', async () => {
    await withClient({ lists }, async ({ way }) => {
      const prepared = await way.exports!.prepare(request, never);
      const look = (bytes: Buffer) => way.exports!.inspect!([zipFile(bytes)], prepared, secrets, never);
      await expect(() => look(exportZip(shop, { password: 'other' }))).toThrowCode('PACKAGE_LOCKED');
      await expect(() => look(exportZip(shop, { damaged: 'Tenants-1' }))).toThrowCode('PACKAGE_MALFORMED');
    });
  });
});

describe('a lost answer', () => {
  const since = () => new Date(Date.now() - 1000);

  test('of an export that began is settled by the projects that its task names', async () => {
    await withClient({ lists, lost: 'export' }, async ({ way }) => {
      const prepared = await way.exports!.prepare(request, never);
      await expect(way.exports!.start(prepared, secrets, undefined, never)).rejects.toMatchObject({
        details: { ambiguous: true },
      });
      expect(await way.exports!.find(prepared, since(), never)).toMatch(/^ServerTasks-1\/project-export\//);
    });
  });

  test('is settled whatever the server calls the task, but not by one that is certainly another', async () => {
    await withClient({ lists, lost: 'export', taskName: 'BentoSomething' }, async ({ way, change }) => {
      const prepared = await way.exports!.prepare(request, never);
      await expect(way.exports!.start(prepared, secrets, undefined, never)).rejects.toMatchObject({
        details: { ambiguous: true },
      });
      const id = await way.exports!.find(prepared, since(), never);
      expect(id).toMatch(/^ServerTasks-1\//);
      expect(await way.jobs.status(id!, never)).toMatchObject({ kind: 'export', state: 'succeeded' });
      change({ taskName: 'Deploy' });
      await expect(way.exports!.start(prepared, secrets, undefined, never)).rejects.toMatchObject({
        details: { ambiguous: true },
      });
      expect(await way.exports!.find(prepared, since(), never)).toBe(id);
      const other = id!.replace('ServerTasks-1', 'ServerTasks-2');
      await expect(() => way.jobs.status(other, never)).toThrowCode('CONFLICT');
    });
  });

  test('is not settled by a task of other projects, or of before', async () => {
    await withClient({ lists, lost: 'export' }, async ({ way }) => {
      const prepared = await way.exports!.prepare(request, never);
      await expect(way.exports!.start(prepared, secrets, undefined, never)).rejects.toMatchObject({
        details: { ambiguous: true },
      });
      const other = { ...prepared, projects: [{ id: 'Projects-7', name: 'Other' }] };
      expect(await way.exports!.find(other, since(), never)).toBeUndefined();
      expect(await way.exports!.find(prepared, new Date(Date.now() + 3_600_000), never)).toBeUndefined();
    });
  });

  test('of a server that shows no arguments is left to people, who are told the task', async () => {
    await withClient({ lists, lost: 'export', tells: false }, async ({ way }) => {
      const prepared = await way.exports!.prepare(request, never);
      await expect(way.exports!.start(prepared, secrets, undefined, never)).rejects.toMatchObject({
        details: { ambiguous: true },
      });
      await expect(way.exports!.find(prepared, since(), never)).rejects.toMatchObject({
        code: 'CONFLICT',
        details: { tasks: ['ServerTasks-1'] },
      });
    });
  });
});
