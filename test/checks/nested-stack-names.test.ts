/** SOD-1 over nested stacks: CloudFormation names them after their parent, so a policy on one means no other. */
import { awsCatalogue } from '../../lib/catalog/catalogue';
import { CheckContext } from '../../lib/checks/check';
import { rolesDoNotOverlap } from '../../lib/checks/roles-do-not-overlap';
import { buildModel } from '../../lib/model/build-model';
import type { RenderedTemplate } from '../../lib/model/rendered-template';
import { textKey } from '../../lib/model/text-key';
import { allow, att, type Json, ref, role, stack, textOf } from '../model/notation';

const of = (templates: readonly RenderedTemplate[]) =>
  rolesDoNotOverlap
    .run(buildModel(templates), new CheckContext(awsCatalogue()))
    .map(({ severity, message }) => `${severity}: ${message}`);

const OWN = {
  'Fn::Sub': 'arn:${AWS::Partition}:cloudformation:${AWS::Region}:${AWS::AccountId}:stack/${AWS::StackName}/*',
};
const running = (domain: string, Resource: unknown = OWN): Json => ({
  Approve: role([allow('cloudformation:ExecuteChangeSet', Resource)], {}, { Metadata: { bulkhead: { domain } } }),
});
const nests = (...ids: string[]) =>
  Object.fromEntries(
    ids.map((id) => [id, { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: `${id}.json` } }]),
  );
const nested = (logicalId: string, resources: Json, parent = 'Shop'): RenderedTemplate =>
  stack(resources, { stackName: `${parent}-${logicalId}`, nestedIn: { stackName: parent, logicalId } });
const shop = (resources: Json = {}) => stack({ ...nests('Orders', 'Billing'), ...resources }, { stackName: 'Shop' });

test('two nested stacks of one parent are two stacks', () => {
  expect(of([shop(), nested('Orders', running('orders')), nested('Billing', running('billing'))])).toEqual([]);
  const wide = 'arn:aws:cloudformation:*:*:stack/Shop-*';
  expect(of([shop(), nested('Orders', running('orders')), nested('Billing', running('billing', wide))])).toHaveLength(
    1,
  );
});

test('a nested stack is no stack that is named otherwise, and its own stack where it is', () => {
  const top = (name: string) =>
    stack(running('billing', `arn:aws:cloudformation:eu-west-1:111122223333:stack/${name}/*`), { stackName: 'Top' });
  const orders = [shop(), nested('Orders', running('orders'))];
  expect(of([...orders, top('Billing')])).toEqual([]);
  expect(of([...orders, top('Shop')])).toEqual([]);
  expect(of([...orders, top('Shop-Billing-*')])).toEqual([]);
  expect(of([...orders, top('Shop-Orders-*')])).toHaveLength(1);
});

test('stacks nested in nested ones', () => {
  const inner = (id: string) => nested(id, running(id.toLowerCase()), 'Shop-Orders');
  const templates = [shop(), nested('Orders', nests('A', 'B')), inner('A'), inner('B')];
  expect(of(templates)).toEqual([]);
  const [first, second] = templates
    .slice(2)
    .map((t) => textOf(ref('AWS::StackName'), t, ...templates.filter((o) => o !== t)));
  expect(textKey(first!)).not.toBe(textKey(second!));
});

test('the parent names its nested stack as that names itself', () => {
  const [parent, child] = [shop(), nested('Orders', {})];
  const id = textKey(textOf(ref('AWS::StackId'), child, parent)!);
  expect(textKey(textOf(ref('Orders'), parent, child)!)).toBe(id);
  expect(textKey(textOf(att('Orders', 'StackId'), parent, child)!)).toBe(id);
});

test('a name that may be too long is known to be generated, and no more', () => {
  const parent = 'P'.repeat(110);
  const long = (logicalId: string, domain: string) => nested(logicalId, running(domain), parent);
  const both = [
    stack(nests('Orders', 'Billing'), { stackName: parent }),
    long('Orders', 'orders'),
    long('Billing', 'billing'),
  ];
  expect(of(both)).toEqual([]);
  const name = textOf(ref('AWS::StackName'), both[1]!, both[0]!, both[2]!);
  expect(name?.parts).toEqual([expect.objectContaining({ identity: 'AWS::CloudFormation::Stack#name' })]);
});
