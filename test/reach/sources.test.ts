/** What runs takes its code and its users from elsewhere: who writes there comes to act as its role, and who cannot does not. */
import { awsCatalogue } from '../../lib/catalog/catalogue';
import { buildModel } from '../../lib/model/build-model';
import { NO_CONFIGURATION } from '../../lib/model/configuration';
import type { RenderedTemplate } from '../../lib/model/rendered-template';
import { parsePolicy } from '../../lib/policy/parse';
import { reachOf } from '../../lib/reach/reach';
import { allow, att, deny, doc, type Json, ref, resource, role, stack, sub } from '../model/notation';

const catalogue = awsCatalogue();
const AWAY = '444455556666';

type Verdict = 'yes' | 'undecided' | 'no';

/** Whether `P` comes to act as `Q`. */
function reaches(templates: readonly RenderedTemplate[], scp: readonly Json[] = []): Verdict {
  const serviceControlPolicies = scp.map((d) => parsePolicy(d, 'scp'));
  const model = buildModel(templates, { ...NO_CONFIGURATION, assume: { serviceControlPolicies } });
  const p = model.principals.find((x) => x.origin.logicalId === 'P')!;
  const q = model.principals.find((x) => x.origin.logicalId === 'Q')!;
  const arrival = reachOf(model, catalogue).closure(p).members.get(q.id);
  return arrival === undefined ? 'no' : arrival.undecided === undefined ? 'yes' : 'undecided';
}

const trustOf = (Principal: Json): Json => ({
  AssumeRolePolicyDocument: doc({ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }),
});
const nobody = trustOf({ AWS: `arn:aws:iam::${AWAY}:role/nobody` });
const P = (...statements: Json[]): Json => role(statements, nobody);
const Q = (service: string): Json => role([], trustOf({ Service: `${service}.amazonaws.com` }));
const PARAMETER = { Parameters: { X: { Type: 'String' } } };

describe('the archive of a function', () => {
  const code = (Code: Json): Json => resource('AWS::Lambda::Function', { Role: att('Q'), Code });
  const zip = { S3Bucket: 'assets', S3Key: 'abc.zip' };
  const may = (statement: Json | readonly Json[], Code: Json = zip): Verdict =>
    reaches([stack({ P: P(...[statement].flat()), Q: Q('lambda'), F: code(Code) }, { sections: PARAMETER })]);
  const put = (what: string, Condition?: Json): Json =>
    allow('s3:PutObject', `arn:aws:s3:::${what}`, Condition && { Condition });

  test.each<[string, Json | readonly Json[], Json | undefined, Verdict]>([
    ['overwritten', put('assets/*'), undefined, 'yes'],
    ['in another bucket', put('data/*'), undefined, 'no'],
    ['under another name', put('assets/def.zip'), undefined, 'no'],
    ['only where nothing is yet', put('assets/*', { Null: { 's3:if-none-match': 'false' } }), undefined, 'no'],
    [
      'unless something is there already',
      [put('*'), deny('s3:PutObject', '*', { Condition: { Null: { 's3:if-none-match': 'true' } } })],
      undefined,
      'no',
    ],
    ['of one version', put('assets/*'), { ...zip, S3ObjectVersion: '1' }, 'no'],
    ['written into the template', put('*'), { ZipFile: 'exports.handler = 0' }, 'no'],
    ['in a bucket by a parameter', put('*'), { S3Bucket: ref('X'), S3Key: 'abc.zip' }, 'yes'],
    [
      'in the bucket by the same parameter',
      allow('s3:PutObject', sub('arn:aws:s3:::${X}/*')),
      { S3Bucket: ref('X'), S3Key: 'a' },
      'yes',
    ],
  ])('%s', (_, statement, Code, expected) => {
    expect(may(statement, Code)).toBe(expected);
  });

  test('in a bucket of the templates, of another account', () => {
    const bucket = (Principal: Json): Json => ({
      B: resource('AWS::S3::Bucket', { BucketName: 'assets' }),
      BP: resource('AWS::S3::BucketPolicy', {
        Bucket: 'assets',
        PolicyDocument: doc({ Effect: 'Allow', Principal, Action: 's3:PutObject', Resource: 'arn:aws:s3:::assets/*' }),
      }),
    });
    const across = (Principal: Json): Verdict =>
      reaches([
        stack({ P: P(put('assets/*')) }, { stackName: 'Tools', account: AWAY }),
        stack({ Q: Q('lambda'), F: code(zip), ...bucket(Principal) }),
      ]);
    expect(across({ AWS: AWAY })).toBe('yes');
    expect(across({ AWS: '777788889999' })).toBe('no');
    // The bucket that all functions of the organisation are deployed from.
    const central = reaches([
      stack({ P: P(put('assets/*')), ...bucket({ AWS: '111122223333' }) }, { stackName: 'Tools', account: AWAY }),
      stack({ Q: Q('lambda'), F: code(zip) }),
    ]);
    expect(central).toBe('yes');
  });
});

