/** Three domains whose callers the bundled authorizers check: with bearer tokens, bound tokens, client certificates. */
import { App, type Stack, Stack as StackOf } from 'aws-cdk-lib';
import { HttpIntegration } from 'aws-cdk-lib/aws-apigateway';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Role } from 'aws-cdk-lib/aws-iam';
import { Assumer, Attestation, Authentication, type DutyAssumers, Exposure, TrustDomain } from '../../../lib';
import { contextOf } from './app';
import { ACCOUNT, REGION, roleArn } from './place';

export const HOST = 'orders.example.com';
export const SCOPES = { read: 'See orders', write: 'Place orders' };
export const audienceOf = (domain: string): string => `https://${domain}.example.com`;
export const AUTHORIZERS = ['bearer', 'bound', 'certified'] as const;
export type AuthorizerDomain = (typeof AUTHORIZERS)[number];
export const authorizerStack = (domain: string): string => `Authorizer-${domain}`;
export const CLIENT = 'CN=shop,O=Partner,C=DE';
export const issuerOf = (address: string, domain: string): string => `${address}/${domain}`;

/** @param issuer the address of the issuers of tokens, one for each domain below it */
export function authorizerApp(issuer: string, authorities: string, outdir: string): App {
  const app = new App({ outdir, context: contextOf('https://backend.example.com') });
  const make = (name: AuthorizerDomain, exposure: Exposure, by: (stack: Stack) => Authentication): void => {
    const stack = new StackOf(app, authorizerStack(name), { env: { account: ACCOUNT, region: REGION } });
    const domain = new TrustDomain(stack, name, {
      exposure,
      owner: `${name}-team`,
      authentication: by(stack),
      assumers: assumersOf(name),
    });
    const backend = (httpMethod: string) => new HttpIntegration('https://backend.example.com/orders', { httpMethod });
    domain.addRoute('GET', '/orders', backend('GET'), { scopes: ['read'] });
    domain.addRoute('POST', '/orders', backend('POST'), { scopes: ['write'] });
  };
  const token = (name: string) => ({ issuer: issuerOf(issuer, name), audience: [audienceOf(name)] });
  make('bearer', Exposure.PUBLIC, () => Authentication.jwt({ ...token('bearer'), scopes: SCOPES }));
  make('bound', Exposure.PUBLIC, () => Authentication.dpop({ ...token('bound'), scopes: SCOPES, hosts: [HOST] }));
  make('certified', Exposure.PARTNER, (stack) =>
    Authentication.mutualTls({
      domainName: HOST,
      certificate: Certificate.fromCertificateArn(
        stack,
        'Certificate',
        `arn:aws:acm:${REGION}:${ACCOUNT}:certificate/11111111-2222-3333-4444-555555555555`,
      ),
      authorities,
      clients: [{ name: 'shop', subject: CLIENT, scopes: ['read'] }],
      revocationPublisher: Role.fromRoleArn(stack, 'Publisher', roleArn('authority'), { mutable: false }),
      scopes: SCOPES,
    }),
  );
  return app;
}

function assumersOf(domain: string): DutyAssumers {
  const mfa = Attestation.byProvider('IAM Identity Center: multi-factor authentication at every sign-in');
  const team = (name: string) => [Assumer.role(roleArn(`${domain}-${name}`), mfa)];
  const [provision, deploy, approve] = [team('provision'), team('deploy'), team('approve')];
  const [read, write, monitor, audit] = [team('read'), team('write'), team('monitor'), team('audit')];
  return { provision, deploy, approve, read, write, monitor, audit };
}
