import { expect, test } from '@jest/globals';
import type { Options } from '../../../../../src/ports/options.ts';
import { never } from '../../../../support/adapter-tools.ts';
import { ask, send } from '../../../../support/octopus-api.ts';
import { withOctopusPair } from '../../../../support/octopus-pair.ts';

test('published runbooks and scopes of tags that stay behind are told with their numbers', async () => {
  await withOctopusPair(async ({ source }) => {
    const told = async (options: Options = {}) => {
      const request = { projects: ['Web Shop'], packageId: undefined, packageVersion: undefined, options };
      return (await source.adapter.exports!.prepare(request, never)).omits ?? [];
    };
    expect(await told()).toEqual([]);

    const scoped = (...tags: string[]) => ({ Id: tags.join(), Name: 'Scoped', Value: 'x', Scope: { TenantTag: tags } });
    const [project] = source.rows('Projects').filter(({ name }) => name === 'Web Shop');
    const [library] = project!.body['IncludedLibraryVariableSetIds'] as string[];
    for (const owner of [project!.id, library!]) {
      source.change('Variables', `variableset-${owner}`, (body) => ({
        ...body,
        Variables: [...(body['Variables'] as unknown[]), scoped('Moon/Full'), scoped('Moon/New', 'Sun/Up')],
      }));
    }
    expect(await told()).toEqual([expect.stringMatching(/^4 variables are scoped .* 2 tag sets .*\(Moon, Sun\)/)]);

    // A tenant of the project brings its tag sets along.
    const [tenant] = source.rows('Tenants');
    source.change('Tenants', tenant!.id, (body) => ({
      ...body,
      TenantTags: ['Moon/Full'],
      ProjectEnvironments: { [project!.id]: [] },
    }));
    expect(await told()).toEqual([expect.stringMatching(/^2 variables are scoped .* 1 tag set .*\(Sun\)/)]);
    expect(await told({ ignoreTenants: true })).toEqual([expect.stringContaining('(Moon, Sun)')]);

    await send(source.server, 'POST', '/api/runbooks', { Name: 'Restart', ProjectId: project!.id });
    const [runbook] = (await ask(source.server, '/api/runbooks/all')) as readonly { readonly Id: string }[];
    const snapshot = { Name: 'First', RunbookId: runbook!.Id };
    await send(source.server, 'POST', '/api/runbookSnapshots?publish=true', snapshot);
    expect((await told()).at(-1)).toContain('1 runbook has a published one');

    // Steps of the deployment and of runbooks, by the tags of their actions.
    const scopedStep = (body: Record<string, unknown>) => ({
      ...body,
      Steps: [
        {
          Name: 'One',
          Actions: [
            { Name: 'One', TenantTags: ['Tier/Gold'] },
            { Name: 'Two', TenantTags: [] },
          ],
        },
      ],
    });
    const [{ RunbookProcessId }] = (await ask(source.server, '/api/runbooks/all')) as [{ RunbookProcessId: string }];
    source.change('DeploymentProcesses', `deploymentprocess-${project!.id}`, scopedStep);
    expect(await told()).toContainEqual(expect.stringMatching(/^1 step is scoped .* 1 tag set .*\(Tier\)/));
    source.change('RunbookProcesses', RunbookProcessId, scopedStep);
    expect(await told()).toContainEqual(expect.stringMatching(/^2 steps are scoped .* 1 tag set .*\(Tier\)/));

    source.server.faults.add({ type: 'route', method: 'GET', path: '*/runbookProcesses*', status: 403 });
    expect(await told()).toEqual([expect.stringMatching(/^what does not travel could not be looked at: ./)]);
  });
});
