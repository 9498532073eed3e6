/**
 * Who is let in by an authorizer for Cognito's tokens, and by IAM, as API Gateway documents it, with the settings of
 * the templates: the emulator compares no scopes, and lets calls that must be signed pass without.
 *
 * A token passes if a pool of the authorizer issued it, it has not expired, and one of its scopes is one of the
 * method's: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-enable-cognito-user-pool.html
 */
import { simulate } from '../../policy/simulator';
import { type Row, row } from './evidence';
import { ACCOUNT, REGION, stackOf } from './place';
import type { Deployed, World } from './world';

interface Token {
  readonly pool: string;
  readonly expires: number;
  readonly scopes: readonly string[];
}

const NOW = 1_800_000_000;

function methodOf(world: World, stack: string, httpMethod: string): Deployed {
  const found = world.resources.filter(
    (r) => r.stack === stack && r.type === 'AWS::ApiGateway::Method' && r.properties.HttpMethod === httpMethod,
  );
  if (found.length !== 1 || found[0] === undefined)
    throw new Error(`\`${stack}\` has ${found.length} methods \`${httpMethod}\``);
  return found[0];
}

function letsIn(world: World, domain: string, httpMethod: string, token: Token | undefined): boolean {
  const stack = stackOf(domain);
  const {
    AuthorizationType: type,
    AuthorizerId,
    AuthorizationScopes = [],
  } = methodOf(world, stack, httpMethod).properties;
  if (type !== 'COGNITO_USER_POOLS') throw new Error(`\`${stack}\` takes no tokens of Cognito: ${String(type)}`);
  const authorizer = world.resources.find(
    (r) => r.stack === stack && r.type === 'AWS::ApiGateway::Authorizer' && r.physicalId === AuthorizerId,
  );
  const pools = (authorizer?.properties.ProviderARNs ?? []) as readonly string[];
  if (token === undefined) return false;
  const wanted = AuthorizationScopes as readonly string[];
  // Without scopes an identity token would do.
  if (wanted.length === 0) throw new Error(`\`${httpMethod}\` of \`${stack}\` asks for no scope`);
  return pools.includes(token.pool) && token.expires > NOW && wanted.some((scope) => token.scopes.includes(scope));
}

export function tokensOnPaper(world: World): readonly Row[] {
  const pool = (domain: string) => world.arnOf(world.only(stackOf(domain), 'AWS::Cognito::UserPool'));
  const tokenOf = (domain: string, more: Partial<Token> = {}): Token => ({
    pool: pool(domain),
    expires: NOW + 3600,
    scopes: [`${domain}/orders.read`],
    ...more,
  });
  const at = (domain: string, token: Token | undefined, method = 'GET') => letsIn(world, domain, method, token);
  const twin = {
    what: 'each domain lets in a token of its own',
    holds: at('partner', tokenOf('partner')) && at('public', tokenOf('public')),
  };
  const tried = (control: string, what: string, ...entered: readonly boolean[]): Row =>
    row(control, what, 'simulated', { observed: entered.some((e) => e) ? 'allowed' : 'denied', twin });
  const foreign = { scopes: ['partner/orders.read', 'public/orders.read'] };
  return [
    tried('D4', 'a call without a token', at('partner', undefined), at('public', undefined)),
    tried(
      'D4',
      'a token of Cognito without a scope, with the scope of another route, with that of another domain',
      at('partner', tokenOf('partner', { scopes: [] })),
      at('partner', tokenOf('partner', { scopes: ['aws.cognito.signin.user.admin'] })),
      at('partner', tokenOf('partner'), 'POST'),
      at('partner', tokenOf('partner', { scopes: ['public/orders.read'] })),
    ),
    tried(
      'D3',
      'a token of one domain at another, with every scope',
      at('public', tokenOf('partner', foreign)),
      at('partner', tokenOf('public', foreign)),
    ),
    tried('S9', 'a token of Cognito that has expired', at('partner', tokenOf('partner', { expires: NOW - 1 }))),
    tried(
      'S6',
      'a token of a development pool at production',
      at(
        'partner',
        tokenOf('partner', { pool: `arn:aws:cognito-idp:${REGION}:${ACCOUNT}:userpool/${REGION}_develop01` }),
      ),
    ),
    signed(world),
  ];
}

/** A method with IAM asks who signed; a call that nobody signed is nobody's. */
function signed(world: World): Row {
  const stack = stackOf('internal');
  const asked = ['GET', 'POST'].map((method) => methodOf(world, stack, method).properties.AuthorizationType);
  const api = world.only(stack, 'AWS::ApiGateway::RestApi');
  const resource = `arn:aws:execute-api:${REGION}:${ACCOUNT}:${api.physicalId}/v1/GET/orders`;
  const context = { 'aws:SourceVpce': 'vpce-0a1b2c3d4e5f60718' };
  const may = (principal: string, policies: readonly object[], boundary?: object) =>
    simulate({
      principal,
      identityPolicies: policies as never,
      ...(boundary !== undefined && { permissionsBoundary: boundary as never }),
      resourcePolicy: world.resourcePolicy(resource),
      request: { action: 'execute-api:Invoke', resource, resourceAccount: ACCOUNT, context },
    }) === 'allowed';
  const reader = world.roles.find(({ name }) => name.startsWith('bulkhead-internal-read-'));
  if (reader === undefined) throw new Error('the internal domain has no role for `read`');
  const everything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
  const session = (name: string) => `arn:aws:sts::${ACCOUNT}:assumed-role/${name}/e2e`;
  const stranger = may('arn:aws:iam::999988887777:user/mallory', [everything]);
  const administrator = may(session('administrator'), [everything]);
  return row('D4, D6', 'the internal API is called unsigned, by another account, by an administrator', 'simulated', {
    observed:
      asked.every((type) => type === 'AWS_IAM') && !stranger && !administrator
        ? 'denied'
        : `${asked}, ${stranger}, ${administrator}`,
    twin: {
      what: '`read` of the domain calls it',
      holds: may(session(reader.name), reader.identityPolicies, reader.permissionsBoundary),
    },
  });
}
