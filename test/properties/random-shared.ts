/** A gateway that domains share, and its zones, each in a stack of its own: the part of a random app that has them. */
import { type App, Duration, type Environment, Stack, type Stage } from 'aws-cdk-lib';
import { HttpIntegration, type JsonSchema, JsonSchemaType, LambdaIntegration } from 'aws-cdk-lib/aws-apigateway';
import { AttributeType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { Role } from 'aws-cdk-lib/aws-iam';
import {
  Authentication,
  type DutyAssumers,
  Exposure,
  RateAggregation,
  Sensitivity,
  SharedGateway,
  TrustZone,
} from '../../lib';
import type { Random } from '../fuzz/random';
import { backendOf } from './random-backend';

export interface SharedPlace {
  readonly scope: App | Stage;
  readonly id: string;
  readonly env: Environment;
}

const ZONES = ['buyers', 'sellers', 'couriers', 'claims-desk'];
const KINDS = ['iam', 'cognito', 'jwt'] as const;
type Kind = (typeof KINDS)[number];

/** @returns what it is made of, for the message of a failure */
export function sharedGateway(random: Random, place: SharedPlace, assumers: (name: string) => DutyAssumers): string {
  const stackOf = (name: string) => new Stack(place.scope, `${place.id}-${name}`, { env: place.env });
  const { read: _, write: __, ...duties } = assumers('edge');
  const gateway = new SharedGateway(stackOf('edge'), 'edge', {
    owner: 'platform-team',
    assumers: duties,
    ...(random.chance(0.3) ? { stageName: random.pick(['v2', 'live']) } : {}),
    ...(random.chance(0.3) ? { basePaths: [random.pick(['', '/api'])] } : {}),
    ...(random.chance(0.3) ? { exposure: Exposure.PARTNER } : {}),
    ...(random.chance(0.3) ? { managedRuleGroups: ['AWSManagedRulesCommonRuleSet'] } : {}),
  });
  const names = ZONES.slice(0, 2 + random.int(ZONES.length - 1));
  const made = names.map((name) => {
    const kind = random.pick(KINDS);
    zone(random, gateway, stackOf(name), name, kind, assumers(name));
    return `${name}/${kind}`;
  });
  return `edge(${made.join(' ')})`;
}

function zone(
  random: Random,
  gateway: SharedGateway,
  stack: Stack,
  name: string,
  kind: Kind,
  assumers: DutyAssumers,
): void {
  const made = new TrustZone(stack, name, {
    gateway,
    basePath: random.chance(0.2) ? `/teams/${name}` : `/${name}`,
    exposure: random.pick([Exposure.PARTNER, Exposure.PUBLIC]),
    owner: `${name}-team`,
    authentication: authentication(kind, stack.stackName),
    assumers,
    ...(random.chance(0.3) ? { rateLimit: 10 + random.int(5000) } : {}),
    ...(random.chance(0.3) ? { rateWindow: Duration.minutes(random.pick([1, 2, 10])) } : {}),
    ...(random.chance(0.3) ? { rateAggregation: RateAggregation.header('X-Client-Id') } : {}),
    ...(random.chance(0.3) ? { throttleRate: 1 + random.int(900) } : {}),
    ...(random.chance(0.3) ? { corsOrigins: [`https://${name}.example.com`] } : {}),
  });
  // Where callers carry tokens, the zone's stack is deployed before the gateway's, which may then name a function of it.
  const backend = kind !== 'iam' && random.chance(0.4) ? backendOf(made) : undefined;
  const schema: JsonSchema = { type: JsonSchemaType.OBJECT, additionalProperties: false };
  const routes = ['GET /items', ...random.some(['GET /items/{id}', 'POST /items', 'DELETE /items/{id}'], 2)];
  for (const route of new Set(routes)) {
    const [method, path] = route.split(' ') as [string, string];
    const high = method !== 'GET' && random.chance(0.4);
    made.addRoute(
      method,
      `${made.basePath}${path}`,
      backend
        ? new LambdaIntegration(backend, { allowTestInvoke: false })
        : new HttpIntegration(`https://backend.example.com/${name}`, { httpMethod: method }),
      {
        ...(kind === 'iam' ? {} : { scopes: [method === 'GET' ? 'read' : 'write'] }),
        ...(high ? { sensitivity: Sensitivity.HIGH } : {}),
        ...(high && method !== 'DELETE' ? { requestModel: schema } : {}),
      },
    );
  }
  if (kind === 'iam' && random.chance(0.5)) {
    const arn = `arn:aws:iam::${stack.account}:role/reporting-${stack.stackName}`;
    made.grantRead(Role.fromRoleArn(stack, 'Reporting', arn, { mutable: false }));
  }
  if (random.chance(0.4)) {
    made.own(
      new Table(stack, 'Items', {
        tableName: `${stack.stackName}-items`,
        partitionKey: { name: 'id', type: AttributeType.STRING },
        encryption: TableEncryption.CUSTOMER_MANAGED,
        encryptionKey: made.key,
      }),
    );
  }
}

function authentication(kind: Kind, id: string): Authentication {
  const scopes = { read: 'See what is there', write: 'Change what is there' };
  switch (kind) {
    case 'iam':
      return Authentication.iam();
    case 'cognito':
      return Authentication.cognito({ scopes });
    case 'jwt':
      return Authentication.jwt({
        issuer: `https://login.example.com/${id}`,
        audience: [`https://${id}.example.com`],
        scopes,
      });
  }
}
