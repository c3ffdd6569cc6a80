import { defaultSpace, newId, putDocument, type Instance } from '../instance.ts';
import { furnishSpace } from '../space.ts';
import { addSpace } from './base.ts';
import {
  addAccount,
  addCertificate,
  addEnvironments,
  addLifecycle,
  addMachine,
  addTagSets,
  addTenant,
  addVariableSet,
  buildSpace,
} from './builder.ts';
import { projects } from './company-projects.ts';
import {
  accounts,
  certificates,
  environments,
  groups,
  lifecycles,
  machines,
  tagSets,
  tenants,
  variableSets,
} from './company.ts';
import { addProject } from './projects.ts';

function addLab(instance: Instance): void {
  const space = addSpace(instance, 'Innovation Lab', 'Where ideas are tried', false);
  furnishSpace(instance.store, space);
  const lab = buildSpace(instance, space);
  addEnvironments(lab, ['Development', 'Production']);
  addVariableSet(lab, 'Acme Common', [{ name: 'Acme.Region', value: 'eu-lab' }]);
  for (const group of groups) lab.add('ProjectGroups', group, {});
  addProject(
    lab,
    {
      name: 'Prototype',
      group: 'Platform',
      description: 'This month’s idea',
      lifecycle: 'Default Lifecycle',
      roles: ['web'],
      variableSets: ['Acme Common'],
      variables: [{ name: 'Prototype.Key', value: 'sample-prototype-key', sensitive: true }],
      releases: ['0.0.1'],
    },
    ['Development'],
  );
}

/** All that Acme has: twelve projects, and a second space with one more project. */
export function addSource(instance: Instance): void {
  const builder = buildSpace(instance, defaultSpace);
  addEnvironments(builder, environments);
  for (const [name, phases] of Object.entries(lifecycles)) addLifecycle(builder, name, phases);
  for (const group of groups) builder.add('ProjectGroups', group, {});
  for (const certificate of certificates) addCertificate(builder, certificate);
  for (const account of accounts) addAccount(builder, account);
  for (const [name, variables] of Object.entries(variableSets)) addVariableSet(builder, name, variables);
  addTagSets(builder, tagSets);
  for (const machine of machines) addMachine(builder, machine);
  for (const project of projects) addProject(builder, project, lifecycles[project.lifecycle] ?? environments);
  for (const tenant of tenants) addTenant(builder, tenant);
  putDocument(instance.store, 'Events', {
    Id: newId(instance.store, 'Events'),
    SpaceId: defaultSpace,
    Category: 'Created',
    UserId: 'Users-1',
    Username: 'admin',
    Occurred: '2026-01-05T08:00:00.000+00:00',
    Message: 'Project Web Shop was created',
    RelatedDocumentIds: ['Projects-1'],
  });
  addLab(instance);
}
