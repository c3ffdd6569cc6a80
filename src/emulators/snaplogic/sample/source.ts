import type { Plane } from '../plane.ts';
import { addAccount, addFile, addProject, buildOrg, sharedFolder } from './builder.ts';
import { bulk, crm, invoices, ledger, payroll } from './company.ts';
import { addUsers, administrator, membersWith, reader, writer } from './members.ts';

async function addDevelopment(plane: Plane): Promise<void> {
  const builder = buildOrg(plane, {
    name: 'Acme-Dev',
    trusted: ['Acme-Test'],
    members: membersWith({
      'dev.lead@acme.example': administrator,
      'release@acme.example': reader,
      'reader@acme.example': reader,
      'payroll.owner@acme.example': reader,
    }),
  });
  addAccount(builder, sharedFolder(builder).id, 's3_archive', 'archive.acme-dev.example');
  await addFile(builder, sharedFolder(builder).id, 'common.expr', '{ upper: x => x.toUpperCase() }\n');
  const finance = builder.add(builder.org.id, 'Dir', 'Finance');
  const shared = builder.add(finance.id, 'Dir', 'shared');
  await addFile(builder, shared.id, 'invoice.expr', '{ net: x => x / 1.19 }\n');
  for (const project of [invoices, ledger, payroll]) await addProject(builder, finance, project);
  const sales = builder.add(builder.org.id, 'Dir', 'Sales EMEA');
  for (const project of [crm, bulk]) await addProject(builder, sales, project);
}

/** Receives the projects of Acme-Dev. It already has an older CRM Sync. */
async function addTest(plane: Plane): Promise<void> {
  const builder = buildOrg(plane, {
    name: 'Acme-Test',
    trusted: ['Acme-Prod'],
    members: membersWith({ 'dev.lead@acme.example': writer, 'release@acme.example': writer }),
  });
  addAccount(builder, sharedFolder(builder).id, 's3_archive', 'archive.acme-test.example');
  builder.add(builder.org.id, 'Dir', 'Finance');
  const sales = builder.add(builder.org.id, 'Dir', 'Sales EMEA');
  await addProject(builder, sales, {
    ...crm,
    pipelines: [{ name: 'sync_contacts', account: 'crm_login' }, { name: 'only_in_test' }],
  });
}

/** Acme-Dev does not trust it. It has the higher security level. */
async function addProduction(plane: Plane): Promise<void> {
  const builder = buildOrg(plane, {
    name: 'Acme-Prod',
    securityLevel: 'enhanced',
    trusted: ['Acme-Dev'],
    members: membersWith({}),
  });
  addAccount(builder, sharedFolder(builder).id, 's3_archive', 'archive.acme-prod.example');
  const finance = builder.add(builder.org.id, 'Dir', 'Finance');
  await addProject(builder, finance, { ...payroll, pipelines: [{ name: 'salaries' }] });
}

/** Does not accept passwords. */
function addLocked(plane: Plane): void {
  const builder = buildOrg(plane, { name: 'Acme-Secure', basicDisabled: true, members: membersWith({}) });
  builder.add(builder.org.id, 'Dir', 'Finance');
}

/** Acme's control plane in the US: development, test, production and an environment without passwords. */
export async function addSource(plane: Plane): Promise<void> {
  addUsers(plane.store);
  await addDevelopment(plane);
  await addTest(plane);
  await addProduction(plane);
  addLocked(plane);
}
