/**
 * The app's own stacks as what they are once deployed: something that runs as the role that
 * CloudFormation deployed it with, and can be updated by whoever may update it. A nested stack can be updated by itself,
 * though nobody should, and keeps the role of the stack at the root for it. Source:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-nested-stacks.html
 */
import { type Text, text } from '../policy/text';
import type { Resource } from './model';
import type { Resolver } from './resolver';
import type { Stack } from './stack';

export function deploymentsOf(r: Resolver): readonly Resource[] {
  return r.app.stacks.flatMap((stack): readonly Resource[] => {
    const { path, file } = stack.template.rendered;
    const root = rootOf(stack);
    const { deployment } = root.template.rendered;
    if (deployment?.executionRoleArn === undefined) return [];
    return [
      {
        id: stack.id,
        origin: {
          id: stack.id,
          path: path ?? stack.id,
          stack: stack.id,
          logicalId: '',
          type: 'AWS::CloudFormation::Stack',
          ...(file && { file }),
        },
        arn: stack === root ? idOfRoot(root) : r.text(stack, { Ref: 'AWS::StackId' }),
        account: stack.account,
        runsAs: [
          { service: 'cloudformation.amazonaws.com', role: r.text(root, { 'Fn::Sub': deployment.executionRoleArn }) },
        ],
        references: [],
        open: [],
        properties: {},
      },
    ];
  });
}

function rootOf(stack: Stack): Stack {
  let root = stack;
  while (root.parent !== undefined) root = root.parent.stack;
  return root;
}

function idOfRoot({ id, partition, region, account, template }: Stack): Text {
  const unique = { hole: `id of the stack ${id}`, type: 'segment', identity: 'stack id', label: 'stack id' } as const;
  const { stackName } = template.rendered;
  return text('arn:', partition, ':cloudformation:', region, ':', account, ':stack/', stackName, '/', unique);
}
