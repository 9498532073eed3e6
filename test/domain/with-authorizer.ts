/** Domains whose callers an authorizer checks, and what their functions are told. */
import 'reflect-metadata';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  Authentication,
  type DpopAuthenticationProps,
  type JwtAuthenticationProps,
  type MutualTlsAuthenticationProps,
  type TrustDomain,
  type TrustDomainProps,
} from '../../lib';
import { readConfiguration } from '../../lib/authorizer/configuration';
import { Authority, pem } from '../authorizer/authorities';
import { ACCOUNT, BACKEND, ENV, inStack, REGION } from './a-domain';

export const SCOPES = { 'orders.read': 'See orders', 'orders.write': 'Place orders' };
export const TOKEN = { issuer: 'https://login.example.com/orders', audience: ['https://orders.example.com'] };
export const CERTIFICATE = `arn:aws:acm:${REGION}:${ACCOUNT}:certificate/11111111-2222-3333-4444-555555555555`;

/** An authority, and a client of it, which is no authority. */
export const given = { authorities: '', client: '' };

/** For `beforeAll`: real keys take a moment. */
export async function makeAuthority(): Promise<void> {
  const partner = await Authority.named('C=DE, O=Partner, CN=Partner CA');
  given.authorities = pem(partner.certificate);
  given.client = pem(await partner.client());
}

export const jwt = (more: Partial<JwtAuthenticationProps> = {}) =>
  Authentication.jwt({ ...TOKEN, scopes: SCOPES, ...more });
export const dpop = (more: Partial<DpopAuthenticationProps> = {}) =>
  Authentication.dpop({ ...TOKEN, scopes: SCOPES, ...more });
export const mtls = (more: Partial<MutualTlsAuthenticationProps> = {}, stack = new Stack(new App(), 'Elsewhere')) =>
  Authentication.mutualTls({
    domainName: 'api.example.com',
    certificate: Certificate.fromCertificateArn(stack, 'Certificate', CERTIFICATE),
    authorities: given.authorities,
    clients: [{ name: 'shop', subject: 'CN=shop,O=Partner,C=DE', scopes: ['orders.read'] }],
    scopes: SCOPES,
    ...more,
  });

export function aDomain(authentication: Authentication, props: Partial<TrustDomainProps> = {}): TrustDomain {
  const domain = inStack(new Stack(new App(), 'Orders', { env: ENV }), 'orders', { authentication, ...props });
  domain.addRoute('GET', '/orders/{id}', BACKEND, { scopes: ['orders.read'] });
  return domain;
}

export const templateOf = (domain: TrustDomain): Template => Template.fromStack(Stack.of(domain));

/** What the function is told, with `?` for what only the deployment knows. */
export function configurationOf(template: Template) {
  const [fn] = Object.values(
    template.findResources('AWS::Lambda::Function', { Properties: { FunctionName: 'bulkhead-orders-auth' } }),
  );
  const value: string | { 'Fn::Join': [string, unknown[]] } = fn!.Properties.Environment.Variables.BULKHEAD_AUTHORIZER;
  const text =
    typeof value === 'string' ? value : value['Fn::Join'][1].map((v) => (typeof v === 'string' ? v : '?')).join('');
  return readConfiguration(text);
}
