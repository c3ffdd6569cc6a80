import sodium from 'libsodium-wrappers';

// WebAssembly starts asynchronously; whoever imports this module waits for it once, and every call after that is synchronous.
await sodium.ready;

export { sodium };
