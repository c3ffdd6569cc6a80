import sodium from 'libsodium-wrappers';

// WebAssembly starts asynchronously. Importing this module waits for it; all calls after that are synchronous.
await sodium.ready;

export { sodium };
