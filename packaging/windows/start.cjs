// Apart from launch.cjs, because only a file on the disk may use import().
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');
const program = join(__dirname, 'bin', 'migrator.mjs');
// migrator starts itself as `node <program> …`. Here that is `migrator.exe <program> …`.
if (process.argv[2] === program) process.argv.splice(2, 1);
import(pathToFileURL(program).href);
