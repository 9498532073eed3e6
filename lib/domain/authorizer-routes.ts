/**
 * Which scopes open which routes, as the domain's authorizer is told. Methods carry no scopes
 * themselves: API Gateway compares those of Cognito alone, so a route that the authorizer does not
 * know is closed to everybody.
 */
import { TrustDomainError } from './domain-error';

export interface RouteScopes {
  readonly scopes: string[];
  readonly routes: string[];
}

export class AuthorizerRoutes {
  private readonly scopesOf = new Map<string, readonly string[]>();

  constructor(
    private readonly domain: string,
    private readonly declared: readonly string[],
    /** API Gateway keeps answers, which then hold for other routes as well. */
    private readonly cached: boolean,
  ) {}

  public add(route: string, scopes: readonly string[]): void {
    const who = `trust domain \`${this.domain}\`, route \`${route}\``;
    const choice = `one or more of \`${this.declared.join('`, `')}\``;
    if (scopes.length === 0) {
      throw new TrustDomainError(`${who}: no scope, so any caller would open it; give \`scopes\` ${choice}`);
    }
    for (const scope of scopes) {
      if (!this.declared.includes(scope)) {
        throw new TrustDomainError(
          `${who}: scope \`${scope}\` is not declared; declare it in \`authentication\`, or use ${choice}`,
        );
      }
    }
    if (this.cached) this.refuseAmbiguity(who, route, scopes);
    this.scopesOf.set(normal(route), scopes);
  }

  /** Grouped, because a Lambda function's environment is small. */
  public render(): RouteScopes[] {
    const groups = new Map<string, RouteScopes>();
    for (const [route, scopes] of this.scopesOf) {
      const key = JSON.stringify([...scopes].sort());
      const group = groups.get(key) ?? { scopes: [...scopes].sort(), routes: [] };
      groups.set(key, group);
      group.routes.push(route);
    }
    return [...groups.values()];
  }

  /**
   * A cached answer names routes by patterns in which `*` also crosses slashes, so a caller that may
   * use `/orders/{id}` would get `/orders/7/refunds` with it.
   */
  private refuseAmbiguity(who: string, route: string, scopes: readonly string[]): void {
    for (const [other, others] of this.scopesOf) {
      const same = scopes.length === others.length && scopes.every((scope) => others.includes(scope));
      if (same || !meet(route, other)) continue;
      throw new TrustDomainError(
        `${who}: in a cached answer it cannot be told from \`${other}\`, which has other scopes; give both the same scopes, or leave out \`resultsCacheTtl\``,
      );
    }
  }
}

/** `/orders/` is `/orders`, as API Gateway has it. */
function normal(route: string): string {
  return route.length > 1 ? route.replace(/(?<=[^ ])\/$/, '') : route;
}

/** Is there a path that both patterns match? Each parameter is a `*` in an ARN, which matches any text. */
function meet(a: string, b: string): boolean {
  const [left, right] = [a, b].map((route) => normal(route).replace(/\{[^}]*\}/g, '*')) as [string, string];
  // `reached[j]`: what is read of `left` so far, and the first `j` characters of `right`, match one text.
  let reached = Array.from({ length: right.length + 1 }, (_, j) => /^\**$/.test(right.slice(0, j)));
  for (const character of left) {
    const next: boolean[] = [];
    for (let j = 0; j <= right.length; j++) {
      const other = right[j - 1];
      const both = j > 0 && (character === other || character === '*' || other === '*') && reached[j - 1] === true;
      const onlyLeft = (character === '*' || other === '*') && reached[j] === true;
      const onlyRight = j > 0 && (character === '*' || other === '*') && next[j - 1] === true;
      next.push(both || onlyLeft || onlyRight);
    }
    reached = next;
  }
  return reached[right.length] === true;
}