test('the archive of a layer, and what a pipeline takes', () => {
  const put = (what: string): Json => P(allow('s3:PutObject', `arn:aws:s3:::${what}`));
  const layered = (what: string): Verdict =>
    reaches([
      stack({
        P: put(what),
        Q: Q('lambda'),
        L: resource('AWS::Lambda::LayerVersion', { Content: { S3Bucket: 'layers', S3Key: 'l.zip' } }),
        F: resource('AWS::Lambda::Function', { Role: att('Q'), Code: { ZipFile: '0' }, Layers: [ref('L')] }),
      }),
    ]);
  expect(layered('layers/*')).toBe('yes');
  expect(layered('data/*')).toBe('no');
  const action = (Provider: string, Configuration: Json): Json => ({ ActionTypeId: { Provider }, Configuration });
  const piped = (statement: Json): Verdict =>
    reaches([
      stack({
        P: P(statement),
        Q: Q('codepipeline'),
        R: resource('AWS::CodePipeline::Pipeline', {
          RoleArn: att('Q'),
          ArtifactStore: { Type: 'S3', Location: 'artifacts' },
          Stages: [
            {
              Actions: [
                action('S3', { S3Bucket: 'source', S3ObjectKey: 'app.zip' }),
                action('CodeCommit', { RepositoryName: 'app', BranchName: 'main' }),
              ],
            },
          ],
        }),
      }),
    ]);
  const of = (what: string): Json => allow('s3:PutObject', `arn:aws:s3:::${what}`);
  expect([of('source/app.zip'), of('artifacts/*'), of('source/other.zip')].map(piped)).toEqual(['yes', 'yes', 'no']);
  const push = (name: string): Json => allow('codecommit:GitPush', `arn:aws:codecommit:eu-west-1:111122223333:${name}`);
  expect([push('app'), push('other')].map(piped)).toEqual(['yes', 'no']);
});

describe('the image of a task', () => {
  const repository = 'arn:aws:ecr:eu-west-1:111122223333:repository/app';
  const may = (Image: unknown, on = repository): Verdict =>
    reaches([
      stack(
        {
          P: P(allow('ecr:PutImage', on)),
          Q: Q('ecs-tasks'),
          T: resource('AWS::ECS::TaskDefinition', { TaskRoleArn: att('Q'), ContainerDefinitions: [{ Image }] }),
          R: resource('AWS::ECR::Repository', { RepositoryName: 'own' }),
          Sealed: resource('AWS::ECR::Repository', { RepositoryName: 'sealed', ImageTagMutability: 'IMMUTABLE' }),
        },
        { sections: PARAMETER },
      ),
    ]);
  const uri = '111122223333.dkr.ecr.eu-west-1.amazonaws.com/app';

  test.each<[string, unknown, string | undefined, Verdict]>([
    ['by its tag', `${uri}:latest`, undefined, 'yes'],
    ['without a tag', uri, undefined, 'yes'],
    ['by a tag that a parameter gives', sub(`${uri}:\${X}`), undefined, 'yes'],
    ['by its digest', `${uri}@sha256:0123`, undefined, 'no'],
    ['of another repository', `${uri}-2:latest`, undefined, 'no'],
    ['of another registry', 'public.ecr.aws/nginx/nginx:latest', '*', 'no'],
    [
      'of a repository of the templates',
      sub('${R.RepositoryUri}:latest'),
      'arn:aws:ecr:eu-west-1:111122223333:repository/own',
      'yes',
    ],
    [
      'of the stack’s account',
      sub('${AWS::AccountId}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}/app:1'),
      undefined,
      'yes',
    ],
    ['of a repository whose tags are pushed once', sub('${Sealed.RepositoryUri}:1'), '*', 'no'],
    ['by a parameter', ref('X'), '*', 'undecided'],
  ])('%s', (_, Image, on, expected) => {
    expect(may(Image, on)).toBe(expected);
  });
});

