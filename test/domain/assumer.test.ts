/** Who may take on a duty: what the trust policy says for jobs, external ids and source identities, and what is refused. */
import { Assumer, Attestation, type DutyAssumers } from '../../lib';
import { ACCOUNT, aDomain, assumers, REGION, templateOf } from './a-domain';

const GITHUB = `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`;
const GITLAB = `arn:aws:iam::${ACCOUNT}:oidc-provider/gitlab.example.com`;
const REVIEWED = Attestation.byProvider('GitHub: environment `production` asks two members of the team');
const lead = `arn:aws:iam::${ACCOUNT}:role/leads`;

function trustOf(duty: keyof DutyAssumers, ...named: Assumer[]): unknown[] {
  const domain = aDomain({ assumers: { ...assumers('orders'), [duty]: named } });
  const roles = templateOf(domain).findResources('AWS::IAM::Role', {
    Properties: { RoleName: `bulkhead-orders-${duty}-${REGION}` },
  });
  return Object.values(roles)[0]!.Properties.AssumeRolePolicyDocument.Statement;
}

test('a GitHub job is one environment of one repository, for the audience of STS', () => {
  const job = { providerArn: GITHUB, repository: 'acme/orders', environment: 'production' };
  expect(trustOf('deploy', Assumer.gitHub(job, REVIEWED))).toEqual([
    {
      Action: 'sts:AssumeRoleWithWebIdentity',
      Effect: 'Allow',
      Principal: { Federated: GITHUB },
      Condition: {
        StringEquals: {
          'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
          'token.actions.githubusercontent.com:sub': 'repo:acme/orders:environment:production',
        },
      },
    },
  ]);
});

test.each([
  ['environment', { environment: 'production' }, 'project_path:acme/team/orders:environment:production'],
  ['branch', { branch: 'main' }, 'project_path:acme/team/orders:ref_type:branch:ref:main'],
])('a GitLab job is one %s of one project', (_, place, sub) => {
  const job = { providerArn: GITLAB, project: 'acme/team/orders', ...place };
  expect(trustOf('deploy', Assumer.gitLab(job, REVIEWED))).toEqual([
    expect.objectContaining({
      Action: 'sts:AssumeRoleWithWebIdentity',
      Principal: { Federated: GITLAB },
      Condition: {
        StringEquals: { 'gitlab.example.com:aud': 'https://gitlab.example.com', 'gitlab.example.com:sub': sub },
      },
    }),
  ]);
});

test('two jobs of one provider are two assumers, and one job has one duty', () => {
  const job = (environment: string) =>
    Assumer.gitHub({ providerArn: GITHUB, repository: 'acme/orders', environment }, REVIEWED);
  expect(trustOf('deploy', job('staging'), job('production'))).toHaveLength(2);
  const twice = { ...assumers('orders'), deploy: [job('production')], approve: [job('production')] };
  expect(() => aDomain({ assumers: twice })).toThrow(
    /environment:production` is an assumer of both `deploy` and `approve`/,
  );
});

test('an external id and a source identity are demanded of whoever assumes the role', () => {
  const strict = Assumer.role(lead, Attestation.sessionTag('mfa', 'true'))
    .withExternalId('orders-7f3a')
    .withSourceIdentity('ann@example.com', 'ben@example.com');
  expect(trustOf('approve', strict)).toEqual([
    {
      Action: ['sts:AssumeRole', 'sts:SetSourceIdentity'],
      Effect: 'Allow',
      Principal: { AWS: lead },
      Condition: {
        StringEquals: {
          'aws:PrincipalTag/mfa': 'true',
          'sts:ExternalId': 'orders-7f3a',
          'sts:SourceIdentity': ['ann@example.com', 'ben@example.com'],
        },
      },
    },
  ]);
});

describe('is refused', () => {
  const hub = { providerArn: GITHUB, repository: 'acme/orders', environment: 'production' };
  const lab = { providerArn: GITLAB, project: 'acme/orders', branch: 'main' };
  test.each<[string, () => unknown, RegExp]>([
    [
      'a wildcard repository',
      () => Assumer.gitHub({ ...hub, repository: 'acme/*' }),
      /the repository `acme\/\*` must be written out/,
    ],
    ['an organization', () => Assumer.gitHub({ ...hub, repository: 'acme' }), /like `organization\/repository`/],
    [
      'an environment that hides another claim',
      () => Assumer.gitHub({ ...hub, environment: 'a:ref:b' }),
      /the environment `a:ref:b`/,
    ],
    ['a policy variable', () => Assumer.gitHub({ ...hub, environment: '${aws:username}' }), /must be written out/],
    ['another provider as GitHub', () => Assumer.gitHub({ ...hub, providerArn: GITLAB }), /not GitHub's provider/],
    [
      'a URL as provider',
      () => Assumer.gitLab({ ...lab, providerArn: 'https://gitlab.com' }),
      /not the ARN of an OIDC provider/,
    ],
    [
      'a GitLab job of any branch',
      () => Assumer.gitLab({ providerArn: GITLAB, project: 'acme/orders' }),
      /give exactly one of `environment` and `branch`/,
    ],
    ['a wildcard branch', () => Assumer.gitLab({ ...lab, branch: 'release/*' }), /the branch `release\/\*`/],
    [
      'a job without attestation in a privileged duty',
      () => trustOf('deploy', Assumer.gitHub(hub)),
      /is a job, which cannot show multi-factor/,
    ],
    ['an external id of a job', () => Assumer.gitHub(hub).withExternalId('x1'), /a job shows its token/],
    ['an external id with a space', () => Assumer.role(lead).withExternalId('a b'), /2 to 1224 letters/],
    ['a source identity with a wildcard', () => Assumer.role(lead).withSourceIdentity('*'), /must name one person/],
    ['no source identity at all', () => Assumer.role(lead).withSourceIdentity(), /must name one person/],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(message);
  });

  test('but not a job without attestation where the duty is not privileged', () => {
    expect(trustOf('monitor', Assumer.gitHub(hub))).toHaveLength(1);
  });
});
