// What a server reads out of the bytes of a certificate.
import { createHash, X509Certificate } from 'node:crypto';
import type { Json } from '../shared/json.ts';
import { invalid } from './refusal.ts';
import { members } from './tolerant-json.ts';

/** A sensitive value as clients send one: the text, or an object with it. */
export const newValue = (given: unknown): unknown => (typeof given === 'string' ? given : members(given)('NewValue'));

const read = [
  ...['Thumbprint', 'CertificateDataFormat', 'HasPrivateKey', 'SubjectCommonName', 'SubjectDistinguishedName'],
  ...['IssuerCommonName', 'IssuerDistinguishedName', 'SerialNumber', 'NotBefore', 'NotAfter', 'SelfSigned'],
];

function parsed(bytes: Buffer): X509Certificate | undefined {
  try {
    return new X509Certificate(bytes);
  } catch {
    return undefined;
  }
}

const commonName = (name: string): string | null => /^CN=(.*)$/m.exec(name)?.[1] ?? null;
const inOneLine = (name: string): string => name.split('\n').toReversed().join(', ');
const dateOf = (text: string): string => new Date(text).toISOString().replace('Z', '+00:00');

/**
 * The members of a certificate that clients do not write. Of bytes that are no X.509 certificate, such as those of a key
 * store with a password, nothing is read: the thumbprint is then a hash of all of them.
 */
function membersOf(data: string): Json {
  const bytes = Buffer.from(data, 'base64');
  const certificate = parsed(bytes);
  const text = bytes.toString('latin1');
  const isText = text.includes('-----BEGIN ');
  const known = {
    CertificateDataFormat: isText ? 'Pem' : certificate === undefined ? 'Pkcs12' : 'Der',
    HasPrivateKey: isText ? text.includes('PRIVATE KEY-----') : certificate === undefined,
  };
  if (certificate === undefined)
    return { Thumbprint: createHash('sha1').update(bytes).digest('hex').toUpperCase(), ...known };
  const { subject, issuer, serialNumber, validFrom, validTo, fingerprint } = certificate;
  return {
    Thumbprint: fingerprint.replaceAll(':', ''),
    ...known,
    SubjectCommonName: commonName(subject),
    SubjectDistinguishedName: inOneLine(subject),
    IssuerCommonName: commonName(issuer),
    IssuerDistinguishedName: inOneLine(issuer),
    SerialNumber: serialNumber,
    NotBefore: dateOf(validFrom),
    NotAfter: dateOf(validTo),
    SelfSigned: subject === issuer,
  };
}

/** A sent certificate with what is read out of its bytes. Without new bytes, what was read stays. */
export function withCertificateMembers(sent: Json, before: Json | undefined): Json {
  const own = Object.fromEntries(Object.entries(sent).filter(([name]) => !read.includes(name)));
  const data = newValue(members(sent)('CertificateData'));
  if (typeof data === 'string' && data !== '') return { ...own, ...membersOf(data) };
  if (before === undefined) throw invalid('Please provide a value for CertificateData.');
  return { ...own, ...Object.fromEntries(Object.entries(before).filter(([name]) => read.includes(name))) };
}
