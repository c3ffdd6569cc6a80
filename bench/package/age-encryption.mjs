// Encrypts a file with the npm package age-encryption, for comparison. Arguments: <recipient> <in> <out>
import { createReadStream, createWriteStream } from 'node:fs';
import { Readable, Writable } from 'node:stream';
import { Encrypter } from 'age-encryption';

const [recipient = '', from = '', to = ''] = process.argv.slice(2);
const encrypter = new Encrypter();
encrypter.addRecipient(recipient);
const plain = Readable.toWeb(createReadStream(from, { highWaterMark: 1024 * 1024 }));
const sealed = await encrypter.encrypt(/** @type {ReadableStream} */ (plain));
await sealed.pipeTo(Writable.toWeb(createWriteStream(to)));
