/**
 * The app's own stacks as what they are once deployed: something that runs as the role that
 * CloudFormation deployed it with, and can be updated by whoever may update it.
 */
import { text } from '../policy/text';
import type { Resource } from './model';
import type { Resolver } from './resolver';

export function deploymentsOf(r: Resolver): readonly Resource[] {
  return r.app.stacks.flatMap((stack): readonly Resource[] => {
    const { deployment, path, stackName, file } = stack.template.rendered;
    if (deployment?.executionRoleArn === undefined) return [];
    const { partition, region, account } = stack;
    const unique = {
      hole: `id of the stack ${stack.id}`,
      type: 'segment',
      identity: 'stack id',
      label: 'stack id',
    } as const;
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
        arn: text('arn:', partition, ':cloudformation:', region, ':', account, ':stack/', stackName, '/', unique),
        account,
        runsAs: [
          { service: 'cloudformation.amazonaws.com', role: r.text(stack, { 'Fn::Sub': deployment.executionRoleArn }) },
        ],
        references: [],
        properties: {},
      },
    ];
  });
}
