/** What is refused about a trust domain's properties, each with one error, before anything is created. */
import { type Duration, Token } from 'aws-cdk-lib';
import { isPrivate } from './domain-api';
import { TrustDomainError } from './domain-error';
import { requireAssumers, requireSessionDuration } from './domain-roles';
import { requireRateLimit } from './domain-web-acl';
import { Exposure } from './exposure';
import { Lifecycle } from './lifecycle';
import type { MonitoringProps } from './monitoring-props';
import { requirePrivateDomain } from './private-domain';
import { requirePrivateEndpoint } from './private-endpoint';
import type { TrustDomainProps } from './trust-domain-props';

const EXPOSURES: readonly string[] = Object.values(Exposure);
const LIVES: readonly string[] = Object.values(Lifecycle);

// Letters, digits, spaces and `_ . : / = + - @`: https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html
const TAG_VALUE = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,256}$/u;

export function requireProps(domain: string, props: TrustDomainProps): void {
  const who = `trust domain \`${domain}\``;
  if (!EXPOSURES.includes(props.exposure)) {
    throw new TrustDomainError(
      `${who}: the exposure \`${props.exposure}\` is unknown; \`exposure\` is one of \`${EXPOSURES.join('`, `')}\``,
    );
  }
  requireOwner(who, props.owner);
  requireLifecycle(who, props.lifecycle);
  if (props.authentication === undefined) {
    throw new TrustDomainError(
      `${who}: \`authentication\` is missing and has no default; choose one, like \`Authentication.iam()\``,
    );
  }
  requireAssumers(domain, props.assumers);
  requireRateLimit(domain, props.rateLimit, props.rateWindow);
  requireSessionDuration(domain, props.maxSessionDuration);
  requireThrottle(who, props);
  requireAlarms(who, props);
  requireEndpoints(who, props);
  requireOrigins(who, props.corsOrigins ?? []);
  requireStageName(who, props.stageName);
}

export function requireOwner(who: string, owner: string): void {
  if (typeof owner !== 'string' || owner.trim() === '' || !TAG_VALUE.test(owner)) {
    throw new TrustDomainError(
      `${who}: the owner \`${owner}\` must name a team in letters, digits, spaces and \`_.:/=+-@\`, because it becomes a tag`,
    );
  }
}

export function requireLifecycle(who: string, lifecycle: Lifecycle | undefined): void {
  if (lifecycle !== undefined && !LIVES.includes(lifecycle)) {
    throw new TrustDomainError(
      `${who}: the lifecycle \`${lifecycle}\` is unknown; \`lifecycle\` is one of \`${LIVES.join('`, `')}\``,
    );
  }
}

export function requireThrottle(who: string, props: Pick<TrustDomainProps, 'throttleRate' | 'throttleBurst'>): void {
  for (const name of ['throttleRate', 'throttleBurst'] as const) {
    const value = props[name];
    if (value !== undefined && !Token.isUnresolved(value) && !(Number.isFinite(value) && value >= 1)) {
      throw new TrustDomainError(`${who}: \`${name}\` is \`${value}\`; a stage lets through at least 1 request`);
    }
  }
}

const THRESHOLDS = [
  'alarmAboveClientErrors',
  'alarmAboveServerErrors',
  'alarmAboveThrottled',
  'alarmAboveBlocked',
  'alarmAboveAuthenticationFailures',
  'alarmAboveDeniedKeyUse',
] as const;

export function requireAlarms(who: string, props: MonitoringProps): void {
  for (const name of THRESHOLDS) {
    const value = props[name];
    if (value !== undefined && !Token.isUnresolved(value) && !(Number.isFinite(value) && value >= 0)) {
      throw new TrustDomainError(`${who}: \`${name}\` is \`${value}\`; an alarm is raised above 0 or more`);
    }
  }
  const { alarmOutsideDeviations: deviations, alarmPeriod } = props;
  if (deviations !== undefined && !Token.isUnresolved(deviations) && !(deviations > 0 && deviations <= 10)) {
    throw new TrustDomainError(
      `${who}: \`alarmOutsideDeviations\` is \`${deviations}\`; give more than 0 standard deviations, and at most 10, beyond which nothing is unusual`,
    );
  }
  const seconds = secondsOf(alarmPeriod);
  if (seconds !== undefined && (seconds < 60 || seconds > 3600 || seconds % 60 !== 0)) {
    throw new TrustDomainError(`${who}: \`alarmPeriod\` is \`${seconds}\` seconds; give whole minutes, from 1 to 60`);
  }
}

function secondsOf(duration: Duration | undefined): number | undefined {
  return duration === undefined || duration.isUnresolved() ? undefined : duration.toSeconds({ integral: false });
}

function requireEndpoints(who: string, props: TrustDomainProps): void {
  const given = props.vpcEndpoints?.length ?? 0;
  if (isPrivate(props.exposure) && given === 0 && props.privateEndpoint === undefined) {
    throw new TrustDomainError(
      `${who}: an \`internal\` API is reached only through endpoints of its own; say where one is made in \`privateEndpoint\`, or name yours in \`vpcEndpoints\``,
    );
  }
  const present = [
    ...(given > 0 ? ['vpcEndpoints'] : []),
    ...(props.privateEndpoint === undefined ? [] : ['privateEndpoint']),
    ...(props.privateDomain === undefined ? [] : ['privateDomain']),
  ];
  if (!isPrivate(props.exposure) && present.length > 0) {
    throw new TrustDomainError(
      `${who}: \`${present.join('`, `')}\` ${present.length > 1 || given > 0 ? 'are' : 'is'} for \`internal\` APIs, and this one is \`${props.exposure}\`; leave ${present.length > 1 || given > 0 ? 'them' : 'it'} out, or set \`exposure\` to \`internal\``,
    );
  }
  if (props.privateEndpoint !== undefined) requirePrivateEndpoint(who, props.privateEndpoint);
  if (props.privateDomain !== undefined) requirePrivateDomain(who, props.privateDomain);
}

export function requireOrigins(who: string, origins: readonly string[]): void {
  for (const origin of origins) {
    if (Token.isUnresolved(origin)) continue;
    if (!/^https?:\/\/[a-z0-9.-]+(:\d{1,5})?$/.test(origin)) {
      throw new TrustDomainError(
        `${who}: the origin \`${origin}\` is not one exact origin; name each in \`corsOrigins\` like \`https://app.example.com\``,
      );
    }
  }
}

// https://docs.aws.amazon.com/apigateway/latest/api/API_CreateStage.html
export function requireStageName(who: string, name: string | undefined): void {
  if (name !== undefined && (Token.isUnresolved(name) || !/^[A-Za-z0-9_]{1,128}$/.test(name))) {
    throw new TrustDomainError(
      `${who}: the stage name \`${name}\` must be letters, digits and underscores, because it is part of URLs and log names`,
    );
  }
}
