import type { Reply } from '../shared/server.ts';
import { typeName } from './metadata/object-types.ts';
import { configuration, contentsOf, findObject } from './metadata/object.ts';
import { findProject, preDefinedFolders, projectsOf, rootFolder } from './metadata/project.ts';
import { detailOf, lookUp, projectView, summaryOf } from './metadata/view.ts';
import { json, missing, Refusal } from './refusal.ts';
import { pageOf, readFlag, readInteger, totalOf } from './request.ts';
import { route, type Route, type Visit } from './visit.ts';

const notInMetadata = -2_147_216_373;

const noObject = (id: string, type: number) =>
  new Refusal(404, 'ERR004', `The object with ID '${id}' and type ${type} (${typeName(type)}) is not found.`, {
    iServerCode: notInMetadata,
  });

function oneObject({ instance, call, param, project }: Visit): Reply {
  const type = readInteger(call.query('type'));
  if (type === undefined) throw missing('The query parameter type is missing.');
  const id = param('id');
  const object = lookUp(instance.store, project, id);
  if (object?.type !== type) throw noObject(id, type);
  const scope =
    project !== undefined && findObject(instance.store, project, id) !== undefined ? project : configuration;
  return json(200, detailOf(instance.store, scope, object, readFlag(call.query('comments')) === true));
}

function projectOf({ instance, param }: Visit): Reply {
  const wanted = param('id');
  const found = findProject(instance.store, wanted) ?? projectsOf(instance.store).find(({ name }) => name === wanted);
  if (found === undefined) throw noObject(wanted, 32);
  return json(200, projectView(instance.store, found));
}

/** The content of a folder as a plain list, page by page. */
function listFolder(visit: Visit, folder: string): Reply {
  const { instance, project } = visit;
  const scope = project ?? configuration;
  if (findObject(instance.store, scope, folder)?.type !== 8) throw noObject(folder, 8);
  const items = contentsOf(instance.store, scope, folder).map((one) => summaryOf(instance.store, one));
  return json(200, pageOf(visit, items), totalOf(items));
}

function topFolders(visit: Visit): Reply {
  const { instance, project } = visit;
  if (project === undefined) return json(200, []);
  const items = contentsOf(instance.store, project, rootFolder)
    .filter(({ type }) => type === 8)
    .map((one) => summaryOf(instance.store, one));
  return json(200, pageOf(visit, items), totalOf(items));
}

function preDefined(visit: Visit): { readonly id: string; readonly name: string } {
  const number = readInteger(visit.param('number'));
  const folder = number === undefined ? undefined : preDefinedFolders[number];
  if (folder === undefined) throw noObject(visit.param('number'), 8);
  return folder;
}

/** Every project, loaded or not, for administrators. */
function monitoredProjects(visit: Visit): Reply {
  const { store } = visit.instance;
  const projects = projectsOf(store).map((one) => ({ ...projectView(store, one), nodes: [] }));
  return json(200, { projects: pageOf(visit, projects) }, totalOf(projects));
}

export const objectRoutes: readonly Route[] = [
  route('GET', '/projects', {}, ({ instance }) =>
    json(
      200,
      projectsOf(instance.store).map((one) => projectView(instance.store, one)),
    ),
  ),
  route('GET', '/projects/:id', {}, projectOf),
  route('GET', '/monitors/projects', {}, monitoredProjects),
  route('GET', '/objects/:id', { project: 'heeded' }, oneObject),
  route('GET', '/folders', { project: 'heeded' }, topFolders),
  route('GET', '/folders/preDefined/:number', { project: 'required' }, (visit) =>
    listFolder(visit, preDefined(visit).id),
  ),
  route('GET', '/folders/preDefined/:number/id', { project: 'required' }, (visit) =>
    json(200, { id: preDefined(visit).id }),
  ),
  route('GET', '/folders/:id', { project: 'heeded' }, (visit) => listFolder(visit, visit.param('id'))),
];
