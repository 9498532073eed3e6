/**
 * Which trust domains an app holds, so that a second claim to a name, a stack or a thing is refused
 * where it is made. Kept per construct tree; nothing outlives the app.
 */
import { Stack, Stage, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { TrustDomainError } from './domain-error';

interface Claim {
  readonly domain: string;
  readonly by: IConstruct;
}

interface Claims {
  readonly domains: Claim[];
  /** Audit vaults and trails. */
  readonly vaults: IConstruct[];
  readonly settings: IConstruct[];
  /** Constructs, and ids of things outside the app, that belong to one domain. */
  readonly things: Map<IConstruct | string, Claim>;
}

const CLAIMS = new WeakMap<IConstruct, Claims>();

/** Throws if the app already has this domain in the same place, or the stack already holds a domain. */
export function claimDomain(domain: string, by: IConstruct): void {
  const claims = claimsOf(by);
  const vault = claims.vaults.find((other) => outermostStack(other) === outermostStack(by));
  if (vault !== undefined) throw besideVault(domain, vault);
  for (const earlier of claims.domains) {
    if (outermostStack(earlier.by) === outermostStack(by)) {
      throw new TrustDomainError(
        `trust domain \`${domain}\`: its stack \`${outermostStack(by).stackName}\` already holds trust domain \`${earlier.domain}\` (\`${earlier.by.node.path}\`); ` +
          'whoever may change a stack may change all in it: give each domain a stack of its own',
      );
    }
    if (earlier.domain === domain && samePlace(earlier.by, by)) {
      throw new TrustDomainError(
        `trust domain \`${domain}\`: the app already declares it at \`${earlier.by.node.path}\`; rename one of the two, or refer to the other with \`TrustDomain.fromAttributes\``,
      );
    }
  }
  claims.domains.push({ domain, by });
}

/** Throws if the stack holds a trust domain: whoever may change the domain could then mute its audit trail. */
export function claimVault(by: IConstruct): void {
  const claims = claimsOf(by);
  const domain = claims.domains.find((claim) => outermostStack(claim.by) === outermostStack(by));
  if (domain !== undefined) throw besideVault(domain.domain, by);
  claims.vaults.push(by);
}

function besideVault(domain: string, vault: IConstruct): TrustDomainError {
  return new TrustDomainError(
    `trust domain \`${domain}\`: its stack \`${outermostStack(vault).stackName}\` holds the audit trail \`${vault.node.path}\` as well; ` +
      'whoever may change the domain could then mute it: give the trail a stack of its own',
  );
}

/** Throws if the thing belongs to another domain. Claiming twice for one domain is no error. */
export function claimThing(what: string, thing: IConstruct | string, domain: string, by: IConstruct): void {
  const { things } = claimsOf(by);
  for (const key of typeof thing === 'string' ? [thing] : thing.node.scopes) {
    const owner = things.get(key) ?? domainAt(claimsOf(by), key);
    if (owner !== undefined && (owner.domain !== domain || !samePlace(owner.by, by))) {
      throw new TrustDomainError(
        `trust domain \`${domain}\`: ${what} \`${typeof thing === 'string' ? thing : thing.node.path}\` belongs to trust domain \`${owner.domain}\`; domains share no resources: give \`${domain}\` its own`,
      );
    }
  }
  things.set(thing, { domain, by });
}

/** Throws if a construct of this kind already stands for the same account and region. */
export function claimAccountSetting(by: IConstruct): void {
  const { settings } = claimsOf(by);
  const earlier = settings.find((other) => samePlace(other, by) && sameEnvironment(other, by));
  if (earlier !== undefined) {
    throw new TrustDomainError(
      `the API Gateway setting of an account and region is one, and the app already has it at \`${earlier.node.path}\`: a second would overwrite it; leave out \`${by.node.path}\``,
    );
  }
  settings.push(by);
}

function domainAt(claims: Claims, at: IConstruct | string): Claim | undefined {
  return claims.domains.find((claim) => claim.by === at);
}

/** One deployment would create both: the same Stage, or the same known account and region. */
function samePlace(a: IConstruct, b: IConstruct): boolean {
  if (Stage.of(a) === Stage.of(b)) return true;
  const known = [a, b].every(
    (c) => !Token.isUnresolved(Stack.of(c).account) && !Token.isUnresolved(Stack.of(c).region),
  );
  return known && sameEnvironment(a, b);
}

function sameEnvironment(a: IConstruct, b: IConstruct): boolean {
  const [x, y] = [Stack.of(a), Stack.of(b)];
  return x.account === y.account && x.region === y.region;
}

/** The stack that is deployed: nested stacks change with it. */
export function outermostStack(of: IConstruct): Stack {
  let stack = Stack.of(of);
  while (stack.nestedStackParent !== undefined) stack = stack.nestedStackParent;
  return stack;
}

function claimsOf(scope: IConstruct): Claims {
  let claims = CLAIMS.get(scope.node.root);
  if (claims === undefined) {
    claims = { domains: [], vaults: [], settings: [], things: new Map() };
    CLAIMS.set(scope.node.root, claims);
  }
  return claims;
}
