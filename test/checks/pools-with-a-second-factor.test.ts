/** SOD-9: user pools by which a privileged duty is assumed, and those of the constructs, ask for a second factor. */
import { awsCatalogue } from '../../lib/catalog/catalogue';
import { CheckContext } from '../../lib/checks/check';
import { dutiesAreNarrowlyTrusted } from '../../lib/checks/duties-are-narrowly-trusted';
import { buildModel } from '../../lib/model/build-model';
import { att, type Json, model, ref, stack } from '../model/notation';

const of = (resources: Json, sections?: Json) =>
  dutiesAreNarrowlyTrusted
    .run(model(resources, sections), new CheckContext(awsCatalogue()))
    .map(({ severity, message }) => `${severity}: ${message}`);

const STRONG = { MfaConfiguration: 'ON', EnabledMfas: ['SOFTWARE_TOKEN_MFA'] };
const pool = (Properties: Json, mark?: Json): Json => ({
  Type: 'AWS::Cognito::UserPool',
  Properties,
  ...(mark && { Metadata: { bulkhead: mark } }),
});
const PROVIDER = {
  Provider: {
    Type: 'AWS::IAM::OIDCProvider',
    Properties: { Url: att('Pool', 'ProviderURL'), ClientIdList: ['client'] },
  },
};
const SUBJECT = {
  StringEquals: { 'cognito-idp.eu-west-1.amazonaws.com/pool:sub': '3f2504e0-4f89-11d3-9a0c-0305e82c3301' },
};
const admitting = (Federated: unknown, more: { Condition?: Json; duty?: string; mark?: Json } = {}): Json => ({
  Deploy: {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Federated },
            Action: 'sts:AssumeRoleWithWebIdentity',
            Condition: more.Condition ?? SUBJECT,
          },
        ],
      },
    },
    Metadata: { bulkhead: { domain: 'orders', duty: more.duty ?? 'deploy', part: 'role', ...more.mark } },
  },
});
const signedIn = (settings: Json, more?: Parameters<typeof admitting>[1]): Json => ({
  Pool: pool(settings),
  ...PROVIDER,
  ...admitting(ref('Provider'), more),
});

