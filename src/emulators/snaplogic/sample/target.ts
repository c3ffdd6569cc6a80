import type { Plane } from '../plane.ts';
import { addAccount, addProject, buildOrg, sharedFolder } from './builder.ts';
import { crm } from './company.ts';
import { addUsers, administrator, membersWith, writer } from './members.ts';

/** Another control plane. A migration cannot reach it: projects are exported and imported. */
export async function addTarget(plane: Plane): Promise<void> {
  addUsers(plane.store);
  const builder = buildOrg(plane, {
    name: 'Acme-EU',
    trusted: ['Acme-EU-Prod'],
    members: membersWith({ 'dev.lead@acme.example': administrator, 'release@acme.example': writer }),
  });
  addAccount(builder, sharedFolder(builder).id, 's3_archive', 'archive.acme-eu.example');
  builder.add(builder.org.id, 'Dir', 'Finance');
  const sales = builder.add(builder.org.id, 'Dir', 'Sales EMEA');
  await addProject(builder, sales, { ...crm, pipelines: [{ name: 'sync_contacts', account: 'crm_login' }] });
  const production = buildOrg(plane, { name: 'Acme-EU-Prod', securityLevel: 'enhanced', members: membersWith({}) });
  production.add(production.org.id, 'Dir', 'Finance');
}
