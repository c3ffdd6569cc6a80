import type { Entry } from '../../build-command.ts';

/** The commands below the word `package`. */
export const packageCommands: readonly Entry[] = [
  {
    name: 'list',
    description: "list the packages in an instance's feed, or in a store",
    flags: async () => (await import('./flags.ts')).listFlags,
    run: async () => (await import('./list.ts')).runPackageList,
  },
  {
    name: 'upload',
    description: "verify a package and upload its content to an instance's feed, or the package to a store",
    flags: async () => (await import('./flags.ts')).uploadFlags,
    run: async () => (await import('./upload.ts')).runPackageUpload,
  },
  {
    name: 'download',
    description: "download a package from an instance's feed and seal it, or from a store as it is",
    flags: async () => (await import('./flags.ts')).downloadFlags,
    run: async () => (await import('./download.ts')).runPackageDownload,
  },
  {
    name: 'delete',
    description: "delete a package from an instance's feed, or from a store",
    flags: async () => (await import('./flags.ts')).deleteFlags,
    run: async () => (await import('./delete.ts')).runPackageDelete,
  },
  {
    name: 'certify',
    description: 'certify a package on its server, request a certification, or remove it',
    flags: async () => (await import('./flags.ts')).certifyFlags,
    run: async () => (await import('./certify.ts')).runPackageCertify,
  },
  {
    name: 'edit',
    description: 'let the server build a package again, with another name or with other objects or settings',
    // Apart, because it loads the flags of all products.
    productFlags: true,
    flags: async () => (await import('./edit-flags.ts')).editFlags,
    run: async () => (await import('./edit.ts')).runPackageEdit,
  },
  {
    name: 'inspect',
    description: 'show the manifest of a package, without verifying it',
    flags: async () => (await import('./flags.ts')).inspectFlags,
    run: async () => (await import('./inspect.ts')).runPackageInspect,
    config: false,
    notFromDefaults: ['from'],
  },
  {
    name: 'verify',
    description: 'verify the format, signature, signer and checksums of a package; --content also checks every file',
    flags: async () => (await import('./flags.ts')).verifyFlags,
    run: async () => (await import('./verify.ts')).runPackageVerify,
    notFromDefaults: ['from'],
  },
  {
    name: 'seal',
    description: 'put a folder or a file into a signed, encrypted package',
    flags: async () => (await import('./flags.ts')).sealFlags,
    run: async () => (await import('./seal.ts')).runPackageSeal,
  },
  {
    name: 'open',
    description: 'verify a package and extract its files into a folder; on a failure nothing is written',
    flags: async () => (await import('./flags.ts')).openFlags,
    run: async () => (await import('./open.ts')).runPackageOpen,
    notFromDefaults: ['from'],
  },
];