describe('a pool by which a privileged duty is assumed', () => {
  test('asks for a second factor, and then nobody has to vouch', () => {
    expect(of(signedIn(STRONG))).toEqual([]);
    expect(of(signedIn({ ...STRONG, EnabledMfas: ['SMS_MFA', 'SOFTWARE_TOKEN_MFA'] }))).toEqual([]);
  });

  test.each<[string, Json, RegExp]>([
    ['off', { ...STRONG, MfaConfiguration: 'OFF' }, /asks nobody for a second factor \(`MfaConfiguration` is `OFF`\)/],
    ['left out', {}, /asks nobody for a second factor \(`MfaConfiguration` is `OFF`\)/],
    ['optional', { ...STRONG, MfaConfiguration: 'OPTIONAL' }, /leaves a second factor to each user/],
    ['by text message alone', { ...STRONG, EnabledMfas: ['SMS_MFA'] }, /takes `SMS_MFA` alone for a second factor/],
    [
      'by text message or mail',
      { ...STRONG, EnabledMfas: ['SMS_MFA', 'EMAIL_OTP'] },
      /takes `SMS_MFA` and `EMAIL_OTP` alone/,
    ],
    ['by what is not said', { MfaConfiguration: 'ON' }, /takes text messages alone/],
  ])('does not: %s', (_, settings, message) => {
    expect(of(signedIn(settings))).toEqual([
      expect.stringMatching(
        new RegExp(`^violated: .S/Deploy. .deploy of .orders.. admits users of .S/Pool., which ${message.source}`),
      ),
    ]);
    // A word for it does not count against what the template says.
    const attestations = ['a role of this app: multi-factor authentication at every sign-in'];
    expect(of(signedIn(settings, { mark: { attestations } }))).toHaveLength(1);
    expect(of(signedIn(settings, { duty: 'read' }))).toEqual([]);
  });

  test('a passkey that verifies its user counts', () => {
    const passkey = { MfaConfiguration: 'ON', EnabledMfas: ['SMS_MFA'] };
    const verified = { ...passkey, WebAuthnFactorConfiguration: 'MULTI_FACTOR_WITH_USER_VERIFICATION' };
    expect(of(signedIn(verified))).toEqual([]);
    expect(of(signedIn({ ...passkey, WebAuthnFactorConfiguration: 'SINGLE_FACTOR' }))).toHaveLength(1);
  });

  test('what only the deployment knows is undecided', () => {
    const sections = { Parameters: { Mfa: { Type: 'String' } } };
    expect(of(signedIn({ ...STRONG, MfaConfiguration: ref('Mfa') }), sections)).toEqual([
      expect.stringMatching(/^undecided: .* asks for a second factor if the deployment says so/),
    ]);
    expect(of(signedIn({ ...STRONG, EnabledMfas: [ref('Mfa')] }), sections)).toEqual([
      expect.stringMatching(/^undecided: .* takes second factors that only the deployment knows/),
    ]);
  });

  test('for those who come from another identity provider somebody has to vouch', () => {
    const elsewhere = {
      Google: {
        Type: 'AWS::Cognito::UserPoolIdentityProvider',
        Properties: { UserPoolId: ref('Pool'), ProviderType: 'OIDC' },
      },
    };
    expect(of({ ...signedIn(STRONG), ...elsewhere })).toEqual([
      expect.stringMatching(/does not ask those who come from `S\/Google` for a second factor/),
    ]);
    const attestations = ['a role of this app: multi-factor authentication at every sign-in'];
    expect(of({ ...signedIn(STRONG, { mark: { attestations } }), ...elsewhere })).toEqual([]);
  });

  test('through an identity pool', () => {
    const identities = (aud: string): Json => ({
      Pool: pool({ MfaConfiguration: 'OFF' }),
      Identities: {
        Type: 'AWS::Cognito::IdentityPool',
        Properties: { CognitoIdentityProviders: [{ ClientId: 'client', ProviderName: att('Pool', 'ProviderName') }] },
      },
      Others: { Type: 'AWS::Cognito::IdentityPool', Properties: {} },
      ...admitting('cognito-identity.amazonaws.com', {
        Condition: {
          StringEquals: {
            'cognito-identity.amazonaws.com:aud': ref(aud),
            'cognito-identity.amazonaws.com:sub': 'eu-west-1:3f2504e0-4f89-11d3-9a0c-0305e82c3301',
          },
        },
      }),
    });
    expect(of(identities('Identities'))).toEqual([
      expect.stringMatching(/admits users of `S\/Pool`, which asks nobody/),
    ]);
    expect(of(identities('Others'))).toEqual([
      expect.stringMatching(/admits `cognito-identity.amazonaws.com` without a second factor/),
    ]);
  });
});

describe('the pool that the constructs make for callers', () => {
  const made = (settings: Json, part = 'user-pool') => of({ Pool: pool(settings, { domain: 'orders', part }) });

  test('asks for a second factor after every override', () => {
    expect(made(STRONG)).toEqual([]);
    expect(made({ ...STRONG, MfaConfiguration: 'OPTIONAL' })).toEqual([
      'violated: the user pool `S/Pool` of the domain `orders` leaves a second factor to each user (`MfaConfiguration` is `OPTIONAL`)',
    ]);
    expect(made({ ...STRONG, EnabledMfas: ['SMS_MFA'] })).toHaveLength(1);
  });

  test('of pools that somebody else made for customers nobody asks', () => {
    expect(made({ MfaConfiguration: 'OFF' }, 'resource')).toEqual([]);
    expect(
      dutiesAreNarrowlyTrusted.run(buildModel([stack({ Pool: pool({}) })]), new CheckContext(awsCatalogue())),
    ).toEqual([]);
  });
});
