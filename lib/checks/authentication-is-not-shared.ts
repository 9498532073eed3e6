/**
 * DOM-4, shared authentication: what lets callers into one trust domain lets nobody into another.
 *
 * Two domains that believe one issuer, one audience, one user pool, one function or one certificate authority are
 * one domain to whoever holds its token or certificate: it can be replayed (D3). Who is believed is
 * read off the authorizers and custom domains themselves, and for functions of the constructs, whose
 * configuration is theirs alone, off their marks. A resource that two domains use is DOM-2's; here
 * it is the same name or address in two places.
 */
import type { Model, Resource } from '../model/model';
import { textKey } from '../model/text-key';
import { isText, literal, show, type Text } from '../policy/text';
import type { Check, CheckContext } from './check';
import type { Finding } from './finding';

export const authenticationIsNotShared: Check = {
  id: 'DOM-4',
  compliant: 'no issuer, audience, user pool or certificate authority lets callers into two trust domains',
  run: (model, context) => whatIsBelieved(model, context).flatMap(judge),
};

type Kind = 'issuer' | 'audience' | 'user pool' | 'authorizer function' | 'trust store' | 'certificate authority';

interface Belief {
  readonly kind: Kind;
  /** Equal iff they are the same in every deployment. */
  readonly key: string;
  readonly shown: string;
}

export interface Believed extends Belief {
  readonly by: readonly { readonly resource: Resource; readonly domain: string }[];
}

/** Everything that lets callers into some domain, with all that believe it; DOM-10 asks the same by stages of life. */
export function whatIsBelieved(model: Model, context: CheckContext): readonly Believed[] {
  return context.once(model, 'what is believed', () => [...byWhatIsBelieved(model).values()]);
}

function byWhatIsBelieved({ resources, apis }: Model): ReadonlyMap<string, Believed> {
  const domainOfApi = new Map(apis.map(({ id, domain }) => [id, domain]));
  const found = new Map<string, Believed>();
  for (const resource of resources) {
    // An authorizer that nobody marked serves the domain of its API.
    const api = resource.references.find(({ to }) => domainOfApi.get(to) !== undefined);
    const domain = resource.domain ?? (api && domainOfApi.get(api.to));
    if (domain === undefined) continue;
    for (const belief of beliefsOf(resource)) {
      const key = `${belief.kind} ${belief.key}`;
      const known = found.get(key);
      found.set(key, { ...belief, by: [...(known?.by ?? []), { resource, domain }] });
    }
  }
  return found;
}

/** Where templates say who is believed. */
const PROPERTIES: Readonly<Record<string, readonly (readonly [Kind, ...string[]])[]>> = {
  'AWS::ApiGateway::Authorizer': [
    ['user pool', 'ProviderARNs'],
    ['authorizer function', 'AuthorizerUri'],
  ],
  'AWS::ApiGatewayV2::Authorizer': [
    ['issuer', 'JwtConfiguration', 'Issuer'],
    ['audience', 'JwtConfiguration', 'Audience'],
    ['authorizer function', 'AuthorizerUri'],
  ],
  'AWS::ApiGateway::DomainName': [['trust store', 'MutualTlsAuthentication', 'TruststoreUri']],
  'AWS::ApiGatewayV2::DomainName': [['trust store', 'MutualTlsAuthentication', 'TruststoreUri']],
  'AWS::AppSync::GraphQLApi': [
    ['issuer', 'OpenIDConnectConfig', 'Issuer'],
    ['user pool', 'UserPoolConfig', 'UserPoolId'],
  ],
};

function beliefsOf({ origin, properties, trusts, references }: Resource): readonly Belief[] {
  if (trusts === undefined && !Object.hasOwn(PROPERTIES, origin.type)) return NOTHING;
  const written = (PROPERTIES[origin.type] ?? []).flatMap(([kind, ...path]) => {
    // What the app itself creates is DOM-2's.
    const own = references.some(({ at }) => at.startsWith(path.join('.')));
    return own ? [] : beliefs(kind, member(properties, path));
  });
  return [
    ...written,
    ...beliefs('issuer', trusts?.issuers),
    ...beliefs('audience', trusts?.audiences),
    ...beliefs('certificate authority', trusts?.authorities),
  ];
}

const NOTHING: readonly Belief[] = [];

function beliefs(kind: Kind, value: unknown): readonly Belief[] {
  return (Array.isArray(value) ? value : [value]).flatMap((one: unknown): readonly Belief[] => {
    const text: Text | undefined = typeof one === 'string' ? { parts: [one] } : isText(one) ? one : undefined;
    if (text === undefined) return [];
    const known = literal(text);
    // By a name alone: in an account that only the deployment knows it may be another function each time.
    if (kind === 'authorizer function' && known === undefined) return [];
    // The host of an issuer has no case, and a final slash is read over by some libraries.
    const key = known === undefined || kind !== 'issuer' ? textKey(text) : known.replace(/\/$/, '').toLowerCase();
    return [{ kind, key, shown: known ?? show(text) }];
  });
}

function member(value: unknown, keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null && Object.hasOwn(at, key) ? at[key as never] : undefined),
    value,
  );
}

function judge({ kind, shown, by }: Believed): Finding[] {
  const domains = [...new Set(by.map(({ domain }) => domain))].sort();
  if (domains.length < 2) return [];
  const names = domains.map((domain) => `\`${domain}\``).join(' and ');
  return [
    {
      id: 'DOM-4',
      severity: 'violated',
      message: `the ${kind} \`${shown}\` lets callers into ${names}; whoever is let into one is let into the other`,
      principals: [],
      constructPaths: [...new Set(by.map(({ resource }) => resource.origin.path))],
      explanation: by.map(({ resource, domain }) => `\`${resource.origin.path}\` of \`${domain}\` believes it.`),
      chain: [],
      fix: `give each of ${names} ${/^[aiu]/.test(kind) && kind !== 'user pool' ? 'an' : 'a'} ${kind} of its own`,
    },
  ];
}
