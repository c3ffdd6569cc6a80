// Loaded with node --import into a process that must work without a network. A use of the network ends the process.
import dgram from 'node:dgram';
import dns from 'node:dns';
import net from 'node:net';

/** @param {string} what */
const refuse = (what) => () => {
  console.error(`network: ${what}`);
  process.exit(99);
};
net.Socket.prototype.connect = refuse('connect');
net.Server.prototype.listen = refuse('listen');
dgram.createSocket = refuse('datagram socket');
for (const module of [dns, dns.promises]) {
  for (const [name, value] of Object.entries(module)) {
    if (typeof value === 'function' && /^(lookup|resolve|reverse)/.test(name)) Reflect.set(module, name, refuse(name));
  }
}
globalThis.fetch = refuse('fetch');
