// Inside migrator.exe. It starts the program that lies beside it in app/.
const { createRequire } = require('node:module');
const { dirname, join } = require('node:path');
const folder = dirname(process.execPath);
createRequire(join(folder, 'migrator'))(join(folder, 'app', 'start.cjs'));
