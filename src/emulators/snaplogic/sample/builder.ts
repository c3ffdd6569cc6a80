import type { Json } from '../../shared/json.ts';
import { encryptedFor } from '../encryption.ts';
import { needOrg, putOrg, type Org } from '../orgs.ts';
import type { Plane } from '../plane.ts';
import { newSnodeId, type Node } from '../tree.ts';
import { addNode, childNamed, type NodeType } from '../tree.ts';
import type { SamplePipeline, SampleProject, SampleTask } from './company.ts';

/** Makes the nodes of one environment. Their times are the same in every new state. */
export interface OrgBuilder {
  readonly plane: Plane;
  readonly org: Org;
  add(
    parent: string,
    type: NodeType,
    name: string,
    more?: Partial<Pick<Node, 'metadata' | 'document' | 'acl' | 'secured' | 'owner'>>,
  ): Node;
}

const epoch = Date.UTC(2026, 1, 2, 7, 30, 0);
const step = 47 * 60_000;

export const sampleOwner = 'admin@acme.example';

/** By default an environment has the standard security level, trusts no other one and accepts passwords. */
export function buildOrg(plane: Plane, init: Pick<Org, 'name' | 'members'> & Partial<Org>): OrgBuilder {
  const { store } = plane;
  const id = newSnodeId(store);
  const snaplexes = ['Cloud', 'Ground'].map((kind) => ({
    label: `${init.name} ${kind}plex`,
    runtime_path_id: `${init.name}/rt/${kind.toLowerCase()}plex/main`,
  }));
  putOrg(store, { securityLevel: 'standard', trusted: [], basicDisabled: false, ...init, id, snaplexes });
  const org = needOrg(store, init.name);
  const shared = (name: string, parent: string) =>
    addNode(store, { name, parent, type: 'Dir', org: id, owner: sampleOwner, now: new Date(epoch) });
  const folder = shared('shared', id);
  let time = epoch;
  const builder: OrgBuilder = {
    plane,
    org,
    add(parent, type, name, more = {}) {
      time += step;
      return addNode(store, { owner: sampleOwner, ...more, name, parent, type, org: id, now: new Date(time) });
    },
  };
  for (const { label, runtime_path_id } of snaplexes) {
    builder.add(folder.id, 'Plex', label, { metadata: { runtime_path_id } });
  }
  return builder;
}

export function sharedFolder({ plane, org }: OrgBuilder): Node {
  const folder = childNamed(plane.store, org.id, 'shared');
  if (folder === undefined) throw new Error(`the sample's ${org.name} has no shared folder`);
  return folder;
}

const label = (name: string) => ({
  info: { label: { value: name }, notes: { value: null }, purpose: { value: null } },
});

/** An account with a plain user name and an encrypted password. */
export function addAccount(builder: OrgBuilder, parent: string, name: string, host: string): Node {
  const { plane, org } = builder;
  const document = {
    class_id: 'com-snaplogic-snaps-sql-jdbc-databaseaccount',
    class_version: 2,
    property_map: {
      ...label(name),
      settings: {
        hostname: { value: host, expression: false },
        username: { value: 'svc_integration', expression: false },
        password: { value: `sample-account-password-${name}` },
      },
    },
  };
  return builder.add(parent, 'Account', name, {
    document: encryptedFor(plane.store, org, document).document,
    metadata: { class_id: document.class_id, account_type: 'database' },
  });
}

export async function addFile(builder: OrgBuilder, parent: string, name: string, text: string): Promise<Node> {
  const content = await builder.plane.contents.keep(Buffer.from(text, 'utf8'));
  return builder.add(parent, 'File', name, { document: { ...content }, metadata: { size: content.size } });
}

const snapId = (number: number) => `11111111-1111-4111-8111-${String(number).padStart(12, '0')}`;