describe('the users behind an identity pool', () => {
  const pools = (provider: Json): Json => ({
    Q: role([], {
      AssumeRolePolicyDocument: doc({
        Effect: 'Allow',
        Principal: { Federated: 'cognito-identity.amazonaws.com' },
        Action: 'sts:AssumeRoleWithWebIdentity',
      }),
    }),
    U: resource('AWS::Cognito::UserPool'),
    Other: resource('AWS::Cognito::UserPool'),
    I: resource('AWS::Cognito::IdentityPool', {
      CognitoIdentityProviders: [{ ClientId: 'c', ProviderName: provider }],
    }),
    A: resource('AWS::Cognito::IdentityPoolRoleAttachment', {
      IdentityPoolId: ref('I'),
      Roles: { authenticated: att('Q') },
    }),
  });
  const may = (pool: string, provider: Json = att('U', 'ProviderName')): Verdict =>
    reaches([
      stack(
        { P: P(allow('cognito-idp:AdminSetUserPassword', att(pool))), ...pools(provider) },
        { sections: PARAMETER },
      ),
    ]);

  test('are those of its user pool, and no other’s', () => {
    expect(may('U')).toBe('yes');
    expect(may('Other')).toBe('no');
    expect(may('U', ref('X'))).toBe('undecided');
  });
});

describe('a role of a service account', () => {
  const may = (Federated: unknown): Verdict =>
    reaches([
      stack(
        {
          P: P(allow(['eks:CreateAccessEntry', 'eks:AssociateAccessPolicy'])),
          Q: role([], {
            AssumeRolePolicyDocument: doc({
              Effect: 'Allow',
              Principal: { Federated },
              Action: 'sts:AssumeRoleWithWebIdentity',
            }),
          }),
        },
        { sections: PARAMETER },
      ),
    ]);

  test('is reached through a cluster, and one of another issuer is not', () => {
    const provider = (issuer: string): string => `arn:aws:iam::111122223333:oidc-provider/${issuer}`;
    expect(may(provider('oidc.eks.eu-west-1.amazonaws.com/id/0123'))).toBe('yes');
    expect(may(provider('token.actions.githubusercontent.com'))).toBe('no');
    expect(may(ref('X'))).toBe('undecided');
  });
});

test('the integration of an API, and not that of another', () => {
  const may = (api: string): Verdict =>
    reaches([
      stack({
        P: P(allow('apigateway:PATCH', sub(`arn:aws:apigateway:eu-west-1::/restapis/\${${api}}/*`))),
        Q: Q('apigateway'),
        Api: resource('AWS::ApiGateway::RestApi', { Name: 'a' }),
        Other: resource('AWS::ApiGateway::RestApi', { Name: 'b' }),
        M: resource('AWS::ApiGateway::Method', {
          RestApiId: ref('Api'),
          ResourceId: att('Api', 'RootResourceId'),
          HttpMethod: 'POST',
          Integration: { Credentials: att('Q') },
        }),
      }),
    ]);
  expect(may('Api')).toBe('yes');
  expect(may('Other')).toBe('no');
});

test('a service control policy that it may detach holds it no more', () => {
  const P_ = P(allow('organizations:DetachPolicy'), allow('sts:AssumeRole'));
  const Q_ = role([], trustOf({ AWS: '111122223333' }));
  const scp = (...more: Json[]): Json => doc(allow('*'), deny('sts:AssumeRole'), ...more);
  expect(reaches([stack({ P: P_, Q: Q_ })], [scp()])).toBe('yes');
  expect(reaches([stack({ P: P_, Q: Q_ })], [scp(deny('organizations:*'))])).toBe('no');
});
