import { defaultSpace, type Instance } from '../instance.ts';
import { addEnvironments, addLifecycle, addMachine, addVariableSet, buildSpace } from './builder.ts';
import { projects, type SampleProject } from './company-projects.ts';
import { environments, lifecycles } from './company.ts';
import { addProject } from './projects.ts';

const own: readonly SampleProject[] = [
  {
    name: 'Store Kiosk',
    group: 'Storefront',
    description: 'Terminals in the stores',
    lifecycle: 'Standard Promotion',
    roles: ['web'],
    variableSets: ['Acme Common'],
    releases: ['1.0.0'],
    variables: [{ name: 'Kiosk.Pin', value: 'sample-kiosk-pin', sensitive: true }],
  },
  {
    name: 'Returns Portal',
    group: 'Logistics',
    description: 'For parcels that come back',
    lifecycle: 'Standard Promotion',
    roles: ['api'],
    variableSets: ['Acme Common'],
    releases: ['3.0.0', '3.1.0'],
    variables: [{ name: 'Returns.Days', value: '30' }],
  },
];

/**
 * Acme's production server, to which projects move. It has some names in common with the source (environments, a
 * lifecycle, a variable set, the project Image Service), under other ids; the project has other content, the set another variable. It has two own projects.
 */
export function addTarget(instance: Instance): void {
  const builder = buildSpace(instance, defaultSpace);
  addEnvironments(builder, ['Disaster Recovery', ...environments.toReversed()]);
  for (const group of ['Logistics', 'Storefront']) builder.add('ProjectGroups', group, {});
  addLifecycle(builder, 'Standard Promotion', lifecycles['Standard Promotion'] ?? []);
  addVariableSet(builder, 'Acme Common', [
    { name: 'Acme.Region', value: 'eu-central' },
    { name: 'Acme.Cluster', value: 'blue' },
  ]);
  for (const [name, roles] of [
    ['prod-web-11', ['web']],
    ['prod-api-11', ['api']],
  ] as const) {
    addMachine(builder, { name, environments: ['Production'], roles });
  }
  for (const project of own) addProject(builder, project, ['Staging', 'Production']);
  const shared = projects.find(({ name }) => name === 'Image Service');
  if (shared === undefined) throw new Error('the sample has no Image Service');
  addProject(
    builder,
    {
      ...shared,
      description: 'Product pictures, as production has them',
      steps: ['Deploy', 'Purge cache'],
      variables: [{ name: 'Images.Bucket', value: 'acme-images-production' }],
      releases: ['1.8.0'],
    },
    ['Staging', 'Production'],
  );
}
