/** A nested stack can be updated by itself, and acts then as the role that its root was deployed with. */
import { awsCatalogue } from '../../lib/catalog/catalogue';
import { CheckContext } from '../../lib/checks/check';
import { noChainJoinsDuties } from '../../lib/checks/no-chain-joins-duties';
import { buildModel } from '../../lib/model/build-model';
import { ACCOUNT, allow, doc, type Json, REGION, ref, role, stack } from '../model/notation';

const EXECUTION = `arn:aws:iam::${ACCOUNT}:role/exec`;
const BY_CLOUDFORMATION = doc({
  Effect: 'Allow',
  Action: 'sts:AssumeRole',
  Principal: { Service: 'cloudformation.amazonaws.com' },
});
const OTHER = `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/Shop-Billing-*`;

/** A stack `Shop` with a nested one, whose role of a duty may update what it is given. */
function findings(resource: unknown) {
  const may = (duty: string, ...statements: Json[]) =>
    role(statements, {}, { Metadata: { bulkhead: { domain: 'shop', duty } } });
  const shop = stack(
    {
      Orders: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: 'orders.json' } },
      Exec: role([allow('s3:GetObject')], { RoleName: 'exec', AssumeRolePolicyDocument: BY_CLOUDFORMATION }),
    },
    { stackName: 'Shop', deployment: { executionRoleArn: EXECUTION } },
  );
  const orders = stack(
    {
      Deploy: may('deploy', allow('cloudformation:UpdateStack', resource)),
      Read: may('read', allow('s3:GetObject', 'arn:aws:s3:::orders/*')),
    },
    { stackName: 'Orders', nestedIn: { stackName: 'Shop', logicalId: 'Orders' } },
  );
  const model = buildModel([shop, orders]);
  return noChainJoinsDuties.run(model, new CheckContext(awsCatalogue())).map(({ severity }) => severity);
}

test('whoever may update it is whoever deploys it', () => {
  expect(findings(ref('AWS::StackId'))).toEqual(['violated']);
  expect(findings(`arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/Shop-Orders-*`)).toEqual(['violated']);
});

test('nobody is, who may update another stack', () => {
  expect(findings(OTHER)).toEqual([]);
});