function pipelineDocument(builder: OrgBuilder, project: Node, pipeline: SamplePipeline): Json {
  const { store } = builder.plane;
  const account = pipeline.account;
  const reference = (path: string) => {
    const parent = path.startsWith('../../shared/') ? sharedFolder(builder).id : project.id;
    const found = childNamed(store, parent, path.split('/').at(-1) ?? '');
    if (found === undefined) throw new Error(`the sample has no account ${path}`);
    const ref_class_id = { value: 'com-snaplogic-snaps-sql-jdbc-databaseaccount' };
    return { account_ref: { value: { label: { value: path }, ref_class_id, ref_id: { value: found.id } } } };
  };
  const snaps = ['Read', 'Map', 'Write'].map((step, index) => ({
    class_id: [
      'com-snaplogic-snaps-sql-jdbc-select',
      'com-snaplogic-snaps-transform-datatransform',
      'com-snaplogic-snaps-binary-write',
    ][index],
    class_version: 1,
    instance_id: snapId(index + 1),
    property_map: {
      ...label(`${step} ${pipeline.name}`),
      settings: index === 1 ? { expression_library: { value: pipeline.library ?? null } } : {},
      ...(index === 0 && account !== undefined ? { account: reference(account) } : {}),
      error: { error_behavior: { value: 'fail' } },
    },
  }));
  const link = (number: number) => ({
    src_id: snapId(number),
    src_view_id: 'output0',
    dst_id: snapId(number + 1),
    dst_view_id: 'input0',
  });
  return {
    class_id: 'com-snaplogic-pipeline',
    class_version: 9,
    snap_map: Object.fromEntries(snaps.map((snap) => [snap.instance_id, snap] as const)),
    link_map: { link100: link(1), link101: link(2) },
    link_serial: 102,
    property_map: {
      ...label(pipeline.name),
      error: { error_behavior: { value: 'none' } },
      settings: { param_table: { value: [] } },
    },
    render_map: {
      default_snaplex: builder.org.snaplexes[0]?.runtime_path_id,
      pan_x_num: 0,
      pan_y_num: 0,
      scale_ratio: 1,
    },
    target_runtime: 'cloud',
  };
}

function addTask(builder: OrgBuilder, project: Node, path: string, task: SampleTask): void {
  const { store } = builder.plane;
  const pipeline = childNamed(store, project.id, task.pipeline);
  const document = {
    enabled: true,
    pipeline_name: task.pipeline,
    pipeline_snode_id: pipeline?.id,
    pipeline_path: `${path}/${task.pipeline}`,
    runtime_path_id: builder.org.snaplexes[0]?.runtime_path_id,
    schedule: task.type === 'scheduled' ? { cron: '15 2 * * *', timezone: 'Europe/Berlin' } : null,
    parameters: {},
  };
  builder.add(project.id, 'Job', task.name, { metadata: { type: task.type }, document });
}

export async function addProject(builder: OrgBuilder, space: Node, project: SampleProject): Promise<void> {
  const node = builder.add(space.id, 'Dir', project.name);
  for (const name of project.accounts ?? []) {
    addAccount(builder, node.id, name, `${builder.org.name.toLowerCase()}.db.acme.example`);
  }
  for (const [name, text] of Object.entries(project.files ?? {})) await addFile(builder, node.id, name, text);
  for (const pipeline of project.pipelines) {
    const { securedFor } = pipeline;
    builder.add(node.id, 'Pipeline', pipeline.name, {
      document: pipelineDocument(builder, node, pipeline),
      ...(securedFor === undefined ? {} : { secured: true, owner: securedFor }),
    });
  }
  const path = `/${builder.org.name}/${space.name}/${project.name}`;
  for (const task of project.tasks ?? []) addTask(builder, node, path, task);
  for (const name of project.policies ?? []) {
    const document = {
      class_id: 'com-snaplogic-policy-ipallowlist',
      property_map: { ...label(name), settings: { cidr: { value: '10.20.0.0/16' } } },
    };
    builder.add(node.id, 'Policy', name, { document, metadata: { policy_type: 'ip_allow_list' } });
  }
}
