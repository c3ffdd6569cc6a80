// Members that every server shows, although clients and older states leave them out.
import { isObject, type Json } from '../shared/json.ts';
import type { Entry } from '../shared/store.ts';
import { withDefaults } from './document-defaults.ts';
import { asText } from './tolerant-json.ts';

const machinePolicy: Json = {
  ConnectionConnectTimeout: '00:01:00',
  ConnectionRetryCountLimit: 5,
  ConnectionRetrySleepInterval: '00:00:01',
  ConnectionRetryTimeLimit: '00:05:00',
  PollingRequestQueueTimeout: '00:02:00',
  PollingRequestMaximumMessageProcessingTimeout: '00:10:00',
  MachineHealthCheckPolicy: {
    HealthCheckInterval: '01:00:00',
    HealthCheckCron: null,
    HealthCheckCronTimezone: 'UTC',
    HealthCheckType: 'RunScript',
    PowerShellHealthCheckPolicy: { RunType: 'InheritFromDefault', ScriptBody: null },
    BashHealthCheckPolicy: { RunType: 'InheritFromDefault', ScriptBody: null },
  },
  MachineConnectivityPolicy: { MachineConnectivityBehavior: 'ExpectedToBeOnline' },
  MachineCleanupPolicy: { DeleteMachinesBehavior: 'DoNotDelete', DeleteMachinesElapsedTimeSpan: '00:00:00' },
  MachineUpdatePolicy: {
    CalamariUpdateBehavior: 'UpdateOnDeployment',
    TentacleUpdateBehavior: 'NeverUpdate',
    TentacleUpdateAccountId: null,
    KubernetesAgentUpdateBehavior: 'Update',
  },
};

const action: Json = {
  IsDisabled: false,
  CanBeUsedForProjectVersioning: false,
  IsRequired: false,
  WorkerPoolId: null,
  Container: { Image: null, FeedId: null },
  Environments: [],
  ExcludedEnvironments: [],
  Channels: [],
  TenantTags: [],
  Packages: [],
  Condition: 'Success',
  Properties: {},
};

const step: Json = {
  PackageRequirement: 'LetOctopusDecide',
  Condition: 'Success',
  StartTrigger: 'StartAfterPrevious',
  Properties: {},
};

const each = (list: unknown, change: (one: Json) => Json): unknown =>
  Array.isArray(list) ? list.map((one: unknown) => (isObject(one) ? change(one) : one)) : list;

const withStepDefaults = (body: Json): Json => ({
  ...body,
  Steps: each(body['Steps'], (one) => ({
    ...step,
    ...one,
    Actions: each(one['Actions'], (given) => ({ ...action, ...given })),
  })),
});

const health: Readonly<Record<string, string>> = { healthy: 'Online', haswarnings: 'Online', unavailable: 'Offline' };

/** The older word for the health. A client that sends it back changes nothing. */
const withStatus = (body: Json): Json => ({
  ...body,
  Status: body['IsDisabled'] === true ? 'Disabled' : (health[asText(body['HealthStatus']).toLowerCase()] ?? 'Unknown'),
});

const byKind: Readonly<Record<string, (body: Json) => Json>> = {
  DeploymentProcesses: withStepDefaults,
  RunbookProcesses: withStepDefaults,
  MachinePolicies: (body) => ({ ...machinePolicy, ...body }),
  Machines: withStatus,
  Workers: withStatus,
  Users: (body) => ({ Identities: [], ...body }),
};

export function withServerMembers({ kind, body }: Entry): Json {
  const whole = withDefaults(kind, body);
  return byKind[kind]?.(whole) ?? whole;
}
