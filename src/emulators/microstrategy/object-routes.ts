import { asText, isObject } from '../shared/json.ts';
import type { Reply } from '../shared/server.ts';
import { newGuid, wireDate } from './identifiers.ts';
import { typeName } from './metadata/object-types.ts';
import { configuration, contentsOf, findObject, putObject, type MetadataObject } from './metadata/object.ts';
import { findProject, preDefinedFolders, projectsOf, rootFolder } from './metadata/project.ts';
import { detailOf, lookUp, projectView, summaryOf } from './metadata/view.ts';
import { invalid, json, missing, Refusal } from './refusal.ts';
import { pageOf, readFlag, readInteger, totalOf } from './request.ts';
import { paged, route, type Route, type Visit } from './visit.ts';

const notInMetadata = -2_147_216_373;

const noObject = (id: string, type: number) =>
  new Refusal(404, 'ERR004', `The object with ID '${id}' and type ${type} (${typeName(type)}) is not found.`, {
    iServerCode: notInMetadata,
  });

interface Found {
  readonly object: MetadataObject;
  /** Where it is kept: the project, or the configuration. */
  readonly scope: string;
}

function needObject({ instance, call, param, project }: Visit): Found {
  const type = readInteger(call.query('type'));
  if (type === undefined) throw missing('The query parameter type is missing.');
  if (new Set(call.search.getAll('type')).size > 1) throw invalid('An object has one type.');
  const id = param('id');
  const object = lookUp(instance.store, project, id);
  if (object?.type !== type) throw noObject(id, type);
  const inProject = project !== undefined && findObject(instance.store, project, id) !== undefined;
  return { object, scope: inProject ? project : configuration };
}

function oneObject(visit: Visit): Reply {
  const { object, scope } = needObject(visit);
  return json(200, detailOf(visit.instance.store, scope, object, readFlag(visit.call.query('comments')) === true));
}

const changeable = ['name', 'description', 'hidden', 'folderId', 'owner'];

/**
 * Changes an object as a person does: it gets a new version and a new time. 400 for a member that this emulator does not
 * change.
 */
async function changeObject(visit: Visit): Promise<Reply> {
  const { store } = visit.instance;
  const { object, scope } = needObject(visit);
  const sent = await visit.document();
  const foreign = Object.keys(sent).find((name) => !changeable.includes(name));
  if (foreign !== undefined)
    throw invalid(`The member '${foreign}' cannot be changed by this emulator; it supports ${changeable.join(', ')}.`);
  const folder = asText(sent['folderId'], object.parent ?? '');
  if (sent['folderId'] !== undefined && findObject(store, scope, folder)?.type !== 8) throw noObject(folder, 8);
  const name = asText(sent['name'], object.name).trim();
  if (name === '') throw invalid('The name of an object must not be empty.');
  const others = contentsOf(store, scope, folder).filter(({ id, type }) => id !== object.id && type === object.type);
  if (folder !== '' && others.some((other) => other.name === name))
    throw invalid(`An object with the name '${name}' already exists in the folder.`);
  const owner = asText(isObject(sent['owner']) ? sent['owner']['id'] : sent['owner'], object.owner);
  if (findObject(store, configuration, owner)?.type !== 34) throw noObject(owner, 34);
  const changed: MetadataObject = {
    ...object,
    name,
    description: asText(sent['description'], object.description),
    hidden: typeof sent['hidden'] === 'boolean' ? sent['hidden'] : object.hidden,
    parent: folder === '' ? null : folder,
    owner,
    modified: wireDate(),
    version: newGuid(),
  };
  putObject(store, scope, changed);
  return json(200, detailOf(store, scope, changed, false));
}

function projectOf({ instance, param }: Visit): Reply {
  const wanted = param('id');
  const found = findProject(instance.store, wanted) ?? projectsOf(instance.store).find(({ name }) => name === wanted);
  if (found === undefined) throw noObject(wanted, 32);
  return json(200, projectView(instance.store, found));
}

/** A script with its code, which is base64 as in the product. */
function oneScript({ instance, param, project }: Visit): Reply {
  const object = lookUp(instance.store, project, param('id'));
  if (object?.type !== 76) throw noObject(param('id'), 76);
  const { code, ...rest } = object.definition;
  const scriptContent = Buffer.from(asText(code)).toString('base64');
  return json(200, { ...summaryOf(instance.store, object), ...rest, scriptContent, variables: [] });
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
  if (project === undefined) return json(200, [], totalOf([]));
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
  route('GET', '/monitors/projects', { query: paged() }, monitoredProjects),
  route('GET', '/objects/:id', { project: 'heeded', query: ['type', 'comments'] }, oneObject),
  route('PUT', '/objects/:id', { project: 'heeded', query: ['type'] }, changeObject),
  route('GET', '/scripts/:id', { project: 'heeded' }, oneScript),
  route('GET', '/folders', { project: 'heeded', query: paged() }, topFolders),
  route('GET', '/folders/preDefined/:number', { project: 'required', query: paged() }, (visit) =>
    listFolder(visit, preDefined(visit).id),
  ),
  route('GET', '/folders/preDefined/:number/id', { project: 'required' }, (visit) =>
    json(200, { id: preDefined(visit).id }),
  ),
  route('GET', '/folders/:id', { project: 'heeded', query: paged() }, (visit) => listFolder(visit, visit.param('id'))),
];
