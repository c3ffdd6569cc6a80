import { types } from 'node:util';
import { isMigratorError, MigratorError, type ErrorCode } from '../errors.ts';

type Reading = readonly [code: ErrorCode, text: string, hint: string];

const network: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses connections',
  ENOTFOUND: 'is not a known host name',
  EAI_AGAIN: 'cannot be looked up, the name service does not answer',
  ECONNRESET: 'broke off the connection',
  EPIPE: 'broke off the connection',
  ETIMEDOUT: 'does not answer in time',
  EHOSTUNREACH: 'cannot be reached from here',
  ENETUNREACH: 'cannot be reached from here',
};
const certificate = /^(CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|ERR_TLS_CERT)/u;

/** `host:port`, for messages. */
export function whereOf({
  host = 'localhost',
  port = 6379,
}: {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
}): string {
  return `${host.includes(':') ? `[${host}]` : host}:${String(port)}`;
}

/** What the client or the server said, as an error of ours. It repeats no word of the server that could hold a secret. */
export function queueFault(error: unknown, where: string): unknown {
  if (!types.isNativeError(error) || isMigratorError(error)) return error;
  const [code, text, hint] = reading(error, where);
  return new MigratorError(code, text, { hint, details: { server: where }, cause: error });
}

function reading(error: Error, where: string): Reading {
  const word = /^-?([A-Z]+)\b/u.exec(error.message)?.[1] ?? '';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const redis = `Redis at ${where}`;
  if (word === 'WRONGPASS') {
    return [
      'AUTH_REFUSED',
      `${redis} does not accept the user or the password`,
      'correct them in the URL of the queue',
    ];
  }
  if (word === 'NOAUTH') {
    return [
      'AUTH_REFUSED',
      `${redis} asks for a password`,
      'put it into the URL of the queue, as redis://:password@host',
    ];
  }
  if (word === 'NOPERM') {
    return [
      'AUTH_REFUSED',
      `the user may not do that at ${redis}`,
      'have its owner give it the rights that migrator help workers lists',
    ];
  }
  if (word === 'OOM') {
    return ['REMOTE_UNEXPECTED', `${redis} has no memory left`, 'give it more (maxmemory), and run the command again'];
  }
  if (word === 'MISCONF') {
    return ['REMOTE_UNEXPECTED', `${redis} cannot write to its disk`, 'repair that, and run the command again'];
  }
  if (word === 'READONLY' || word === 'MASTERDOWN') {
    return ['REMOTE_UNREACHABLE', `${redis} is a replica now`, 'run the command again with the address of the primary'];
  }
  if (word === 'MOVED' || word === 'CROSSSLOT' || word === 'CLUSTERDOWN') return ofCluster(where);
  if (word === 'LOADING') {
    return ['REMOTE_UNREACHABLE', `${redis} is still loading its data`, 'run the command again when it is done'];
  }
  if (network[code] !== undefined) {
    return [
      'REMOTE_UNREACHABLE',
      `${redis} ${network[code]}`,
      'check the address, the network, whether it runs, and whether it asks for TLS (rediss://)',
    ];
  }
  if (certificate.test(code)) {
    return [
      'REMOTE_UNREACHABLE',
      `the TLS certificate of ${redis} is not trusted (${code})`,
      'give the authority that signed it in `http.ca`',
    ];
  }
  // TLS on one side only.
  if (code.startsWith('ERR_SSL_') || code === 'EPROTO') {
    return ['REMOTE_UNREACHABLE', `${where} does not speak TLS`, 'write redis:// in place of rediss://'];
  }
  // What the reader of answers says of an answer that is none.
  if (/Protocol error|Unknown RESP type/u.test(error.message)) return noRedis(where);
  if (error.message.includes('Connection is closed')) {
    return ['REMOTE_UNREACHABLE', `the connection to ${redis} is closed`, 'run the same command again: it resumes'];
  }
  if (error.message.includes('DB index is out of range')) {
    return ['CONFIG_INVALID', `${redis} has no database with that number`, 'correct the number at the end of the URL'];
  }
  return [
    'REMOTE_UNEXPECTED',
    `${redis} could not do its part (${[code, word].filter((one) => one !== '').join(' ') || error.name})`,
    'see the log of that server',
  ];
}

export function noRedis(where: string): Reading {
  return ['REMOTE_UNEXPECTED', `what answers at ${where} is no Redis`, 'check the host and the port of the queue'];
}

export function ofCluster(where: string): Reading {
  return [
    'CONFIG_INVALID',
    `Redis at ${where} is part of a cluster, which the queue cannot use`,
    'use one Redis that is no cluster',
  ];
}
