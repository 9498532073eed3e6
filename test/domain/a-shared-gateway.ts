/** A shared gateway to test with, and zones of it, each in a stack of its own. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import {
  Authentication,
  Exposure,
  SharedGateway,
  type SharedGatewayProps,
  TrustZone,
  type TrustZoneProps,
} from '../../lib';
import { assumers, BACKEND, ENV } from './a-domain';

export interface Shared {
  readonly app: App;
  readonly stack: Stack;
  readonly gateway: SharedGateway;
  readonly outdir: string;
}

export function aGateway(props: Partial<SharedGatewayProps> = {}, name = 'edge'): Shared {
  const outdir = mkdtempSync(join(tmpdir(), 'bulkhead-shared-'));
  const app = new App({ outdir });
  const stack = new Stack(app, 'Edge', { env: ENV });
  const { provision, deploy, approve, monitor, audit } = assumers(name);
  const gateway = new SharedGateway(stack, name, {
    owner: 'platform-team',
    assumers: { provision, deploy, approve, monitor, audit },
    ...props,
  });
  return { app, stack, gateway, outdir };
}

/** With one route, `GET /NAME/orders`. */
export function aZone({ app, gateway }: Shared, name: string, props: Partial<TrustZoneProps> = {}): TrustZone {
  const stack = new Stack(app, name.charAt(0).toUpperCase() + name.slice(1), { env: ENV });
  const zone = new TrustZone(stack, name, {
    gateway,
    basePath: `/${name}`,
    exposure: Exposure.PARTNER,
    owner: `${name}-team`,
    authentication: Authentication.iam(),
    assumers: assumers(name),
    ...props,
  });
  zone.addRoute('GET', `${zone.basePath}/orders`, BACKEND, scopesOf(zone));
  return zone;
}

export function scopesOf(zone: TrustZone): { scopes?: string[] } {
  if (zone.userPool !== undefined) return { scopes: ['read'] };
  return zone.authorizerFunction === undefined ? {} : { scopes: ['orders.read'] };
}

export function jwt(issuer = 'https://login.example.com'): Authentication {
  return Authentication.jwt({ issuer, audience: [`${issuer}/orders`], scopes: { 'orders.read': 'See orders' } });
}

export function cognito(): Authentication {
  return Authentication.cognito({ scopes: { read: 'See orders' } });
}

/** Callers of each kind, in three zones. */
export function threeZones(shared: Shared = aGateway()): readonly [TrustZone, TrustZone, TrustZone] {
  return [
    aZone(shared, 'partner'),
    aZone(shared, 'shop', { authentication: cognito(), exposure: Exposure.PUBLIC }),
    aZone(shared, 'claims', { authentication: jwt() }),
  ];
}
