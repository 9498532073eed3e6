import { awsCatalogue } from '../../lib/catalog/catalogue';
import { isKnownKey } from '../../lib/catalog/condition-keys';

const facts = (key: string) => awsCatalogue().keyFacts(key);

test.each([
  ['kms:ViaService', 'string'],
  ['kms:EncryptionContext:aws:logs:arn', 'string'],
  ['s3:prefix', 'string'],
  ['dynamodb:LeadingKeys', 'string'],
  ['iam:PassedToService', 'string'],
  ['iam:PermissionsBoundary', 'arn'],
  ['aws:RequestedRegion', 'string'],
  ['aws:ResourceAccount', 'string'],
  ['aws:ResourceTag/team', 'string'],
  ['aws:RequestTag/team', 'string'],
  ['aws:TagKeys', 'string'],
  ['s3:ExistingObjectTag/team', 'string'],
  ['secretsmanager:ResourceTag/team', 'string'],
  ['s3:x-amz-server-side-encryption-aws-kms-key-id', 'arn'],
])('%s is shared by two callers of one request', (key, type) => {
  expect(facts(key)).toMatchObject({ scope: 'request', type });
});

test.each([
  ['aws:PrincipalTag/duty', 'string'],
  ['aws:PrincipalArn', 'arn'],
  ['aws:userid', 'string'],
  ['aws:username', 'string'],
  ['aws:MultiFactorAuthPresent', 'bool'],
  ['aws:MultiFactorAuthAge', 'numeric'],
  ['aws:SourceIp', 'ip'],
  ['aws:VpcSourceIp', 'ip'],
  ['aws:SourceVpc', 'string'],
  ['aws:SourceVpce', 'string'],
  ['aws:CurrentTime', 'date'],
  ['aws:EpochTime', 'date'],
  ['aws:TokenIssueTime', 'date'],
  ['aws:SourceIdentity', 'string'],
  ['aws:FederatedProvider', 'string'],
  ['aws:ViaAWSService', 'bool'],
  ['aws:CalledVia', 'string'],
  ['aws:UserAgent', 'string'],
  ['aws:Referer', 'string'],
  ['aws:SecureTransport', 'bool'],
  ['aws:SourceArn', 'arn'],
  ['sts:ExternalId', 'string'],
  ['sts:RoleSessionName', 'string'],
  ['saml:sub', 'string'],
  ['token.actions.githubusercontent.com:sub', 'string'],
  ['cognito-identity.amazonaws.com:aud', 'string'],
  // By which door a resource is come to, not what is done with it.
  ['s3:DataAccessPointArn', 'arn'],
  ['s3:signatureversion', 'string'],
  ['kms:RequestAlias', 'string'],
  ['kms:CallerAccount', 'string'],
  ['kms:RecipientAttestation:PCR0', 'string'],
  ['execute-api:viaDomainArn', 'arn'],
  ['ec2:SourceInstanceARN', 'arn'],
  ['lambda:SourceFunctionArn', 'arn'],
])("%s is each caller's own", (key, type) => {
  expect(facts(key)).toMatchObject({ scope: 'caller', type });
});

test('an unknown key has the facts that are sound for every key', () => {
  const unknown = { scope: 'caller', multivalued: true, type: 'string', alwaysPresent: false };
  expect(facts('example:NeverHeardOf')).toEqual(unknown);
  expect(facts('aws:PrincipalTag/')).toEqual(unknown);
  expect(facts('')).toEqual(unknown);
  expect(isKnownKey('example:NeverHeardOf')).toBe(false);
  expect(isKnownKey('AWS:PrincipalTag/duty')).toBe(true);
});

test('keys are found in any case', () => {
  expect(facts('AWS:REQUESTEDREGION')).toEqual(facts('aws:RequestedRegion'));
  expect(facts('aws:principaltag/Duty')).toEqual(facts('aws:PrincipalTag/duty'));
});

test('lists are multivalued, the rest is not', () => {
  const lists = [
    'aws:TagKeys',
    'aws:CalledVia',
    'aws:PrincipalOrgPaths',
    'dynamodb:LeadingKeys',
    'lambda:VpcIds',
    'route53:VPCs',
  ];
  expect(lists.filter((key) => !facts(key).multivalued)).toEqual([]);
  const single = ['aws:PrincipalTag/a', 'aws:ResourceTag/a', 'aws:SourceIp', 's3:prefix', 'kms:ViaService'];
  expect(single.filter((key) => facts(key).multivalued)).toEqual([]);
});

test('only what AWS documents for every request is always there', () => {
  const always = ['aws:CurrentTime', 'aws:EpochTime', 'aws:SecureTransport', 'aws:RequestedRegion', 'aws:UserAgent'];
  expect(always.filter((key) => !facts(key).alwaysPresent)).toEqual([]);
  // Anonymous requests carry no principal's ARN, requests through an endpoint no source address.
  const sometimes = [
    'aws:PrincipalArn',
    'aws:SourceIp',
    'aws:MultiFactorAuthPresent',
    'aws:PrincipalTag/a',
    'aws:ResourceAccount',
  ];
  expect(sometimes.filter((key) => facts(key).alwaysPresent)).toEqual([]);
});
