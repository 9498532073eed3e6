/** What is refused about a shared gateway and its zones, each with one error, before anything is created. */
import { Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { TrustDomainError } from './domain-error';
import { requireAssumers, requireSessionDuration } from './domain-roles';
import { requireRateLimit } from './domain-web-acl';
import { Duty } from './duty';
import { Exposure } from './exposure';
import { outermostStack } from './registry';
import type { SharedGatewayProps, TrustZoneProps } from './shared-gateway-props';
import {
  requireAlarms,
  requireLifecycle,
  requireOrigins,
  requireOwner,
  requireStageName,
  requireThrottle,
} from './trust-domain-rules';

/** Nobody reads or writes data of a gateway. */
export const GATEWAY_DUTIES: readonly Duty[] = [Duty.PROVISION, Duty.DEPLOY, Duty.APPROVE, Duty.MONITOR, Duty.AUDIT];

const SHAREABLE: readonly string[] = [Exposure.PARTNER, Exposure.PUBLIC];

export function requireGateway(domain: string, props: SharedGatewayProps): void {
  const who = `shared gateway \`${domain}\``;
  if (props.exposure !== undefined) requireShareable(who, props.exposure);
  requireOwner(who, props.owner);
  requireLifecycle(who, props.lifecycle);
  requireAssumers(domain, props.assumers, GATEWAY_DUTIES);
  requireSessionDuration(domain, props.maxSessionDuration);
  requireThrottle(who, props);
  requireAlarms(who, props);
  requireStageName(who, props.stageName);
  for (const path of props.basePaths ?? []) {
    if (!isPath(path) && path !== '') {
      throw new TrustDomainError(
        `${who}: \`${shown(path)}\` in \`basePaths\` is no path; give it as callers write it, like \`/api\`, or empty where a custom domain leads to the stage without one`,
      );
    }
  }
}

export function requireZone(domain: string, zone: Construct, props: TrustZoneProps): void {
  const who = `trust domain \`${domain}\``;
  requireShareable(who, props.exposure);
  requireOwner(who, props.owner);
  if (props.authentication === undefined) {
    throw new TrustDomainError(
      `${who}: \`authentication\` is missing and has no default; choose one, like \`Authentication.iam()\``,
    );
  }
  const why = props.authentication._needsOwnGateway;
  if (why !== undefined) {
    throw new TrustDomainError(
      `${who}: \`${props.authentication.kind}\` authentication shares no gateway, because ${why}; use IAM, Cognito or JWT, or give the domain an API of its own with \`TrustDomain\``,
    );
  }
  requireAssumers(domain, props.assumers);
  requireRateLimit(domain, props.rateLimit, props.rateWindow);
  requireSessionDuration(domain, props.maxSessionDuration);
  requireThrottle(who, props);
  requireAlarms(who, props);
  if (props.alarmAboveLatency !== undefined) {
    throw new TrustDomainError(
      `${who}: \`alarmAboveLatency\` is for gateways: API Gateway measures how long answers take for the whole API, or for one method alone; give it to gateway \`${props.gateway.domainName}\``,
    );
  }
  requireOrigins(who, props.corsOrigins ?? []);
  if (!isPath(props.basePath)) {
    throw new TrustDomainError(
      `${who}: \`basePath\` is \`${shown(props.basePath)}\`; give one or more literal segments, like \`/partner\`: a parameter could be the name of another zone`,
    );
  }
  const [own, other] = [Stack.of(zone), Stack.of(props.gateway)];
  if (own.account !== other.account || own.region !== other.region) {
    throw new TrustDomainError(
      `${who}: it stands in another account or region than gateway \`${props.gateway.domainName}\`; a zone stands beside its gateway`,
    );
  }
  if (outermostStack(zone) === outermostStack(props.gateway)) {
    throw new TrustDomainError(
      `${who}: it stands in stack \`${outermostStack(zone).stackName}\` with gateway \`${props.gateway.domainName}\`; whoever may change a stack may change all in it: give the zone a stack of its own`,
    );
  }
}

function requireShareable(who: string, exposure: Exposure): void {
  if (SHAREABLE.includes(exposure)) return;
  throw new TrustDomainError(
    exposure === Exposure.INTERNAL
      ? `${who}: an \`internal\` API is invisible from outside, which no part of a gateway is that others reach; give it an API of its own with \`TrustDomain\``
      : `${who}: the exposure \`${exposure}\` is unknown; \`exposure\` is one of \`${SHAREABLE.join('`, `')}\``,
  );
}

function isPath(path: string): boolean {
  return typeof path === 'string' && !Token.isUnresolved(path) && /^(\/[A-Za-z0-9_-]+)+$/.test(path);
}

function shown(value: string): string {
  return Token.isUnresolved(value) ? 'a token' : value;
}
