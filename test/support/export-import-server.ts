import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { bodyOf, withServer } from './with-server.ts';

export type Document = Readonly<Record<string, unknown>> & { readonly Id: string };
/** The lists of a space by their paths, such as `environments` or `projects/Projects-1/channels`. */
export type Lists = Readonly<Record<string, readonly Document[]>>;

/** What a server has, and how it behaves. */
export interface Choices {
  readonly version?: string;
  readonly lists?: Lists;
  /** A second space with lists of its own. */
  readonly second?: Lists;
  /** What an export gives. */
  readonly zip?: Buffer;
  readonly exported?: readonly string[];
  /** What an import adds to the lists. */
  readonly arrives?: Lists;
  readonly migrationApi?: boolean;
  readonly exportImport?: boolean;
  /** The permissions of the account. Without them the server does not tell. */
  readonly permissions?: Readonly<Record<string, unknown>>;
  /** More of the document of the first space. Default: nobody is named as its manager. */
  readonly space?: Readonly<Record<string, unknown>>;
  readonly system?: string;
  /** A virtual directory, and whether links name it. */
  readonly directory?: string;
  readonly linksName?: boolean;
  /** How many looks at the artifacts show none. */
  readonly lateArtifacts?: number;
  readonly artifacts?: readonly string[];
  readonly upload?: 'file' | 'empty' | 'cut' | 'too large';
  /** The answer of this request is lost, after it was carried out or before. */
  readonly lost?: undefined | 'export' | 'import' | 'before import';
  /** The arguments of tasks are shown. Default: true. */
  readonly tells?: boolean;
  /** The name of its tasks, instead of the usual ones. */
  readonly taskName?: string;
  readonly log?: readonly { readonly Category: string; readonly MessageText: string }[];
  readonly state?: string;
  readonly previewRefusal?: string;
}

export interface Seen {
  readonly method: string;
  /** Without the virtual directory. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  readonly size: number;
}

export interface Running {
  readonly url: string;
  readonly seen: readonly Seen[];
  /** The paths of the writes, in order. */
  readonly writes: () => readonly string[];
  readonly files: readonly { readonly Id: string; readonly FileName: string; readonly sha1: string }[];
  readonly change: (choices: Choices) => void;
}

interface Task {
  readonly Id: string;
  readonly Name: string;
  readonly SpaceId: string;
  readonly Arguments: object;
  readonly QueueTime: string;
}

