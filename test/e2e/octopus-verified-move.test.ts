// Moves by Export/Import that are compared with their source afterwards.
import { describe, expect, jest, test } from '@jest/globals';
import { send } from '../support/octopus-api.ts';
import { withWorkshop, type Workshop } from '../support/workshop.ts';

jest.setTimeout(120_000);

const newer = { version: '2026.1.1', flavor: 'linux', sample: false } as const;

interface Said {
  readonly outcome: string;
  readonly verified: { readonly equal: number; readonly differences: readonly unknown[]; readonly blind: string[] };
  readonly warnings: readonly string[];
  readonly result: { readonly items: readonly { kind: string; name: string; action: string }[] };
}

async function moved({ run }: Workshop, ...projects: readonly string[]): Promise<{ code: number; said: Said }> {
  const { code, stdout } = await run([
    ...['migrate-project', ...projects, '--from', 'lab', '--to', 'prod', '--password', 'env:MOVE_PASSWORD'],
    ...['--via', 'export-import', '--verify', '--skip-existing', '--yes', '--json'],
  ]);
  return { code, said: JSON.parse(stdout) as Said };
}

/** A project with all that it uses, made with as few members as the server takes. */
async function ownCompany({ lab }: Workshop): Promise<void> {
  const make = async (path: string, body: object) =>
    (await send(lab, 'POST', `/api/${path}`, body)) as { Id: string; VariableSetId: string };
  const environment = await make('environments', { Name: 'EnvP' });
  const lifecycle = await make('lifecycles', {
    Name: 'LifeP',
    Phases: [{ Name: 'First', OptionalDeploymentTargets: [environment.Id] }],
  });
  const group = await make('projectgroups', { Name: 'GroupP' });
  const certificate = await make('certificates', { Name: 'CertP', CertificateData: { NewValue: 'MIIC' } });
  const pool = await make('workerpools', { Name: 'PoolP' });
  const template = await make('actiontemplates', { Name: 'StepP', ActionType: 'Octopus.Script', Properties: {} });
  const set = await make('libraryvariablesets', { Name: 'SetP', Templates: [{ Name: 'Motto' }] });
  await make('tagsets', { Name: 'TagsP', Tags: [{ Name: 'One' }] });
  const policy = await make('machinepolicies', { Name: 'PolicyP' });
  await make('machines', {
    ...{ Name: 'MachineP', EnvironmentIds: [environment.Id], Roles: ['web'], MachinePolicyId: policy.Id },
    Endpoint: { CommunicationStyle: 'None' },
  });
  const project = await make('projects', {
    ...{ Name: 'P1', ProjectGroupId: group.Id, LifecycleId: lifecycle.Id, IncludedLibraryVariableSetIds: [set.Id] },
    ...{ ProjectConnectivityPolicy: { AllowDeploymentsToNoTargets: true }, Templates: [{ Name: 'Greeting' }] },
  });
  await send(lab, 'PUT', `/api/variables/${project.VariableSetId}`, {
    ...{ Id: project.VariableSetId, OwnerId: project.Id, Version: 0 },
    Variables: [
      { Name: 'Plain', Value: 'a', Scope: { Environment: [environment.Id] } },
      { Name: 'Cert', Value: certificate.Id, Type: 'Certificate' },
      { Name: 'Secret', Value: 's3cret', IsSensitive: true },
    ],
  });
  await send(lab, 'PUT', `/api/deploymentprocesses/deploymentprocess-${project.Id}`, {
    ...{ Id: `deploymentprocess-${project.Id}`, ProjectId: project.Id, Version: 0 },
    Steps: [
      {
        Name: 'Run',
        Properties: { 'Octopus.Action.TargetRoles': 'web' },
        Actions: [
          {
            ...{ Name: 'Run', ActionType: 'Octopus.Script', WorkerPoolId: pool.Id },
            Properties: { 'Octopus.Action.Template.Id': template.Id },
          },
        ],
      },
    ],
  });
  await make('tenants', {
    ...{ Name: 'TenantP', TenantTags: ['TagsP/One'], ProjectEnvironments: { [project.Id]: [environment.Id] } },
  });
}

describe('a faultless move by Export/Import to a newer server', () => {
  test('of a company made with few members shows no difference', async () => {
    await withWorkshop({ prod: newer }, async (workshop) => {
      await ownCompany(workshop);
      const { code, said } = await moved(workshop, 'P1');
      expect(said.verified.differences).toEqual([]);
      expect({ code, outcome: said.outcome }).toEqual({ code: 0, outcome: 'done' });
      expect(said.verified.equal).toBeGreaterThan(12);
      expect(said.verified.blind.join()).toContain('deployment targets, workers');
      const warned = said.warnings.join('\n');
      for (const name of ['MachineP', 'PolicyP', 'TagsP (One)']) expect(warned).toContain(name);
    });
  });

  test('of the sample shows no difference', async () => {
    await withWorkshop({ prod: newer }, async (workshop) => {
      const { code, said } = await moved(workshop, 'Web Shop', 'Warehouse', 'Search');
      expect(said.verified.differences).toEqual([]);
      expect(code).toBe(0);
    });
  });
});

test('a certificate that did not arrive is named, although its document tells no thumbprint', async () => {
  await withWorkshop({ prod: newer }, async (workshop) => {
    await ownCompany(workshop);
    workshop.prod.faults.add({ type: 'named', name: 'certificate-lost', values: {} });
    const { code, said } = await moved(workshop, 'P1');
    expect({ code, outcome: said.outcome }).toEqual({ code: 3, outcome: 'partial' });
    expect(said.result.items.filter(({ action }) => action === 'not-seen')).toEqual([
      expect.objectContaining({ kind: 'certificate', name: 'CertP' }),
    ]);
  });
});
