import type { Members } from '../../command-group.ts';

export const packageCommands: Members = {
  list: async () => (await import('./list.ts')).listCommand,
  upload: async () => (await import('./upload.ts')).uploadCommand,
  download: async () => (await import('./download.ts')).downloadCommand,
  delete: async () => (await import('./delete.ts')).deleteCommand,
  certify: async () => (await import('./certify.ts')).certifyCommand,
  edit: async () => (await import('./edit.ts')).editCommand,
  inspect: async () => (await import('./inspect.ts')).inspectCommand,
  verify: async () => (await import('./verify.ts')).verifyCommand,
  seal: async () => (await import('./seal.ts')).sealCommand,
  open: async () => (await import('./open.ts')).openCommand,
};