/** A server with the routes of Export/Import, made of what the product's documents and sample scripts tell. */
export async function withExportImport<Result>(
  first: Choices,
  run: (running: Running) => Promise<Result>,
): Promise<Result> {
  let choices = first;
  const seen: Seen[] = [];
  const tasks: Task[] = [];
  const files: { Id: string; FileName: string; sha1: string }[] = [];
  const deleted = new Set<string>();
  const added: Record<string, Lists> = {};
  let looks = 0;
  const base = first.directory ?? '';
  const link = (path: string): string => `${first.linksName === false ? '' : base}${path}`;

  const listsOf = (space: string): Lists => {
    const own = (space === 'Spaces-1' ? choices.lists : choices.second) ?? {};
    const more = added[space] ?? {};
    return Object.fromEntries(
      [...new Set([...Object.keys(own), ...Object.keys(more)])].map((path) => [
        path,
        [...(own[path] ?? []), ...(more[path] ?? [])].filter(({ Id }) => !deleted.has(`${space}/${Id}`)),
      ]),
    );
  };
  const links = (space: string) => ({
    Self: link('/api'),
    CurrentUser: link('/api/users/me'),
    MaintenanceConfiguration: link('/api/maintenanceconfiguration'),
    Spaces: link('/api/spaces{/id}{?skip,take,ids,partialName}'),
    SpaceHome: link('/api/{spaceId}'),
    Tasks: link('/api/tasks{/id}{?skip,take,name,spaces,includeSystem}'),
    Artifacts: link(`/api/${space}/artifacts{/id}{?skip,take,regarding,ids,order}`),
    ...Object.fromEntries(
      Object.entries(named).map(([name, path]) => [name, link(`/api/${space}/${path}{/id}{?skip,take,ids}`)]),
    ),
    ...(choices.migrationApi === false
      ? {}
      : {
          MigrationsPartialExport: link('/api/migrations/partialexport'),
          MigrationsImport: link('/api/migrations/import'),
        }),
    ...(choices.exportImport === false
      ? {}
      : {
          ExportProjects: link(`/api/${space}/projects/import-export/export`),
          ImportProjects: link(`/api/${space}/projects/import-export/import`),
          ProjectImportFiles: link(`/api/${space}/projects/import-export/import-files`),
          ProjectImportPreview: link(`/api/${space}/projects/import-export/import/preview`),
        }),
  });
  const begin = (Name: string, SpaceId: string, Arguments: object): string => {
    const Id = `ServerTasks-${tasks.length + 1}`;
    const shown = choices.tells === false ? {} : Arguments;
    tasks.unshift({
      Id,
      Name: choices.taskName ?? Name,
      SpaceId,
      Arguments: shown,
      QueueTime: new Date().toISOString(),
    });
    return Id;
  };
  const shownTask = (task: Task) => ({ ...task, State: choices.state ?? 'Success', Links: {} });
  const page = (items: readonly object[]) => ({ Items: items, TotalResults: items.length });

  const answerTo = ({ method, path, query, headers, text, size }: Seen): Answer => {
    const body = text.startsWith('{') ? (JSON.parse(text) as Record<string, never>) : {};
    if (path === '/api')
      return { Version: choices.version ?? '2024.4.4121', ApiVersion: '3.0.0', Links: links('Spaces-1') };
    const managers = { SpaceManagersTeams: [], SpaceManagersTeamMembers: [] };
    const home = { Id: 'Spaces-1', Name: 'Default', IsDefault: true, ...managers, ...choices.space };
    if (path === '/api/spaces/Spaces-1') return home;
    if (path === '/api/spaces')
      return page([
        home,
        ...(choices.second === undefined ? [] : [{ Id: 'Spaces-2', Name: 'Second', IsDefault: false }]),
      ]);
    if (path === '/api/maintenanceconfiguration') return { IsInMaintenanceMode: false };
    if (path === '/api/serverstatus/system-info') return { OSVersion: choices.system ?? 'Windows Server 2022' };
    if (path === '/api/users/me') return { Id: 'Users-1', DisplayName: 'Ann' };
    if (path === '/api/users/Users-1/permissions') return choices.permissions ?? status(404);
    if (/^\/api\/(Spaces-\d\/)?tasks$/.test(path))
      return page(tasks.filter(({ SpaceId }) => path === '/api/tasks' || path.includes(SpaceId)).map(shownTask));
    const [, taskId, part] = /^\/api\/(?:Spaces-\d\/)?tasks\/(ServerTasks-\d+)(?:\/(\w+))?$/.exec(path) ?? [];
    const task = tasks.find(({ Id }) => Id === taskId);
    if (taskId !== undefined && task === undefined) return status(404);
    if (task !== undefined && part === undefined) return shownTask(task);
    if (task !== undefined && part === 'details')
      return {
        Task: shownTask(task),
        ActivityLogs: [{ Name: task.Name, Status: choices.state ?? 'Success', LogElements: choices.log ?? [] }],
      };
    const [, space = '', rest = ''] = /^\/api\/(Spaces-\d)(?:\/(.*))?$/.exec(path) ?? [];
    if (rest === '') return space === '' ? status(404) : { Links: links(space) };
    if (rest === 'projects/import-export/export') {
      const ids = body['IncludedProjectIds'] as unknown as readonly string[];
      const TaskId = begin('ProjectExport', space, { ProjectIds: ids });
      return choices.lost === 'export' ? 'reset' : { ProjectIds: choices.exported ?? ids, TaskId };
    }
    if (rest === 'projects/import-export/import-files') {
      if (method === 'GET') return { ProjectImportFiles: files.map(({ Id, FileName }) => ({ Id, FileName })) };
      const [, FileName = ''] = /filename="([^"]*)"/.exec(text) ?? [];
      if (Number(headers['content-length']) !== size) return status(411);
      if (choices.upload === 'too large') return status(413);
      if (
        choices.upload === 'cut' &&
        files.length === 0 &&
        !seen.slice(0, -1).some((one) => one.path === path && one.method === 'POST')
      )
        return 'reset';
      const start = text.indexOf('\r\n\r\n') + 4;
      const content = Buffer.from(text, 'latin1').subarray(start, text.lastIndexOf('\r\n--', text.length - 4));
      files.push({
        Id: `ProjectImportFiles-${files.length + 1}`,
        FileName,
        sha1: createHash('sha1').update(content).digest('hex'),
      });
      const { Id } = files.at(-1)!;
      return choices.upload === 'empty' ? '' : { Id, FileName };
    }
    if (rest === 'projects/import-export/import/preview') {
      if (choices.previewRefusal !== undefined) return { ...status(400), ErrorMessage: choices.previewRefusal };
      return {
        Projects: [{ Name: 'Web Shop', Channels: ['Default'], Runbooks: [] }],
        Environments: ['Dev'],
        Accounts: [{ Name: 'Cloud', Type: 'Token' }],
      };
    }
    if (rest === 'projects/import-export/import') {
      if (choices.lost === 'before import') return 'reset';
      const TaskId = begin('ProjectImport', space, body['ImportSource']!);
      if ((choices.state ?? 'Success') === 'Success') added[space] = choices.arrives ?? {};
      return choices.lost === 'import' ? 'reset' : { TaskId };
    }
    if (rest === 'artifacts') {
      looks += 1;
      if (looks <= (choices.lateArtifacts ?? 0)) return page([]);
      const regarding = query.get('regarding');
      return page(
        (choices.artifacts ?? ['Octopus-Export-20260101.zip'])
          .map((Filename, at) => ({
            Id: `Artifacts-${at + 1}`,
            Filename,
            ServerTaskId: regarding,
            Links: { Content: link(`/api/${space}/artifacts/Artifacts-${at + 1}/content`) },
          }))
          .filter(({ Id }) => !deleted.has(Id)),
      );
    }
    if (/^artifacts\/Artifacts-\d+\/content$/.test(rest)) return choices.zip ?? Buffer.from('');
    if (/^artifacts\/Artifacts-\d+$/.test(rest) && method === 'DELETE') {
      deleted.add(rest.slice('artifacts/'.length));
      return {};
    }
    if (method === 'DELETE' && /^projects\/Projects-\d+$/.test(rest)) {
      deleted.add(`${space}/${rest.slice('projects/'.length)}`);
      return {};
    }
    const lists = listsOf(space);
    const ids = query.get('ids')?.split(',');
    if (rest === 'variables/all') return [...(lists['variables'] ?? [])].filter(({ Id }) => ids?.includes(Id) === true);
    const list = lists[rest] ?? [];
    return page(ids === undefined ? list : list.filter(({ Id }) => ids.includes(Id)));
  };

  const handler = (request: IncomingMessage, response: ServerResponse): void => {
    void bodyOf(request).then(
      (body) => {
        const url = new URL(request.url ?? '/', 'http://server');
        if (!url.pathname.startsWith(`${base}/`)) {
          response.writeHead(404).end();
          return;
        }
        const one: Seen = {
          method: request.method ?? '',
          path: decodeURIComponent(url.pathname.slice(base.length)),
          query: url.searchParams,
          headers: request.headers,
          text: body.toString('latin1'),
          size: body.length,
        };
        seen.push(one);
        const answer = answerTo(one);
        if (answer === 'reset') {
          response.destroy();
          return;
        }
        const code = typeof answer === 'object' && 'statusCode' in answer ? Number(answer['statusCode']) : 200;
        const bytes = Buffer.isBuffer(answer) ? answer : Buffer.from(answer === '' ? '' : JSON.stringify(answer));
        response.writeHead(code, { 'content-length': bytes.length, date: new Date().toUTCString() }).end(bytes);
      },
      () => response.destroy(),
    );
  };
  return withServer(handler, (url) =>
    run({
      url: `${url}${base}`,
      seen,
      writes: () => seen.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`),
      files,
      change: (more) => (choices = { ...choices, ...more }),
    }),
  );
}

type Answer = Readonly<Record<string, unknown>> | readonly object[] | Buffer | string;

const status = (statusCode: number): Readonly<Record<string, unknown>> => ({ statusCode });

/** The lists of a space by the names of their links. */
const named = {
  Projects: 'projects',
  ProjectGroups: 'projectgroups',
  Environments: 'environments',
  Lifecycles: 'lifecycles',
  LibraryVariables: 'libraryvariablesets',
  Tenants: 'tenants',
  TagSets: 'tagsets',
  Feeds: 'feeds',
  Accounts: 'accounts',
  Machines: 'machines',
  Workers: 'workers',
  WorkerPools: 'workerpools',
  ActionTemplates: 'actiontemplates',
  DeploymentProcesses: 'deploymentprocesses',
};

/** The lists that the shop of `exportZip` becomes on a server. */
export const shopLists = (space = 'Spaces-1', number = 1): Lists => {
  const project = `Projects-${number}`;
  const at = (path: string): string => `/api/${space}/projects/${project}/${path}`;
  return {
    projects: [
      {
        Id: project,
        Name: 'Web Shop',
        VariableSetId: `variableset-${project}`,
        DeploymentProcessId: `deploymentprocess-${project}`,
        LifecycleId: 'Lifecycles-1',
        ProjectGroupId: 'ProjectGroups-1',
        IncludedLibraryVariableSetIds: ['LibraryVariableSets-1'],
        PersistenceSettings: { Type: 'Database' },
        Links: {
          Self: `/api/${space}/projects/${project}`,
          Channels: at('channels'),
          Triggers: at('triggers'),
          Releases: at('releases'),
        },
      },
    ],
    projectgroups: [{ Id: 'ProjectGroups-1', Name: 'Shops' }],
    environments: [{ Id: 'Environments-1', Name: 'Dev' }],
    lifecycles: [{ Id: 'Lifecycles-1', Name: 'Standard' }],
    libraryvariablesets: [
      { Id: 'LibraryVariableSets-1', Name: 'Common', VariableSetId: 'variableset-LibraryVariableSets-1' },
    ],
    tenants: [{ Id: 'Tenants-1', Name: 'Acme', ProjectEnvironments: { [project]: ['Environments-1'] } }],
    [`projects/${project}/channels`]: [{ Id: 'Channels-1', Name: 'Default', ProjectId: project }],
    deploymentprocesses: [
      {
        Id: `deploymentprocess-${project}`,
        Steps: [
          {
            Name: 'Deploy',
            Actions: [{ Id: 'f00', Name: 'Deploy', Packages: [{ FeedId: 'feeds-builtin', PackageId: 'Acme.Web' }] }],
          },
        ],
      },
    ],
    variables: [
      {
        Id: `variableset-${project}`,
        Variables: [
          { Name: 'Url', Type: 'String', Value: 'https://dev.example', Scope: { Environment: ['Environments-1'] } },
          { Name: 'Token', Type: 'Sensitive', Value: null },
        ],
      },
      {
        Id: 'variableset-LibraryVariableSets-1',
        Variables: [
          { Name: 'Region', Value: 'eu' },
          { Name: 'Tier', Value: 'gold' },
        ],
      },
    ],
  };
};
