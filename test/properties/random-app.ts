/**
 * A random app that is meant to be proved: trust domains of every exposure and authentication in stacks, nested stacks, Stages,
 * regions and accounts, with what they own, grant, let cross and are deployed with. The seed decides everything.
 */
import 'reflect-metadata';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  App,
  Aws,
  Duration,
  type Environment,
  LegacyStackSynthesizer,
  NestedStack,
  Size,
  Stack,
  Stage,
} from 'aws-cdk-lib';
import { HttpIntegration, type JsonSchema, JsonSchemaType, LambdaIntegration } from 'aws-cdk-lib/aws-apigateway';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { AttributeType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { InterfaceVpcEndpoint } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import {
  Assumer,
  Attestation,
  AuditVault,
  Authentication,
  BreakGlassRole,
  DomainCrossing,
  DomainDeployment,
  DomainSynthesizer,
  type DutyAssumers,
  Exposure,
  RateAggregation,
  Sensitivity,
  TrustDomain,
} from '../../lib';
import { Authority, pem } from '../authorizer/authorities';
import { Random } from '../fuzz/random';
import { backendOf } from './random-backend';
import { sharedGateway } from './random-shared';

// Other tests judge templates with CDK's own validation; here it would cost seconds an app.
process.env.CDK_VALIDATION = 'false';

export interface RandomApp {
  readonly app: App;
  readonly outdir: string;
  /** What it is made of, for the message of a failure. */
  readonly shape: string;
}

const KINDS = ['iam', 'iam', 'cognito', 'jwt', 'dpop', 'mtls'] as const;
const KINDS_ANYWHERE = ['iam', 'cognito'] as const;
type Kind = (typeof KINDS)[number];
const OWNERS = ['shop-team', 'ledger-team', 'partner-team', 'platform-team'];
const NAMES = ['orders', 'ledger', 'shop', 'claims', 'hr-files'];
const REGIONS = ['eu-central-1', 'us-east-1', 'ap-southeast-1'];
const MANY_AUTHORITIES = 6;

/** Certificate authorities take real keys, which take a moment: once for all apps. */
export async function makeAuthorities(): Promise<readonly string[]> {
  const names = Array.from({ length: MANY_AUTHORITIES }, (_, i) => `C=DE, O=Partner ${i}, CN=Partner ${i} CA`);
  return Promise.all(names.map(async (name) => pem((await Authority.named(name)).certificate)));
}

export function randomApp(seed: number, authorities: readonly string[]): RandomApp {
  return new Author(new Random(seed), authorities).write();
}

/** Where domains stand together: one account and region, or one Stage. */
interface Place {
  readonly scope: App | Stage;
  readonly id: string;
  readonly env?: Environment;
}

interface Written {
  readonly domain: TrustDomain;
  readonly kind: Kind;
  readonly place: Place;
  readonly stack: Stack;
  /** `METHOD /path`. */
  readonly routes: readonly string[];
}

class Author {
  private readonly outdir = mkdtempSync(join(tmpdir(), 'bulkhead-random-'));
  private readonly app = new App({ outdir: this.outdir });
  private readonly authorities: string[];
  private readonly shape: string[] = [];
  private readonly taken = new Set<string>();
  private endpoints = 0;

  constructor(
    private readonly random: Random,
    authorities: readonly string[],
  ) {
    this.authorities = random.shuffle(authorities);
  }

  write(): RandomApp {
    const written = this.places().flatMap((place) => {
      this.shape.push(`${place.id}(${place.env?.region ?? '?'})`);
      // Within one Stage a name stands for one domain; in two Stages for two.
      const free = NAMES.filter((name) => !App.isApp(place.scope) || !this.taken.has(name));
      return this.random.some(free, 2).map((name) => this.domain(place, name));
    });
    for (const from of written) {
      for (const to of written)
        if (from !== to && from.place === to.place && this.random.chance(0.4)) this.cross(from, to);
    }
    if (this.random.chance(0.5)) this.vault(written);
    if (this.random.chance(0.25)) this.shared(written);
    return { app: this.app, outdir: this.outdir, shape: this.shape.join(' ') };
  }

  /** In an account of its own, or in that of the domains. */
  private vault(written: readonly Written[]): void {
    const env = written[0]?.place.env;
    if (env === undefined) return;
    const own = this.random.chance(0.5) ? { ...env, account: '777788889999' } : env;
    this.shape.push(own === env ? 'vault' : 'vault-elsewhere');
    const readers = [Assumer.role(`arn:aws:iam::${own.account}:role/security`)];
    new AuditVault(new Stack(this.app, 'audit', { env: own }), 'trail', { readers });
  }

  /** Beside the others, in one of their places. */
  private shared(written: readonly Written[]): void {
    const place = written.find(({ place: { env } }) => env !== undefined)?.place;
    if (place?.env === undefined) return;
    const assumers = (name: string) => this.assumers(place, name);
    this.shape.push(sharedGateway(this.random, { ...place, env: place.env }, assumers));
  }

  private places(): Place[] {
    const { app, random } = this;
    const region = random.pick(REGIONS);
    const account = '111122223333';
    switch (random.int(5)) {
      case 0:
        return [{ scope: app, id: 'anywhere' }];
      case 1:
        return ['development', 'production'].map((id, i) => {
          const env = { account: ['444455556666', account][i]!, region };
          return { scope: new Stage(app, id, { env }), id, env };
        });
      case 2:
        return random.some(REGIONS, 2).map((r) => ({ scope: app, id: r, env: { account, region: r } }));
      default:
        return [{ scope: app, id: 'one', env: { account, region } }];
    }
  }

  private domain(place: Place, name: string): Written {
    const { random } = this;
    const id = `${place.id}-${name}`;
    this.taken.add(name);
    const deployed = place.env !== undefined && random.chance(0.25);
    if (deployed) {
      const first = new Stack(place.scope, `${id}-deployment`, {
        env: place.env,
        synthesizer: new LegacyStackSynthesizer(),
      });
      new DomainDeployment(first, 'Deployment', { domainName: name, stackName: new Stack(new App(), id).stackName });
    }
    const synthesizer = deployed ? new DomainSynthesizer({ domainName: name }) : undefined;
    const outer = new Stack(place.scope, id, { stackName: id, env: place.env, synthesizer });
    const nested = !deployed && random.chance(0.15);
    const stack: Stack = nested ? new NestedStack(outer, 'Nested') : outer;
    const exposure = random.pick(Object.values(Exposure));
    const kind = this.kindFor(exposure, place);
    this.shape.push(`${name}:${exposure}/${kind}${deployed ? '/deployed' : ''}${nested ? '/nested' : ''}`);
    const domain = new TrustDomain(stack, name, {
      exposure,
      owner: random.pick(OWNERS),
      authentication: this.authentication(kind, stack, id),
      assumers: this.assumers(place, name),
      ...(exposure === Exposure.INTERNAL ? { vpcEndpoints: [this.endpoint(stack)] } : {}),
      ...this.options(exposure, kind),
    });
    const routes = this.routes(domain, kind, place);
    this.belongings(domain, stack, id);
    if (random.chance(0.3)) this.breakGlass(domain, stack, place);
    if (kind === 'iam' && random.chance(0.5)) {
      // What else the role of another team may do is not for this app to say.
      const caller = Role.fromRoleArn(
        stack,
        'Reporting',
        `arn:aws:iam::${place.env?.account ?? '111122223333'}:role/reporting-${id}`,
        { mutable: false },
      );
      if (random.chance(0.5)) domain.grantRead(caller);
      else domain.grantWrite(caller);
    }
    return { domain, kind, place, stack, routes };
  }

  private kindFor(exposure: Exposure, { env }: Place): Kind {
    // Of an unknown place, names that CloudFormation generates cannot be told from names that are written down.
    const kind = this.random.pick(env === undefined ? KINDS_ANYWHERE : KINDS);
    // A custom domain with client certificates is regional; and each authority serves one domain.
    if (kind === 'mtls' && (exposure === Exposure.INTERNAL || this.authorities.length === 0)) return 'jwt';
    return kind;
  }

  private options(exposure: Exposure, kind: Kind): object {
    const { random } = this;
    const all: readonly (readonly [string, () => unknown])[] = [
      ['rateLimit', () => 10 + random.int(5000)],
      ['rateWindow', () => Duration.minutes(random.pick([1, 2, 5, 10]))],
      ['rateAggregation', () => random.pick([RateAggregation.forwardedIp(), RateAggregation.header('X-Client-Id')])],
      ['throttleRate', () => 1 + random.int(900)],
      ['throttleBurst', () => 1 + random.int(900)],
      ['logRetention', () => random.pick([RetentionDays.ONE_YEAR, RetentionDays.TWO_YEARS])],
      ['maxSessionDuration', () => Duration.hours(1 + random.int(8))],
      ['stageName', () => random.pick(['v1', 'v2', 'live'])],
      ['minCompressionSize', () => Size.kibibytes(1 + random.int(8))],
      ['managedRuleGroups', () => random.some(['AWSManagedRulesCommonRuleSet', 'AWSManagedRulesSQLiRuleSet'], 2)],
    ];
    const chosen = all.filter(() => random.chance(0.2)).map(([name, value]) => [name, value()] as const);
    const cors = exposure !== Exposure.INTERNAL && kind !== 'mtls' && random.chance(0.3);
    const origin = `https://app-${random.int(100)}.example.com`;
    return { ...Object.fromEntries(chosen), ...(cors ? { corsOrigins: [origin] } : {}) };
  }

  private authentication(kind: Kind, stack: Stack, id: string): Authentication {
    const scopes = { read: 'See what is there', write: 'Change what is there' };
    const token = { issuer: `https://login.example.com/${id}`, audience: [`https://${id}.example.com`] };
    switch (kind) {
      case 'iam':
        return Authentication.iam();
      case 'cognito':
        return Authentication.cognito({ scopes });
      case 'jwt':
        return Authentication.jwt({ ...token, scopes });
      case 'dpop':
        return Authentication.dpop({ ...token, scopes, nonce: this.random.chance(0.5) });
      case 'mtls': {
        const arn = `arn:aws:acm:${stack.region}:${Aws.ACCOUNT_ID}:certificate/11111111-2222-3333-4444-555555555555`;
        return Authentication.mutualTls({
          domainName: `${id}.example.com`,
          certificate: Certificate.fromCertificateArn(stack, 'Certificate', arn),
          authorities: this.authorities.pop()!,
          clients: ['read', 'write'].map((scope) => ({
            name: `shop-${scope}`,
            subject: `CN=shop-${scope},O=Partner,C=DE`,
            scopes: [scope],
          })),
          scopes,
          ...(this.random.chance(0.3) ? { token } : {}),
        });
      }
    }
  }

  private assumers(place: Place, name: string): DutyAssumers {
    const { random } = this;
    const account = place.env?.account ?? '111122223333';
    const who = `${place.id}-${name}`;
    const attested = random.pick([
      Attestation.byProvider('IAM Identity Center: multi-factor authentication at every sign-in'),
      Attestation.sessionTag('mfa', 'true'),
    ]);
    const named = (duty: string): Assumer[] => {
      const role = Assumer.role(`arn:aws:iam::${account}:role/${who}-${duty}`, attested);
      if (duty === 'deploy' && random.chance(0.3)) {
        const providerArn = `arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com`;
        return [Assumer.gitHub({ providerArn, repository: `acme/${who}`, environment: 'production' }, attested)];
      }
      if (random.chance(0.2)) return [role, Assumer.user(`arn:aws:iam::${account}:user/${who}-${duty}`)];
      return [random.chance(0.1) ? role.withExternalId(`${who}-${duty}`) : role];
    };
    return {
      provision: named('provision'),
      deploy: named('deploy'),
      approve: named('approve'),
      read: named('read'),
      write: named('write'),
      monitor: named('monitor'),
      audit: named('audit'),
    };
  }

  private endpoint(stack: Stack) {
    this.endpoints += 1;
    const vpcEndpointId = `vpce-0a1b2c3d4e5f${this.endpoints.toString(16).padStart(5, '0')}`;
    return InterfaceVpcEndpoint.fromInterfaceVpcEndpointAttributes(stack, 'Endpoint', { vpcEndpointId, port: 443 });
  }

  private routes(domain: TrustDomain, kind: Kind, { env }: Place): string[] {
    const { random } = this;
    const backend = env !== undefined && random.chance(0.4) ? backendOf(domain) : undefined;
    const schema: JsonSchema = { type: JsonSchemaType.OBJECT, additionalProperties: false };
    const possible = [
      'GET /items',
      'GET /items/{id}',
      'POST /items',
      'PUT /items/{id}',
      'DELETE /items/{id}',
      'PATCH /items',
    ];
    // One that reads for sure: a crossing needs a route.
    const routes = [...new Set(['GET /items', ...random.some(possible, 3)])];
    for (const route of routes) {
      const [method, path] = route.split(' ') as [string, string];
      const high = method !== 'GET' && random.chance(0.4);
      const target = `https://backend.example.com/${domain.domainName}`;
      domain.addRoute(
        method,
        path,
        backend
          ? new LambdaIntegration(backend, { allowTestInvoke: false })
          : new HttpIntegration(target, { httpMethod: method }),
        {
          ...(kind === 'iam' ? {} : { scopes: [method === 'GET' ? 'read' : 'write'] }),
          ...(high ? { sensitivity: Sensitivity.HIGH } : {}),
          ...(high && method !== 'DELETE' ? { requestModel: schema } : {}),
        },
      );
    }
    return routes;
  }

  private belongings(domain: TrustDomain, stack: Stack, id: string): void {
    if (this.random.chance(0.4)) {
      domain.own(
        new Table(stack, 'Items', {
          tableName: `${id}-items`,
          partitionKey: { name: 'id', type: AttributeType.STRING },
          encryption: TableEncryption.CUSTOMER_MANAGED,
          encryptionKey: domain.key,
        }),
      );
    }
    if (this.random.chance(0.4)) {
      const encryption = { encryption: QueueEncryption.KMS, encryptionMasterKey: domain.key };
      domain.own(new Queue(stack, 'Jobs', { queueName: `${id}-jobs`, enforceSSL: true, ...encryption }));
    }
  }

  private breakGlass(domain: TrustDomain, stack: Stack, { env, id }: Place): void {
    if (env === undefined) return;
    this.shape.push('break-glass');
    const executeChange = { actions: ['cloudformation:ExecuteChangeSet'], resources: [outermost(stack).stackId] };
    new BreakGlassRole(stack, 'BreakGlass', {
      domain,
      assumers: [Assumer.user(`arn:aws:iam::${env.account}:user/cho-${id}-${domain.domainName}`)],
      statements: [new PolicyStatement({ sid: 'RunWhatIsPrepared', ...executeChange })],
      alarmTopic: Topic.fromTopicArn(
        stack,
        'OnCall',
        `arn:aws:sns:${env.region}:${env.account}:on-call-${domain.domainName}`,
      ),
      reason: 'a prepared change must run when nobody who approves can be reached',
      approvedBy: 'head of security',
      expires: new Date(Date.now() + 90 * 24 * 3600 * 1000).toISOString().slice(0, 10),
    });
  }

  private cross(from: Written, to: Written): void {
    const { random } = this;
    const { account, region } = to.place.env ?? {};
    if (account === undefined) return;
    const roleName = `${from.place.id}-${from.domain.domainName}-to-${to.domain.domainName}`;
    const worker = new Role(from.stack, `To-${to.domain.domainName}`, {
      roleName,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    from.domain.own(worker);
    const byRoute = to.kind === 'iam' && random.chance(0.7);
    this.shape.push(`${from.domain.domainName}->${to.domain.domainName}${byRoute ? '' : '(queue)'}`);
    new DomainCrossing(to.stack, `From-${from.domain.domainName}`, {
      from: from.domain,
      to: to.domain,
      caller: Role.fromRoleName(to.stack, `Caller-${from.domain.domainName}`, roleName),
      ...(byRoute
        ? { routes: [random.pick(to.routes)] }
        : {
            actions: ['sqs:SendMessage'],
            resources: [`arn:aws:sqs:${region}:${account}:${to.place.id}-${to.domain.domainName}-inbox`],
          }),
      justification: 'what one domain finishes the other continues',
      approvedBy: `${to.domain.owner}-lead`,
      expires: '2099-12-31',
      ...(random.chance(0.5) ? { alarmAbove: random.int(100) } : {}),
    });
  }
}

function outermost(stack: Stack): Stack {
  return stack.nestedStackParent === undefined ? stack : outermost(stack.nestedStackParent);
}
