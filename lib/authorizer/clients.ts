/** Which of the listed clients a certificate is: the one whose every criterion it meets. */
import type { Client } from './configuration';
import { Denial } from './denial';
import type { Certificate } from './x509';

export function clientOf(certificate: Certificate, clients: readonly Client[]): Client {
  const found = clients.find(
    ({ subject, issuer, alternativeName }) =>
      (subject === undefined || lines(subject) === certificate.subjectLines) &&
      (issuer === undefined || lines(issuer) === certificate.issuerLines) &&
      (alternativeName === undefined || certificate.alternativeNames.includes(alternativeName)),
  );
  if (found === undefined) throw new Denial('client-not-listed');
  return found;
}

/** `CN=a,O=b` (RFC 4514: the most specific first, `\,` within a value) as Node prints names: `O=b`, `CN=a`, a line each. */
function lines(name: string): string {
  return name
    .split(/(?<!\\),\s*/)
    .reverse()
    .join('\n');
}
