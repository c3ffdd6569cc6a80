// Runs services and tasks without doing what they say: a run takes some time and succeeds.
import { asList } from '../../shared/json.ts';
import { pythonTime, type Instance } from '../instance.ts';
import type { Item, Values } from '../objects.ts';
import { json, ServerError } from '../refusal.ts';
import { columnsOf, relatedItems } from '../serialize.ts';
import { argument, type Endpoint, endpoint, needItem, type Visit } from './visit.ts';

interface Plan {
  readonly service: Item;
  readonly runtime: string;
  readonly devices: readonly string[];
  readonly payload: Values;
  readonly trigger: string;
}

const names = (value: unknown): readonly string[] => asList(value).map(String);
const scopedName = (instance: Instance, service: Item) => String(columnsOf(instance, service)['scoped_name']);
const runId = (service: string, runtime: string) => `${service} ${runtime}`;

function record(instance: Instance, plan: Plan, status: string, result?: Values): void {
  const name = scopedName(instance, plan.service);
  instance.store.put({
    kind: 'run',
    id: runId(name, plan.runtime),
    container: undefined,
    name,
    body: { status, ...(result === undefined ? {} : { result }) },
  });
}

function resultOf(instance: Instance, { service, runtime, devices, payload, trigger }: Plan): Values {
  const perDevice = devices.map((name): [string, Values] => [name, { success: true, runtime, duration: '0:00:00' }]);
  return {
    success: true,
    runtime,
    duration: '0:00:00',
    trigger,
    payload,
    errors: [],
    devices: Object.fromEntries(perDevice),
    summary: { success: devices, failure: [], discarded: [] },
    properties: { name: service.name, type: service.type, scoped_name: scopedName(instance, service) },
  };
}

async function carryOut(instance: Instance, plan: Plan): Promise<Values> {
  record(instance, plan, 'Running');
  await instance.pause(instance.pace);
  const result = resultOf(instance, plan);
  record(instance, plan, 'Completed', result);
  return result;
}

interface Targets {
  readonly devices: readonly string[];
  readonly errors: readonly string[];
}

function deviceWithAddress(instance: Instance, address: string): Item | undefined {
  let after = 0;
  for (;;) {
    const page = instance.objects.page('device', after, 500);
    const found = page.find((item) => item.values['ip_address'] === address);
    const last = page.at(-1);
    if (found !== undefined || last === undefined) return found;
    after = last.place;
  }
}

function targets(instance: Instance, sent: Values): Targets {
  const devices: string[] = [];
  const errors: string[] = [];
  const take = (found: readonly string[] | undefined, error: string) => {
    if (found === undefined) errors.push(error);
    else devices.push(...found);
  };
  for (const name of names(sent['devices'])) {
    const device = instance.objects.find('device', name);
    take(device && [device.name], `No device with the name '${name}'`);
  }
  for (const address of names(sent['ip_addresses'])) {
    const device = deviceWithAddress(instance, address);
    take(device && [device.name], `No device with the IP address '${address}'`);
  }
  for (const name of names(sent['pools'])) {
    const pool = instance.objects.find('pool', name);
    const members = pool && relatedItems(instance, pool, 'devices').map((device) => device.name);
    take(members, `No pool with the name '${name}'`);
  }
  return { devices, errors };
}

const reserved = new Set(['name', 'devices', 'pools', 'ip_addresses', 'async', 'ignore_invalid_targets']);

async function runService(visit: Visit) {
  const { instance } = visit;
  const sent = visit.body.fields;
  const { name } = sent;
  if (typeof name !== 'string') throw new ServerError("KeyError: 'name'");
  const service = needItem(visit, 'service', name);
  const columns = columnsOf(instance, service);
  if (columns['disabled'] === true) {
    const kind = service.type === 'workflow' ? 'workflow' : 'service';
    return json({ error: `The ${kind} is disabled.` });
  }
  const { devices, errors } = targets(instance, sent);
  if (errors.length > 0 && sent['ignore_invalid_targets'] !== true) return json({ errors });
  const chosen =
    devices.length > 0 ? devices : relatedItems(instance, service, 'target_devices').map((one) => one.name);
  const payload = {
    ...(columns['initial_payload'] as Values),
    ...Object.fromEntries(Object.entries(sent).filter(([key]) => !reserved.has(key))),
  };
  const plan: Plan = { service, runtime: pythonTime(), devices: chosen, payload, trigger: 'REST API' };
  const running = carryOut(instance, plan);
  if (sent['async'] === false) return json({ ...(await running), errors });
  void instance.background(running);
  return json({ errors, runtime: plan.runtime });
}

function runTask(visit: Visit) {
  const { instance } = visit;
  const { task_id: id } = visit.body.fields;
  if (typeof id !== 'number') throw new ServerError("KeyError: 'task_id'");
  const task = instance.objects.withId('task', id);
  const [service] = task === undefined ? [] : relatedItems(instance, needItem(visit, 'task', task.name), 'service');
  if (task === undefined || service === undefined)
    throw new ServerError(`there is no task with the id ${id} and a service`);
  const devices = relatedItems(instance, task, 'devices').map(({ name }) => name);
  const payload = columnsOf(instance, task)['initial_payload'] as Values;
  void instance.background(
    carryOut(instance, { service, runtime: pythonTime(), devices, payload, trigger: 'Scheduler' }),
  );
  return json(null);
}

const noResult = 'There are no results or on-going services for the requested service and runtime.';

function result(visit: Visit) {
  const run = visit.instance.store.get('run', runId(argument(visit, 0), argument(visit, 1)));
  if (run === undefined) return json({ error: noResult });
  return json({ status: run.body['status'], result: run.body['result'] ?? 'No results yet.' });
}

export const runEndpoints: readonly Endpoint[] = [
  endpoint('POST', 'run_service', 0, 'access', runService),
  endpoint('POST', 'run_task', 0, 'access', runTask),
  endpoint('GET', 'result', 2, 'access', result),
];
