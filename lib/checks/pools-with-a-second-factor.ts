/**
 * Of SOD-9: whether a user pool asks for a second factor of everybody who signs in there, where that is what stands between a
 * password and a domain: a pool by which a privileged duty is assumed, and a pool that the constructs made for callers.
 *
 * A pool that is in the templates says so itself, and nobody's word counts against it: MFA is required, and an authenticator app
 * (or a passkey that verifies its user and counts as several factors) can be the second one; text messages and mail alone can be
 * taken over. Who comes to a pool from another identity provider is not asked by the pool, so there somebody has to vouch.
 * Sources: https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-mfa.html ("federated users … MFA"),
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_SetUserPoolMfaConfig.html
 */
import type { Model, Resource } from '../model/model';
import { textKey } from '../model/text-key';
import type { Condition, PrincipalElement } from '../policy/document';
import { isText, literal, type Text } from '../policy/text';
import { typed } from './by-type';
import { asText, listed } from './settings';

export interface PoolFault {
  readonly pool: Resource;
  readonly severity: 'violated' | 'undecided';
  /** After the pool's name. */
  readonly what: string;
  readonly fix: string;
}

/** User pools that the constructs made for the callers of a domain. */
export function poolsOfDomains({ resources }: Model): readonly Resource[] {
  return typed(resources, USER_POOL).filter(({ part, domain }) => part === 'user-pool' && domain !== undefined);
}

/** User pools of the templates whose users a trust policy admits: through an identity provider of IAM, or an identity pool. */
export function poolsAdmitted(
  { value }: PrincipalElement['entries'][number],
  conditions: readonly Condition[],
  { resources }: Model,
): readonly Resource[] {
  const key = textKey(value);
  const providers = typed(resources, 'AWS::IAM::OIDCProvider').filter(({ arn }) => arn && textKey(arn) === key);
  const through =
    literal(value) === 'cognito-identity.amazonaws.com'
      ? typed(resources, 'AWS::Cognito::IdentityPool').filter((pool) => isAudience(pool, conditions))
      : [];
  const believed = [
    value,
    ...providers.flatMap(({ properties }) => asText(properties.Url) ?? []),
    ...through.flatMap(({ properties }) => textsIn(properties)),
  ].filter(({ parts }) => parts.some((part) => typeof part !== 'string'));
  // A written name says nothing of a generated id.
  if (believed.length === 0) return [];
  return typed(resources, USER_POOL).filter((pool) => believed.some((t) => speaksOf(t, pool)));
}

const USER_POOL = 'AWS::Cognito::UserPool';

/** Without an audience every identity pool is admitted. */
function isAudience(pool: Resource, conditions: readonly Condition[]): boolean {
  const audiences = conditions.filter(({ key }) => key.toLowerCase() === 'cognito-identity.amazonaws.com:aud');
  return audiences.length === 0 || audiences.some(({ values }) => values.some((v) => speaksOf(v, pool)));
}

/** True iff the generated id of the resource, with which its ARN ends, stands in the text. */
function speaksOf(t: Text, { arn }: Resource): boolean {
  const id = arn?.parts.at(-1);
  return id !== undefined && typeof id !== 'string' && t.parts.some((p) => typeof p !== 'string' && p.hole === id.hole);
}

function textsIn(value: unknown): readonly Text[] {
  if (isText(value)) return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** Why the pool does not ask everybody for a second factor; undefined where it does. */
export function faultOf(pool: Resource, { resources }: Model, vouched: boolean): PoolFault | undefined {
  const { properties } = pool;
  const setting = wordAt(properties.MfaConfiguration) ?? 'OFF';
  const fix = 'set `MfaConfiguration` to `ON`, and `EnabledMfas` to `SOFTWARE_TOKEN_MFA`';
  if (setting === 'unknown')
    return { pool, severity: 'undecided', what: 'asks for a second factor if the deployment says so', fix };
  if (setting !== 'ON') {
    const how = setting === 'OPTIONAL' ? 'leaves a second factor to each user' : 'asks nobody for a second factor';
    return { pool, severity: 'violated', what: `${how} (\`MfaConfiguration\` is \`${setting}\`)`, fix };
  }
  const factors = listed(properties.EnabledMfas).map((factor) => wordAt(factor) ?? 'unknown');
  const whole = isText(properties.EnabledMfas) ? 'unknown' : undefined;
  const passkey = wordAt(properties.WebAuthnFactorConfiguration) === 'MULTI_FACTOR_WITH_USER_VERIFICATION';
  if (!factors.includes('SOFTWARE_TOKEN_MFA') && !passkey) {
    if (whole === 'unknown' || factors.includes('unknown'))
      return { pool, severity: 'undecided', what: 'takes second factors that only the deployment knows', fix };
    const taken = factors.length === 0 ? 'text messages' : factors.map((f) => `\`${f}\``).join(' and ');
    return {
      pool,
      severity: 'violated',
      what: `takes ${taken} alone for a second factor, which others can take over`,
      fix,
    };
  }
  const elsewhere = typed(resources, 'AWS::Cognito::UserPoolIdentityProvider').find(
    ({ properties: { UserPoolId } }) => isText(UserPoolId) && speaksOf(UserPoolId, pool),
  );
  if (elsewhere === undefined || vouched) return undefined;
  return {
    pool,
    severity: 'violated',
    what: `does not ask those who come from \`${elsewhere.origin.path}\` for a second factor, and nobody vouches that this does`,
    fix: 'give the assumer an `Attestation`, or let the duty sign in at a pool without other identity providers',
  };
}

/** `unknown` where only the deployment knows it. */
function wordAt(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return isText(value) ? (literal(value) ?? 'unknown') : String(value);
}
